"""Rows of media."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Text, and_, any_, cast, func, literal, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Media, Post, Publication, Recurrence

# What may still go out.
_AHEAD = ("draft", "scheduled", "publishing", "needs_person")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a library is searched for. `after` is where the page before ended."""

    q: str | None = None
    tag: str | None = None
    kind: str | None = None
    after: tuple[datetime, UUID] | None = None


async def hold(session: AsyncSession, workspace_id: UUID) -> None:
    """Nobody else adds to or cleans up this workspace's files until this transaction ends."""
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"media:{workspace_id}"}
    )


async def used(session: AsyncSession, workspace_id: UUID) -> int:
    """Bytes of all that is kept."""
    of_workspace = and_(Media.workspace_id == workspace_id, Media.deleted_at.is_(None))
    return (await session.execute(select(func.coalesce(func.sum(Media.size), 0)).where(of_workspace))).scalar_one()


async def find(session: AsyncSession, media_id: UUID) -> Media | None:
    query = select(Media).where(Media.id == media_id, Media.deleted_at.is_(None))
    return (await session.execute(query)).scalar_one_or_none()


async def named(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Media]:
    """Those by id, deleted ones too."""
    found = await session.execute(select(Media).where(Media.id.in_(set(ids))))
    return {media.id: media for media in found.scalars()}


async def by_source(session: AsyncSession, workspace_id: UUID, source_sha256: str) -> Media | None:
    """What came in as the same bytes before, or was kept as them."""
    of_workspace = and_(Media.workspace_id == workspace_id, Media.deleted_at.is_(None))
    same = or_(Media.source_sha256 == source_sha256, Media.sha256 == source_sha256)
    query = select(Media).where(of_workspace, same).order_by(Media.created_at).limit(1)
    return (await session.execute(query)).scalar_one_or_none()


async def by_content(session: AsyncSession, workspace_id: UUID, sha256: str) -> Media | None:
    """The kept file with this content, a deleted one too."""
    query = select(Media).where(Media.workspace_id == workspace_id, Media.sha256 == sha256)
    return (await session.execute(query)).scalar_one_or_none()


async def add(session: AsyncSession, **values: Any) -> Media:
    """A new row, or the deleted one of the same content back again."""
    row = insert(Media).values(**values)
    changed = {name: row.excluded[name] for name in values if name not in ("workspace_id", "sha256")}
    kept = row.on_conflict_do_update(
        index_elements=[Media.workspace_id, Media.sha256], set_={**changed, "deleted_at": None}
    )
    query = kept.returning(Media).execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one()


async def page(session: AsyncSession, wanted: Filter, limit: int) -> Sequence[Media]:
    """The newest first."""
    conditions: list[ColumnElement[bool]] = [Media.deleted_at.is_(None)]
    if wanted.q:
        words = func.coalesce(Media.name, "") + " " + func.coalesce(Media.alt_text, "")
        tags = func.array_to_string(Media.tags, " ")
        conditions.append((words + " " + tags).icontains(wanted.q, autoescape=True))
    if wanted.tag:
        conditions.append(literal(wanted.tag) == any_(Media.tags))
    if wanted.kind:
        conditions.append(Media.content_type.startswith(f"{wanted.kind}/"))
    if wanted.after:
        at, id_ = wanted.after
        conditions.append(tuple_(Media.created_at, Media.id) < tuple_(literal(at), literal(id_)))
    query = select(Media).where(*conditions).order_by(Media.created_at.desc(), Media.id.desc()).limit(limit)
    return (await session.execute(query)).scalars().all()


async def is_ahead(session: AsyncSession, media_id: UUID) -> bool:
    """Whether anything that has not gone out yet, or recurs, names it, wherever a post or its variant keeps that."""
    rows = (func.to_jsonb(text("posts")), func.to_jsonb(text("publications")))
    named = or_(*(cast(row, Text).contains(str(media_id)) for row in rows))
    query = (
        select(Publication.id).join(Post, Post.id == Publication.post_id).where(Publication.status.in_(_AHEAD), named)
    )
    recurring = select(Recurrence.id).where(
        Recurrence.status != "ended", cast(Recurrence.draft, Text).contains(str(media_id))
    )
    return bool((await session.execute(select(or_(query.exists(), recurring.exists())))).scalar_one())


async def kept(session: AsyncSession, workspace_id: UUID) -> set[str]:
    """The content hashes whose files are needed."""
    query = select(cast(Media.sha256, String)).where(Media.workspace_id == workspace_id, Media.deleted_at.is_(None))
    return set((await session.execute(query)).scalars())
