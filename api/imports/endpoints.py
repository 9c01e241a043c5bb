"""/imports: bring a file in, or look at what it would bring."""

import asyncio
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, BinaryIO
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, UploadFile

from api.access import InWorkspace, Session, guarded
from api.imports.schemas import ImportOut, ImportRecord, Imports
from clientnest import marts

router = APIRouter(prefix="/imports", tags=["imports"])


@router.get("", summary="Files that were imported", **guarded("imports.read"))
async def list_imports(
    session: Session, limit: Annotated[int, Query(ge=1, le=200, description="How many items at most.")] = 50
) -> Imports:
    return Imports(items=[ImportRecord(**row) for row in await marts.imports(session, limit=limit)])


@router.post("", summary="Import a file, or see what it would bring", **guarded("imports.make"))
async def import_file(
    access: InWorkspace,
    file: Annotated[UploadFile, File(description="The export as it was downloaded; .gz is fine.")],
    account_name: Annotated[str | None, Form(max_length=200, description="For reports that name no account.")] = None,
    year: Annotated[int | None, Form(ge=2000, le=2100, description="For reports whose days name no year.")] = None,
    dry_run: Annotated[bool, Form(description="Load nothing; show what was understood.")] = False,
    only_look: Annotated[bool, Query(alias="dry_run", description="The same, in the address.")] = False,
) -> ImportOut:
    """Network and report are recognised by the header. The same file again loads nothing."""
    looking = dry_run or only_look
    return await asyncio.to_thread(
        _import, access.workspace_id, file.file, file.filename or "file", account_name, year, looking
    )


def _import(
    workspace_id: UUID, content: BinaryIO, name: str, account_name: str | None, year: int | None, dry_run: bool
) -> ImportOut:
    """Brings its own transaction as the system: raw data is not written by members."""
    # Heavy: a process that imports no file never loads it.
    from ingestion import files

    with tempfile.TemporaryDirectory(prefix="nest-import-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as copy:
            shutil.copyfileobj(content, copy)
        result = files.import_file(workspace_id, path, account_name=account_name, year=year, name=name, dry_run=dry_run)
    return ImportOut(dry_run=dry_run, **asdict(result))
