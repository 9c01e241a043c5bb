"""The one door for pictures and videos: uploaded or fetched, they are known by content, made clean and kept once."""

import asyncio
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import outbound
from clientnest.database import unit_of_work
from clientnest.errors import Conflict
from clientnest.models import Media
from clientnest.settings import settings
from publishing.media import pictures, repository, video
from publishing.media.storage import storage

# What is fetched into memory from an address.
MAX_BYTES = 100_000_000
THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A usable medium that is not stored yet."""

    content: bytes
    content_type: str
    source_url: str

    @property
    def kind(self) -> str:
        """The kind of post that a text with this becomes: `image` or `video`."""
        return self.content_type.split("/")[0]


@dataclass(frozen=True, slots=True)
class Told:
    """What people say of a medium as it comes in; it replaces nothing of one that is there."""

    name: str | None = None
    alt_text: str | None = None
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A file, known by its content."""

    file: BinaryIO
    sha256: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A clean medium: its file, its thumbnail (JPEG) and what its row says of it."""

    file: BinaryIO
    thumbnail: bytes | None
    facts: dict[str, Any]


def key(media: Media, suffix: str | None = None) -> str:
    """Where the file of a media row, or one that was made of it, lies in the storage."""
    return ".".join((f"{media.workspace_id}/{media.sha256}", *((suffix,) if suffix else ())))


def path(media: Media) -> Path:
    """The file of a media row on this machine."""
    return storage().local(key(media))


async def fetch(url: str) -> Fetched:
    """What is behind a URL that a person gave. Raises Refused, FetchFailed, Invalid."""
    content = (await outbound.fetch(url, max_bytes=MAX_BYTES)).content
    content_type = await asyncio.to_thread(recognise, io.BytesIO(content))
    return Fetched(content, content_type, url)


async def keep(session: AsyncSession, workspace_id: UUID, fetched: Fetched, told: Told = Told()) -> Media:
    """Store it; the same content in the same workspace is one file and one row, with the newest address.

    Raises as `receive` does.
    """
    arrived = await asyncio.to_thread(_arrived, io.BytesIO(fetched.content))
    known = await _known(session, workspace_id, arrived, fetched.source_url)
    if known is not None:
        return known
    prepared = await asyncio.to_thread(prepare, arrived.file)
    return await _kept(session, workspace_id, arrived, prepared, fetched.source_url, told)


async def receive(workspace_id: UUID, file: BinaryIO, source_url: str | None = None, told: Told = Told()) -> Media:
    """Make a file clean and store it, once, in transactions of its own; `file` is changed.

    No connection waits while a picture is drawn. Raises Invalid for what is no usable medium, Conflict where the
    workspace has no room.
    """
    arrived = await asyncio.to_thread(_arrived, file)
    async with unit_of_work(workspace_id=workspace_id) as session:
        known = await _known(session, workspace_id, arrived, source_url)
    if known is not None:
        return known
    prepared = await asyncio.to_thread(prepare, file)
    async with unit_of_work(workspace_id=workspace_id) as session:
        return await _kept(session, workspace_id, arrived, prepared, source_url, told)


async def _known(session: AsyncSession, workspace_id: UUID, arrived: _Arrived, source_url: str | None) -> Media | None:
    """What came in as the same bytes before."""
    await repository.hold(session, workspace_id)
    known = await repository.by_source(session, workspace_id, arrived.sha256)
    return await _addressed(session, known, source_url) if known else None


async def _kept(
    session: AsyncSession,
    workspace_id: UUID,
    arrived: _Arrived,
    prepared: Prepared,
    source_url: str | None,
    told: Told,
) -> Media:
    """What is stored of it; what another file was made into before, where that is the same."""
    sha256 = (await asyncio.to_thread(_arrived, prepared.file)).sha256
    await repository.hold(session, workspace_id)
    known = await repository.by_content(session, workspace_id, sha256)
    if known is not None and known.deleted_at is None:
        return await _addressed(session, known, source_url)
    named = {"source_url": source_url, "name": told.name, "alt_text": told.alt_text, "tags": list(told.tags)}
    keys = {"workspace_id": workspace_id, "sha256": sha256, "source_sha256": arrived.sha256}
    return await _stored(session, prepared, {**prepared.facts, **named, **keys})


async def _addressed(session: AsyncSession, media: Media, source_url: str | None) -> Media:
    """Networks that fetch the medium themselves need an address that works today."""
    media.source_url = source_url or media.source_url
    await session.flush()
    return media


async def _stored(session: AsyncSession, prepared: Prepared, values: dict[str, Any]) -> Media:
    """The files before the row, so that no row is without its file; a file without a row is swept."""
    workspace_id = values["workspace_id"]
    left = settings().media_quota - await repository.used(session, workspace_id)
    if values["size"] > left:
        raise Conflict(
            f"The media of this workspace may take {settings().media_quota // 1_000_000:,} MB, and this does not fit: "
            "delete what is not needed any more."
        )
    place = f"{workspace_id}/{values['sha256']}"
    if prepared.thumbnail is not None:
        await asyncio.to_thread(storage().put, f"{place}.{THUMBNAIL}", prepared.thumbnail)
    await asyncio.to_thread(storage().put, place, prepared.file)
    return await repository.add(session, **values, thumbnail=prepared.thumbnail is not None)


def recognise(file: BinaryIO) -> str:
    """What kind of medium it is, from its bytes alone and without decoding it. Raises Invalid."""
    file.seek(0)
    promised = video.recognise(file.read(16))
    if promised:
        return video.inspect(file, promised).content_type
    return pictures.recognise(file)


def prepare(file: BinaryIO) -> Prepared:
    """A picture drawn anew, a video without what it tells of its maker. `file` is changed. Raises Invalid."""
    file.seek(0)
    promised = video.recognise(file.read(16))
    if promised is None:
        picture = pictures.clean(file)
        facts = {
            "content_type": picture.content_type,
            "size": len(picture.content),
            "width": picture.width,
            "height": picture.height,
        }
        return Prepared(io.BytesIO(picture.content), picture.thumbnail, facts)
    film = video.inspect(file, promised)
    video.without_metadata(file)
    facts = {
        "content_type": film.content_type,
        "size": file.seek(0, 2),
        "width": film.width,
        "height": film.height,
        "seconds": film.seconds,
        "codec": film.codec,
        "has_audio": film.has_audio,
    }
    file.seek(0)
    return Prepared(file, None, facts)


def _arrived(file: BinaryIO) -> _Arrived:
    """The file with its SHA-256 in hex; it stands at its beginning afterwards."""
    file.seek(0)
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    file.seek(0)
    return _Arrived(file, digest.hexdigest())
