"""Write every mart as Parquet into a folder, for other tools: one file a mart, in a folder a workspace."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import psycopg
import typer
from rich.console import Console

from clientnest.errors import Invalid, NotReady
from commands.stack.installation import Installation, find


def command(
    folder: Annotated[Path, typer.Argument(help="Made where it is not there; files in it are replaced.")],
    workspace: Annotated[UUID | None, typer.Option(help="Only this one; every workspace if left out.")] = None,
    as_of: Annotated[str | None, typer.Option(help="As known then: a moment with its zone.")] = None,
) -> None:
    installation = find()
    if installation is None:
        raise NotReady("There is no installation here: run `./nest up`.")
    installation.enter()
    from clientnest.marts import Moment
    from reporting.exports import export_all

    moment = Moment(known_at=_moment(as_of))
    console = Console()
    for workspace_id, name in _workspaces(installation, workspace):
        place = folder / str(workspace_id)
        rows = export_all(workspace_id, place, moment)
        console.print(
            f"{name}: {len(rows)} marts, {sum(rows.values()):,} rows in {place}", highlight=False, markup=False
        )


def _moment(given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise Invalid("--as-of takes a moment such as 2026-11-22T10:00:00Z.") from error
    if moment.tzinfo is None:
        raise Invalid("--as-of needs a zone, e.g. 2026-11-22T10:00:00Z.")
    return moment


def _workspaces(installation: Installation, wanted: UUID | None) -> list[tuple[UUID, str]]:
    with psycopg.connect(installation.database_url()) as connection:
        found = connection.execute("select id, name from app.workspaces order by name, id").fetchall()
    chosen = [(workspace_id, name) for workspace_id, name in found if wanted in (None, workspace_id)]
    if not chosen:
        raise NotReady("There is no such workspace." if wanted else "There is no workspace yet.")
    return chosen
