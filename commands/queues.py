"""Queues of the whole installation: how much waits; pause or resume one, retry or cancel a job."""

import enum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from clientnest.database import run, system_unit_of_work
from clientnest.errors import Invalid, NotReady
from clientnest.jobs import overview
from commands.stack.installation import find


class Action(enum.StrEnum):
    show = "list"
    parked = "parked"
    pause = "pause"
    resume = "resume"
    retry = "retry"
    cancel = "cancel"


def command(
    action: Annotated[Action, typer.Argument(help="What to do.")] = Action.show,
    which: Annotated[str | None, typer.Argument(help="A queue, or the number of a job to retry or cancel.")] = None,
) -> None:
    installation = find()
    if installation is None:
        raise NotReady("There is no installation here: run `./nest up`.")
    installation.enter()
    console = Console()
    if action is Action.show:
        console.print(_table(run(_figures())))
    elif which is None:
        raise Invalid(f"Say which: ./nest queues {action} …")
    elif action is Action.parked:
        console.print(_table(run(_parked(which))))
    else:
        console.print(run(_done(action, which)), highlight=False)


async def _figures() -> list[dict[str, Any]]:
    async with system_unit_of_work() as session:
        return await overview.figures(session)


async def _parked(queue: str) -> list[dict[str, Any]]:
    async with system_unit_of_work() as session:
        found = await overview.listed(session, queue, "parked", None, 100)
    shown = ("id", "kind", "workspace_id", "attempt", "failed_at", "problem")
    return [{name: getattr(job, name) for name in shown} for job in found]


async def _done(action: Action, which: str) -> str:
    """What was done, in a sentence. A queue is held up for all workspaces."""
    async with system_unit_of_work() as session:
        if action is Action.pause:
            is_new = await overview.pause(session, which, workspace_id=None, by=None)
            return f"{which} is held up for everybody{'' if is_new else ' already'}."
        if action is Action.resume:
            stood = await overview.resume(session, which, workspace_id=None)
            return f"{which} goes on." if stood else f"{which} was not held up by the installation."
        if not which.isdecimal():
            raise Invalid(f"{which} is no number of a job.")
        if action is Action.retry:
            return f"Job {(await overview.retry(session, int(which))).id} is begun anew."
        return f"Job {(await overview.cancel(session, int(which))).id} is called off."


def _table(rows: list[dict[str, Any]]) -> Table:
    """An empty one where there is nothing."""
    table = Table(*(rows[0] if rows else ("Nothing is there.",)), box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_word(value) for value in row.values()))
    return table


def _word(value: object) -> str:
    if value is None:
        return "—"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)
