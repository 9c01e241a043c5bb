"""Make the weekly report (PDF and CSV) of every workspace now, or an earlier one again as it was."""

from typing import Annotated
from uuid import UUID

import psycopg
import typer
from rich.console import Console

from clientnest.database import run
from clientnest.errors import NotFound, NotReady
from commands.stack.installation import Installation, find
from commands.stack.orchestrating import orchestrate
from commands.stack.steps import Steps


def command(
    again: Annotated[UUID | None, typer.Option(help="This report, from the figures as known at its moment.")] = None,
) -> None:
    installation = find()
    if installation is None:
        raise NotReady("There is no installation here: run `./nest up`.")
    console = Console()
    if again is not None:
        _again(installation, console, again)
        return
    with Steps(console).step("Report", keeps_parts=True) as said:
        orchestrate(installation, said, "report")
    console.print(f"The files are under {installation.home / 'reports'}.", highlight=False)


def _again(installation: Installation, console: Console, report_id: UUID) -> None:
    installation.enter()
    from reporting.weekly import make_again
    from scoring.past import scores_as_known

    with psycopg.connect(installation.database_url()) as connection:
        found = connection.execute("select workspace_id from app.reports where id = %s", [report_id]).fetchone()
    if found is None:
        raise NotFound("There is no such report.")
    made = run(make_again(found[0], report_id, scores_as_known))
    path = installation.home / "reports" / made.report.path
    if not made.is_identical:
        console.print(f"It is not what it was; as it comes out now: {path}", style="red", highlight=False)
        raise SystemExit(1)
    console.print(f"The same to the byte (SHA-256 {made.report.sha256}): {path}", highlight=False, soft_wrap=True)
