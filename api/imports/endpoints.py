"""/imports: bring a file in, or look at what it would bring."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, BinaryIO

from fastapi import APIRouter, File, Form, Query, UploadFile

from api.access import InWorkspace, Session, guarded
from api.apart import apart
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
    with tempfile.TemporaryDirectory(prefix="nest-import-") as folder:
        path = Path(folder) / "upload"
        await asyncio.to_thread(_keep, file.file, path)
        result = await apart(
            "api.imports.work:load",
            access.workspace_id,
            path,
            account_name=account_name,
            year=year,
            name=file.filename or "file",
            dry_run=looking,
        )
    return ImportOut(dry_run=looking, **result)


def _keep(content: BinaryIO, path: Path) -> None:
    with path.open("wb") as copy:
        shutil.copyfileobj(content, copy)
