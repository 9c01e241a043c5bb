"""`./nest COMMAND`: each command is the function `command` of the module of its name."""

import sys

import typer

from clientnest.errors import Invalid, NestError
from commands import (
    bench,
    chaos,
    doctor,
    down,
    export,
    import_,
    ingest,
    lock,
    queues,
    rates,
    rebuild,
    report,
    sandbox,
    status,
    test,
    up,
)

cli = typer.Typer(
    name="nest",
    help="ClientNest: plan and publish on seven networks, and know what came of it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for name, module in {
    "up": up,
    "down": down,
    "status": status,
    "doctor": doctor,
    "import": import_,
    "ingest": ingest,
    "rebuild": rebuild,
    "report": report,
    "rates": rates,
    "queues": queues,
    "export": export,
    "sandbox": sandbox,
    "test": test,
    "bench": bench,
    "chaos": chaos,
    "lock": lock,
}.items():
    # What a bench is asked with is the bench's own, and so with chaos.
    passing = {"allow_extra_args": True, "ignore_unknown_options": True} if module in (bench, chaos) else None
    cli.command(name, help=module.__doc__, context_settings=passing)(module.command)


def main() -> int:
    try:
        cli(prog_name="./nest")
    except NestError as error:
        print(f"nest: {error.message}", file=sys.stderr)
        if isinstance(error, Invalid):
            for problem in error.problems:
                print(f"  {problem.field}: {problem.message}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
