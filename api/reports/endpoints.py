"""/reports: make, list, download."""

from http import HTTPStatus
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api import pagination
from api.access import InWorkspace, Session, guarded
from api.apart import apart
from api.pagination import Cursor, Limit
from api.reports.schemas import Again, ReportChange, ReportChanges, ReportIn, ReportOut, Reports
from clientnest import marts
from clientnest.errors import Invalid, NotFound
from clientnest.marts import Moment, Period, Row, Selection
from clientnest.settings import settings

router = APIRouter(prefix="/reports", tags=["reports"])

_MEDIA_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@router.get("", summary="Reports that were made", **guarded("reports.read"))
async def list_reports(
    session: Session, limit: Annotated[int, Query(ge=1, le=200, description="How many items at most.")] = 50
) -> Reports:
    return Reports(items=[ReportOut(**row) for row in await marts.reports(session, limit=limit)])


@router.post("", status_code=HTTPStatus.CREATED, summary="Make a report now", **guarded("reports.make"))
async def make_report(body: ReportIn, access: InWorkspace, session: Session) -> Reports:
    """A PDF and a CSV. Figures that did not change give the reports that are there."""
    made = await apart("api.reports.work:make", access.workspace_id, body.period_end, body.as_of)
    rows = [await marts.report(session, report_id) for report_id in made]
    return Reports(items=[ReportOut(**row) for row in rows if row is not None])


@router.post("/{report_id}/again", summary="Make a report again", **guarded("reports.make"))
async def make_again(report_id: UUID, access: InWorkspace, session: Session) -> Again:
    """From the figures as known at its moment: the same to the byte, whatever was corrected since."""
    await _found(session, report_id)
    made, is_identical = await apart("api.reports.work:again", access.workspace_id, report_id)
    return Again(report=ReportOut(**await _found(session, made)), is_identical=is_identical)


@router.get("/{report_id}/changes", summary="What changed since a report", **guarded("reports.read"))
async def changes(report_id: UUID, session: Session, limit: Limit = 100, cursor: Cursor = None) -> ReportChanges:
    """Every figure of its posts that is another one now, and why. The days before, with which it compares, and
    followers are not looked at."""
    row = await _found(session, report_id)
    if row["recorded_at"] is None:
        raise Invalid("This report was made before reports kept their moment: make a new one.")
    after = None if cursor is None else tuple(str(part) for part in pagination.decode(cursor, 2))
    accounts = tuple(UUID(account_id) for account_id in row["asked"]["accounts"])
    rows = await marts.since_then(
        session,
        Moment(row["known_at"], row["recorded_at"]),
        Period(row["period_start"], row["period_end"]),
        Selection(account_ids=accounts),
        after=after,
        limit=limit + 1,
    )
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return ReportChanges(
        items=[_change(found) for found in shown],
        next_cursor=pagination.encode(last["post_key"], last["metric"]) if last else None,
        known_at=row["known_at"],
        recorded_at=row["recorded_at"],
    )


@router.get(
    "/{report_id}/download",
    summary="A report's file",
    response_class=FileResponse,
    responses={200: {"content": {"application/pdf": {}, "text/csv": {}}, "description": "The file."}},
    **guarded("reports.read"),
)
async def download(report_id: UUID, session: Session) -> FileResponse:
    row = await _found(session, report_id)
    folder = settings().reports.resolve()
    path = (folder / row["path"]).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise NotFound("The file of this report is gone: make it again.")
    return FileResponse(path, media_type=_MEDIA_TYPES.get(row["format"]), filename=_filename(path, row))


async def _found(session: AsyncSession, report_id: UUID) -> Row:
    row = await marts.report(session, report_id)
    if row is None:
        raise NotFound("There is no such report in this workspace.")
    return row


def _change(row: Row) -> ReportChange:
    return ReportChange(
        **{name: row[name] for name in ("post_key", "account_id", "platform", "metric", "why")},
        post=row["title"] or row["text"],
        old_value=row["old"],
        new_value=row["new"],
    )


def _filename(path: Path, row: Row) -> str:
    return f"{row['kind']}-{row['period_start']}-{row['period_end']}{path.suffix}"
