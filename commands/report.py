"""Make the weekly report (PDF and CSV) of every workspace now."""

from rich.console import Console

from clientnest.errors import NotReady
from commands.stack.installation import find
from commands.stack.orchestrating import orchestrate
from commands.stack.steps import Steps


def command() -> None:
    installation = find()
    if installation is None:
        raise NotReady("There is no installation here: run `./nest up`.")
    console = Console()
    with Steps(console).step("Report", keeps_parts=True) as said:
        orchestrate(installation, said, "report")
    console.print(f"The files are under {installation.home / 'reports'}.", highlight=False)
