"""The media library: find, name, describe, delete; and the sweep of files that nobody needs."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.database import system_unit_of_work, unit_of_work
from clientnest.errors import Conflict, NotFound
from clientnest.jobs import enqueue
from clientnest.models import Media
from publishing.media import links, pictures, repository, store
from publishing.media.jobs import FORGET, QUEUE
from publishing.media.repository import Filter
from publishing.media.storage import storage

# A file this young may be one whose row is about to be committed by who holds no lock yet.
YOUNG = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of a medium: the original, its thumbnail or a copy."""

    media_id: UUID
    path: Path
    content_type: str


async def find(session: AsyncSession, wanted: Filter, limit: int) -> Sequence[Media]:
    """The newest first."""
    return await repository.page(session, wanted, limit)


async def read(session: AsyncSession, media_id: UUID) -> Media:
    """Raises NotFound."""
    media = await repository.find(session, media_id)
    if media is None:
        raise NotFound("There is no such media in this workspace.")
    return media


async def change(session: AsyncSession, media_id: UUID, told: Mapping[str, Any]) -> Media:
    """Another name, alt text or tags. Raises NotFound."""
    media = await read(session, media_id)
    for name, value in told.items():
        setattr(media, name, value)
    await session.flush()
    return media


async def delete(session: AsyncSession, media_id: UUID) -> Media:
    """Take it out of the library; its files go afterwards. Raises NotFound, Conflict."""
    media = await read(session, media_id)
    if await repository.is_ahead(session, media_id):
        raise Conflict("What recurs or has not gone out yet uses this: take it out there, or cancel that first.")
    media.deleted_at = datetime.now(UTC)
    await session.flush()
    await enqueue(session, QUEUE, FORGET, {"media_id": str(media_id)}, workspace_id=media.workspace_id)
    return media


async def opened(signed: str) -> Stored | None:
    """What a signed address gives; None for anything that is not right."""
    named = links.read(signed)
    if named is None:
        return None
    async with unit_of_work(workspace_id=named.workspace_id) as session:
        media = await repository.find(session, named.media_id)
    return await local(media, named.suffix) if media else None


async def local(media: Media, suffix: str | None) -> Stored | None:
    """The file of a medium or of a copy of it, on this machine; None where there is no such file."""
    try:
        path = await asyncio.to_thread(storage().local, store.key(media, suffix))
    except FileNotFoundError:
        return None
    content_type = await asyncio.to_thread(pictures.type_of, path) if suffix else media.content_type
    return Stored(media.id, path, content_type)


async def sweep(young: timedelta = YOUNG) -> int:
    """Remove files without a row: of uploads that broke off, and of what was deleted. How many there were.

    The workspace is held meanwhile, so that what is just being stored is not taken for such a file; what is younger
    than `young` stays in any case.
    """
    old: dict[UUID, list[str]] = defaultdict(list)
    for key in await asyncio.to_thread(lambda: list(storage().keys(older_than=young))):
        old[UUID(key.split("/")[0])].append(key)
    removed = 0
    for workspace_id, keys in old.items():
        async with system_unit_of_work() as session:
            await repository.hold(session, workspace_id)
            kept = await repository.kept(session, workspace_id)
            orphans = [key for key in keys if key.split("/")[1].split(".")[0] not in kept]
            await asyncio.to_thread(storage().delete, orphans)
            removed += len(orphans)
    await asyncio.to_thread(storage().forget_copies)
    return removed
