"""/conversions: sources that members manage, and the doors by which other people's servers tell."""

import asyncio
import shutil
import tempfile
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi import Path as InPath

from api.access import InWorkspace, Session, guarded
from api.conversions.schemas import (
    AnswerOut,
    FileAnswerOut,
    SecretIn,
    SourceChange,
    SourceIn,
    SourceOpened,
    SourceOut,
    Sources,
    answer_out,
    file_answer_out,
    source_opened,
    source_out,
)
from ingestion import conversions

router = APIRouter(prefix="/conversions", tags=["conversions"])

SourceId = Annotated[UUID, InPath(description="The source; the end of its address.")]


@router.get("/sources", summary="Where conversions come from", **guarded("conversions.read"))
async def list_sources(session: Session) -> Sources:
    return Sources(items=[source_out(one) for one in await conversions.listed(session)])


@router.post("/sources", summary="Open a source", status_code=HTTPStatus.CREATED, **guarded("conversions.manage"))
async def add_source(body: SourceIn, access: InWorkspace, session: Session) -> SourceOpened:
    """A secret that is made here is in this answer and in no other."""
    opened = await conversions.add(session, access.workspace_id, body.kind, body.name, body.entered)
    return source_opened(opened)


@router.patch("/sources/{source_id}", summary="Rename, close or open a source", **guarded("conversions.manage"))
async def change_source(source_id: SourceId, body: SourceChange, session: Session) -> SourceOut:
    return source_out(await conversions.change(session, source_id, name=body.name, is_enabled=body.is_enabled))


@router.post("/sources/{source_id}/secret", summary="Another secret for a source", **guarded("conversions.manage"))
async def rotate_secret(source_id: SourceId, body: SecretIn, session: Session) -> SourceOpened:
    """The one before opens nothing from now on."""
    return source_opened(await conversions.rotate(session, source_id, body.entered))


@router.post("/files", summary="Import conversions from a CSV file", **guarded("conversions.import"))
async def import_conversions(
    session: Session,
    source_id: Annotated[UUID, Form(description="A source of the kind csv.")],
    file: Annotated[UploadFile, File(description="CSV with a header: event_id, occurred_at, kind and others.")],
) -> FileAnswerOut:
    """Good lines are taken together, each broken one is told with its reason. The same file again brings nothing."""
    with tempfile.TemporaryDirectory(prefix="nest-conversions-") as folder:
        path = Path(folder) / "upload"
        await asyncio.to_thread(_keep, file.file, path)
        name = file.filename or "file"
        return file_answer_out(await conversions.import_file(session, source_id, path, datetime.now(UTC), name=name))


@router.post("/{source_id}", summary="Tell visits and conversions")
async def tell(source_id: SourceId, request: Request) -> AnswerOut:
    """Public: each kind of source is proven in its own way, see docs/conversions.md. Told twice, it counts once."""
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    return answer_out(await conversions.receive(source_id, headers, body, datetime.now(UTC)))


def _keep(content: BinaryIO, path: Path) -> None:
    with path.open("wb") as copy:
        shutil.copyfileobj(content, copy)
