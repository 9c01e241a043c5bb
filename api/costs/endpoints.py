"""/costs: entered by people, and imported from exports of ads."""

import asyncio
import shutil
import tempfile
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, UploadFile

from api import pagination
from api.access import InWorkspace, Session, guarded
from api.costs.schemas import CostIn, CostOut, Costs, ImportedOut, cost_out, imported_out
from api.pagination import Cursor, Limit
from ingestion import costs
from ingestion.costs import Ask

router = APIRouter(prefix="/costs", tags=["costs"])


@router.get("", summary="What was spent", **guarded("costs.read"))
async def list_costs(
    session: Session,
    campaign_id: Annotated[UUID | None, Query(description="Only of this campaign.")] = None,
    since: Annotated[date | None, Query(description="Only what was spent on this day or later.")] = None,
    until: Annotated[date | None, Query(description="Only what was spent on this day or earlier.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Costs:
    """The newest first."""
    rows = await costs.listed(
        session, campaign_id=campaign_id, since=since, until=until, after=_place(cursor), limit=limit + 1
    )
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return Costs(
        items=[cost_out(row) for row in shown],
        next_cursor=pagination.encode(last.incurred_on, last.id) if last else None,
    )


@router.post("", summary="Enter a cost", status_code=HTTPStatus.CREATED, **guarded("costs.manage"))
async def add_cost(body: CostIn, access: InWorkspace, session: Session) -> CostOut:
    return cost_out(await costs.add(session, access.workspace_id, body.entry))


@router.post("/files", summary="Import an export of ads", **guarded("costs.manage"))
async def import_costs(
    access: InWorkspace,
    session: Session,
    file: Annotated[UploadFile, File(description="The export as it was downloaded; .gz is fine.")],
    currency: Annotated[str | None, Form(description="ISO 4217, where the file names none.")] = None,
    incurred_on: Annotated[date | None, Form(description="The first day, where the file names none.")] = None,
    until: Annotated[date | None, Form(description="The last day, where the file names none.")] = None,
    campaign_id: Annotated[UUID | None, Form(description="For all lines, in place of their own campaigns.")] = None,
) -> ImportedOut:
    """Recognised by its header. The same file again counts once, a newer one of the same days corrects it."""
    ask = Ask(currency, incurred_on, until, campaign_id)
    with tempfile.TemporaryDirectory(prefix="nest-costs-") as folder:
        path = Path(folder) / "upload"
        await asyncio.to_thread(_keep, file.file, path)
        name = file.filename or "file"
        return imported_out(await costs.import_file(session, access.workspace_id, path, ask, name=name))


@router.get("/{cost_id}", summary="One cost", **guarded("costs.read"))
async def read_cost(cost_id: UUID, session: Session) -> CostOut:
    return cost_out(await costs.read(session, cost_id))


@router.put("/{cost_id}", summary="Correct a cost", **guarded("costs.manage"))
async def change_cost(cost_id: UUID, body: CostIn, session: Session) -> CostOut:
    return cost_out(await costs.change(session, cost_id, body.entry))


@router.delete("/{cost_id}", summary="Remove a cost", **guarded("costs.manage"))
async def remove_cost(cost_id: UUID, session: Session) -> CostOut:
    return cost_out(await costs.remove(session, cost_id))


def _keep(content: BinaryIO, path: Path) -> None:
    with path.open("wb") as copy:
        shutil.copyfileobj(content, copy)


def _place(cursor: str | None) -> tuple[date, UUID] | None:
    if cursor is None:
        return None
    day, cost_id = pagination.decode(cursor, 2)
    try:
        return date.fromisoformat(str(day)), UUID(str(cost_id))
    except ValueError as error:
        raise pagination.invalid() from error
