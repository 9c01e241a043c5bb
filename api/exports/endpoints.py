"""/exports/marts: every mart as Parquet."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.access import InWorkspace, guarded
from api.apart import apart
from api.exports.schemas import ColumnOut, MartOut, Marts
from api.moments import Asked
from clientnest import marts
from clientnest.errors import NotFound
from clientnest.settings import settings

router = APIRouter(prefix="/exports", tags=["exports"])

_PARQUET = "application/vnd.apache.parquet"
MartName = Annotated[str, InPath(description="`name` of GET /exports/marts.", max_length=63)]


@router.get("/marts", summary="The marts there are", **guarded("analytics.read"))
async def list_marts(session: Asked) -> Marts:
    return Marts(
        items=[
            MartOut(
                name=mart.name,
                columns=[ColumnOut(name=column.name, type=column.type) for column in mart.columns],
                path=f"/exports/marts/{mart.name}.parquet",
            )
            for mart in await marts.all_marts(session)
        ],
        dictionary="/docs/warehouse" if settings().dictionary.is_file() else None,
    )


@router.get(
    "/marts/{mart}.parquet",
    summary="One mart as Parquet",
    response_class=FileResponse,
    responses={200: {"content": {_PARQUET: {}}, "description": "The workspace's rows of the mart."}},
    **guarded("analytics.read"),
)
async def export_mart(mart: MartName, access: InWorkspace, session: Asked) -> FileResponse:
    """Types as in the warehouse: what is unknown is null, money is decimal, times are UTC."""
    if mart not in [found.name for found in await marts.all_marts(session)]:
        raise NotFound("There is no such mart: GET /exports/marts lists them.")
    with tempfile.NamedTemporaryFile(suffix=".parquet", delete=False) as file:
        path = Path(file.name)
    try:
        await apart("reporting.exports:export_mart", access.workspace_id, mart, path, marts.asked(session))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return FileResponse(
        path,
        media_type=_PARQUET,
        filename=f"{mart}.parquet",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
