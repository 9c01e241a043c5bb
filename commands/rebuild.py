"""Make the warehouse again from the lake alone: every row as it was received, then every figure."""

import os

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from clientnest.errors import NotReady
from commands.stack.installation import find
from commands.stack.orchestrating import orchestrate
from commands.stack.steps import Steps


def command() -> None:
    installation = find()
    if installation is None:
        raise NotReady("There is no installation here: run `./nest up`.")
    installation.enter()
    from ingestion.rebuild import rebuild

    console = Console()
    columns = (TextColumn("Files of the lake"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("files")
        done = rebuild(lambda so_far: bar.update(task, completed=so_far.files, total=so_far.of))
    console.print(
        f"{done.files:,} files: {done.records:,} records, {done.written:,} rows written, "
        f"{done.skipped:,} files that nothing reads now. `dbt build --full-refresh` follows.",
        highlight=False,
    )
    # dbt takes its options from the environment too.
    os.environ["DBT_FULL_REFRESH"] = "1"
    with Steps(console).step("Figures", keeps_parts=True) as said:
        orchestrate(installation, said, "figures")
