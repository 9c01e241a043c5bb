"""/reports: make, list, download."""

from http import HTTPStatus
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from api.access import InWorkspace, Session, guarded
from api.apart import apart
from api.reports.schemas import ReportIn, ReportOut, Reports
from clientnest import marts
from clientnest.errors import NotFound
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
    made = await apart("api.reports.work:make", access.workspace_id, body.period_end)
    rows = [await marts.report(session, report_id) for report_id in made]
    return Reports(items=[ReportOut(**row) for row in rows if row is not None])


@router.get(
    "/{report_id}/download",
    summary="A report's file",
    response_class=FileResponse,
    responses={200: {"content": {"application/pdf": {}, "text/csv": {}}, "description": "The file."}},
    **guarded("reports.read"),
)
async def download(report_id: UUID, session: Session) -> FileResponse:
    row = await marts.report(session, report_id)
    if row is None:
        raise NotFound("There is no such report in this workspace.")
    folder = settings().reports.resolve()
    path = (folder / row["path"]).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise NotFound("The file of this report is gone: make it again.")
    return FileResponse(path, media_type=_MEDIA_TYPES.get(row["format"]), filename=_filename(path, row))


def _filename(path: Path, row: marts.Row) -> str:
    return f"{row['kind']}-{row['period_start']}-{row['period_end']}{path.suffix}"
