"""SQL on what is planned ahead and what takes its times; row-level security keeps workspaces apart."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from clientnest.models import (
    Account,
    BulkLine,
    Occurrence,
    Post,
    Publication,
    QueueSlot,
    Record,
    Recurrence,
    Template,
    Wish,
    Workspace,
)

# What has no moment, or has given it up.
_FREE = ("draft", "cancelled")
_planned = aliased(Publication)
_IS_DRAFT = ~select(_planned.id).where(_planned.post_id == Wish.post_id, _planned.status != "draft").exists()
# As much of a text as a calendar shows.
_SHOWN = 200
_TEXT = func.left(func.coalesce(Publication.variant["text"].astext, Post.text), _SHOWN).label("text")


async def hold(session: AsyncSession, account_ids: Collection[UUID]) -> None:
    """Let nobody else queue on these accounts until the transaction ends."""
    for account_id in sorted(account_ids):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"queue {account_id}", 0))))


async def account(session: AsyncSession, account_id: UUID) -> Account | None:
    return await session.get(Account, account_id)


async def zone(session: AsyncSession, workspace_id: UUID) -> str:
    """The IANA zone that the workspace plans in."""
    return (await session.get_one(Workspace, workspace_id)).timezone


async def slots(session: AsyncSession, account_id: UUID) -> Sequence[QueueSlot]:
    """In the order of the week."""
    query = select(QueueSlot).where(QueueSlot.account_id == account_id)
    ordered = query.order_by(QueueSlot.weekday, QueueSlot.local_time, QueueSlot.zone)
    return (await session.execute(ordered)).scalars().all()


async def replace(session: AsyncSession, account_id: UUID, anew: Collection[QueueSlot]) -> None:
    await session.execute(delete(QueueSlot).where(QueueSlot.account_id == account_id))
    session.add_all(anew)
    await session.flush()


async def taken(session: AsyncSession, account_id: UUID, since: datetime) -> set[datetime]:
    """The moments to come at which the account posts already."""
    query = select(Publication.scheduled_at).where(
        Publication.account_id == account_id, Publication.status.not_in(_FREE), Publication.scheduled_at >= since
    )
    return {at for at in (await session.execute(query)).scalars() if at is not None}


async def hold_file(session: AsyncSession, workspace_id: UUID, sha256: str) -> None:
    """Let nobody else bring this file in until the transaction ends."""
    key = f"bulk {workspace_id} {sha256}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def lines_of(session: AsyncSession, sha256: str) -> dict[int, UUID | None]:
    """The posts that lines of this file became; None for one that was deleted."""
    query = select(BulkLine.line, BulkLine.post_id).where(BulkLine.file_sha256 == sha256)
    return {line: post_id for line, post_id in await session.execute(query)}


async def accounts(session: AsyncSession) -> Sequence[Account]:
    """All of the workspace that were ever connected."""
    query = select(Account).where(Account.source == "api").order_by(Account.platform, Account.name, Account.id)
    return (await session.execute(query)).scalars().all()


async def wishes(session: AsyncSession, post_ids: Iterable[UUID]) -> Sequence[Wish]:
    """Of those of these posts that are drafts still."""
    query = select(Wish).where(Wish.post_id.in_(set(post_ids)), _IS_DRAFT)
    return (await session.execute(query)).scalars().all()


async def forget_wish(session: AsyncSession, post_id: UUID) -> None:
    await session.execute(delete(Wish).where(Wish.post_id == post_id))


async def templates(session: AsyncSession) -> Sequence[Template]:
    """By name."""
    return (await session.execute(select(Template).order_by(Template.name))).scalars().all()


async def template_named(session: AsyncSession, name: str) -> Template | None:
    return (await session.execute(select(Template).where(Template.name == name))).scalar_one_or_none()


async def hold_name(session: AsyncSession, workspace_id: UUID, name: str) -> None:
    """Let nobody else give a template this name until the transaction ends."""
    key = f"template {workspace_id} {name}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


async def recurrences(session: AsyncSession) -> Sequence[Recurrence]:
    """The newest first."""
    query = select(Recurrence).order_by(Recurrence.created_at.desc(), Recurrence.id)
    return (await session.execute(query)).scalars().all()


async def active_recurrences(session: AsyncSession) -> Sequence[tuple[UUID, UUID]]:
    """Workspace and id of each that may have something to make."""
    query = select(Recurrence.workspace_id, Recurrence.id).where(Recurrence.status == "active").order_by(Recurrence.id)
    return [(row.workspace_id, row.id) for row in await session.execute(query)]


async def held_recurrence(session: AsyncSession, recurrence_id: UUID) -> Recurrence | None:
    """Locked until the transaction ends, as it is now."""
    query = select(Recurrence).where(Recurrence.id == recurrence_id).with_for_update()
    return (await session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()


async def occurrences(session: AsyncSession, recurrence_id: UUID) -> Sequence[Occurrence]:
    """Those that were made, or could not be, the first one first."""
    query = select(Occurrence).where(Occurrence.recurrence_id == recurrence_id).order_by(Occurrence.local)
    return (await session.execute(query)).scalars().all()


async def coming(session: AsyncSession, recurrence_id: UUID) -> Sequence[tuple[Occurrence, Sequence[Publication]]]:
    """What is to come of those that were made, with its publications, locked."""
    query = select(Occurrence).where(Occurrence.recurrence_id == recurrence_id, Occurrence.at > func.now())
    found = (await session.execute(query.order_by(Occurrence.local))).scalars().all()
    posts = [one.post_id for one in found if one.post_id]
    held = select(Publication).where(Publication.post_id.in_(posts)).order_by(Publication.id).with_for_update()
    of_posts: dict[UUID, list[Publication]] = defaultdict(list)
    for publication in (await session.execute(held.execution_options(populate_existing=True))).scalars():
        of_posts[publication.post_id].append(publication)
    return [(one, of_posts[one.post_id] if one.post_id else []) for one in found]


async def publications(session: AsyncSession, since: datetime, until: datetime, limit: int) -> Sequence[Row[Any]]:
    """What is planned or out between two moments, or was cancelled."""
    columns = (Publication.id, Publication.post_id, Publication.account_id, Publication.status)
    query = (
        select(*columns, Publication.scheduled_at, _TEXT)
        .join(Post, Post.id == Publication.post_id)
        .where(Publication.scheduled_at >= since, Publication.scheduled_at < until, Publication.status != "draft")
        .limit(limit)
    )
    return (await session.execute(query)).all()


async def drafts(session: AsyncSession, since: datetime, until: datetime) -> Sequence[Row[Any]]:
    """Drafts wished for between two moments, once for each account that they name, or without one."""
    query = (
        select(Wish.at, Wish.post_id, Publication.account_id, Publication.id.label("publication_id"), _TEXT)
        .join(Post, Post.id == Wish.post_id)
        .outerjoin(Publication, Publication.post_id == Wish.post_id)
        .where(Wish.at >= since, Wish.at < until, _IS_DRAFT)
    )
    return (await session.execute(query)).all()


async def times_made(session: AsyncSession) -> Mapping[UUID, set[datetime]]:
    """The wall clocks to come of which there is something, by recurring post that goes on."""
    query = (
        select(Occurrence.recurrence_id, Occurrence.local)
        .join(Recurrence, Recurrence.id == Occurrence.recurrence_id)
        .where(Recurrence.status == "active", Occurrence.at > func.now())
    )
    found: dict[UUID, set[datetime]] = defaultdict(set)
    for row in await session.execute(query):
        found[row.recurrence_id].add(row.local)
    return found


async def all_slots(session: AsyncSession) -> Mapping[UUID, Sequence[QueueSlot]]:
    """Of the workspace, by account."""
    found: dict[UUID, list[QueueSlot]] = defaultdict(list)
    for slot in (await session.execute(select(QueueSlot))).scalars():
        found[slot.account_id].append(slot)
    return found


async def store(session: AsyncSession, rows: Collection[Record]) -> None:
    session.add_all(rows)
    await session.flush()
