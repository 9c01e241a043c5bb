"""/media: the library. An upload and an address lead through the same door."""

import io
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import FileResponse

from api import pagination
from api.access import InWorkspace, Session, guarded
from api.media.files import answered
from api.media.schemas import AltText, FromUrl, MediaChange, MediaOut, MediaPage, Name, Tags, media_out
from api.pagination import Cursor, Limit
from clientnest.errors import NotFound
from publishing.media import library, store
from publishing.media.repository import Filter
from publishing.media.store import Told

router = APIRouter(prefix="/media", tags=["media"])

# A file never changes under its address, and may be deleted.
_KEPT = timedelta(hours=1)


@router.post("", summary="Upload a picture or a video", status_code=HTTPStatus.CREATED, **guarded("posts.publish"))
async def upload(
    access: InWorkspace,
    file: Annotated[UploadFile, File(description="JPEG, PNG, WebP, GIF, MP4 or MOV; told by its content.")],
    name: Annotated[Name | None, Form(description="Without it the file's name.")] = None,
    alt_text: Annotated[AltText | None, Form(description="Describes it to those who do not see it.")] = None,
    tags: Annotated[Tags | None, Form(description="Words to find it by.")] = None,
) -> MediaOut:
    """Pictures are drawn anew: upright, in sRGB, without metadata. The same file again gives what is there."""
    told = Told(name or _called(file.filename), alt_text, tags or ())
    return media_out(await store.receive(access.workspace_id, file.file, told=told))


@router.post(
    "/from-url", summary="Fetch a picture or a video", status_code=HTTPStatus.CREATED, **guarded("posts.publish")
)
async def fetch(access: InWorkspace, wanted: FromUrl) -> MediaOut:
    """The copy made now is what is published, whatever becomes of the address."""
    fetched = await store.fetch(str(wanted.url))
    told = Told(wanted.name, wanted.alt_text, wanted.tags)
    return media_out(await store.receive(access.workspace_id, io.BytesIO(fetched.content), fetched.source_url, told))


@router.get("", summary="The media library", **guarded("posts.read"))
async def list_media(
    session: Session,
    q: Annotated[str | None, Query(max_length=200, description="Looked for in name, alt text and tags.")] = None,
    tag: Annotated[str | None, Query(max_length=50, description="Only with this tag.")] = None,
    kind: Annotated[Literal["image", "video"] | None, Query(description="Only these.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> MediaPage:
    """The newest first."""
    rows = await library.find(session, Filter(q, tag, kind, _after(cursor)), limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return MediaPage(
        items=[media_out(row) for row in rows[:limit]],
        next_cursor=pagination.encode(last.created_at.isoformat(), last.id) if last else None,
    )


@router.get("/{media_id}", summary="One medium", **guarded("posts.read"))
async def read(media_id: UUID, session: Session) -> MediaOut:
    return media_out(await library.read(session, media_id))


@router.patch("/{media_id}", summary="Name, describe or tag it", **guarded("posts.publish"))
async def change(media_id: UUID, told: MediaChange, session: Session) -> MediaOut:
    return media_out(await library.change(session, media_id, told.model_dump(exclude_unset=True)))


@router.delete("/{media_id}", summary="Delete it", **guarded("posts.publish"))
async def delete(media_id: UUID, session: Session) -> MediaOut:
    """Refused while something that has not gone out yet uses it. What went out with it stays at the networks."""
    return media_out(await library.delete(session, media_id))


@router.get("/{media_id}/content", summary="Its file", response_class=FileResponse, **guarded("posts.read"))
async def content(media_id: UUID, session: Session) -> FileResponse:
    return await _file(session, media_id, None)


@router.get(
    "/{media_id}/thumbnail", summary="A small picture of it", response_class=FileResponse, **guarded("posts.read")
)
async def thumbnail(media_id: UUID, session: Session) -> FileResponse:
    return await _file(session, media_id, store.THUMBNAIL)


async def _file(session: Session, media_id: UUID, suffix: str | None) -> FileResponse:
    found = await library.local(await library.read(session, media_id), suffix)
    if found is None:
        raise NotFound("There is no such file of this medium.")
    return answered(found, _KEPT)


def _called(filename: str | None) -> str | None:
    """A file's name without folders and control characters."""
    last = (filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[:200] or None


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Where the page before ended. Raises Invalid."""
    if cursor is None:
        return None
    at, id_ = pagination.decode(cursor, 2)
    try:
        return datetime.fromisoformat(at), UUID(id_)
    except (TypeError, ValueError, AttributeError) as error:
        raise pagination.invalid() from error
