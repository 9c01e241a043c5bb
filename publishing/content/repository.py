"""Posts and their publications as an author sees them; row-level security keeps workspaces apart."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import any_, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import NotFound
from clientnest.models import Account, AccountToken, Post, Publication, Review, User

# What has gone out, or is about to.
_MEANT = ("scheduled", "publishing", "published", "needs_person")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which posts of the library. `after` is (created_at, id) of the last one seen."""

    text: str | None = None
    stage: str | None = None
    status: str | None = None
    tag: str | None = None
    campaign_id: UUID | None = None
    account_id: UUID | None = None
    after: tuple[datetime, UUID] | None = None


async def accounts(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Account]:
    """Those that there are, in the order of `ids`."""
    found = await session.execute(select(Account).where(Account.id.in_(ids)))
    by_id = {account.id: account for account in found.scalars()}
    return [by_id[id_] for id_ in dict.fromkeys(ids) if id_ in by_id]


async def granted(session: AsyncSession, accounts: Sequence[Account]) -> dict[UUID, list[str]]:
    """The scopes of connected accounts by id."""
    query = select(AccountToken.account_id, AccountToken.scopes)
    rows = await session.execute(query.where(AccountToken.account_id.in_([one.id for one in accounts])))
    return {account_id: scopes for account_id, scopes in rows}


async def held(session: AsyncSession, post_id: UUID) -> Post:
    """The post, locked. Raises NotFound."""
    found = await session.execute(select(Post).where(Post.id == post_id).with_for_update())
    post = found.scalar_one_or_none()
    if post is None:
        raise NotFound("There is no such post in this workspace.")
    return post


async def publications(session: AsyncSession, post_id: UUID, *, lock: bool = True) -> Sequence[Publication]:
    """Those of a post, the first one first; locked unless they are only read."""
    query = select(Publication).where(Publication.post_id == post_id).order_by(Publication.created_at, Publication.id)
    return (await session.execute(query.with_for_update() if lock else query)).scalars().all()


async def read_again(session: AsyncSession, stored: Sequence[Publication]) -> None:
    """What the database made of them."""
    query = select(Publication).where(Publication.id.in_([publication.id for publication in stored]))
    await session.execute(query.execution_options(populate_existing=True))


async def page(session: AsyncSession, wanted: Filter, limit: int) -> Sequence[Post]:
    """The newest first."""
    query = select(Post).order_by(Post.created_at.desc(), Post.id.desc()).limit(limit)
    if wanted.text:
        query = query.where(
            or_(*(column.icontains(wanted.text, autoescape=True) for column in (Post.text, Post.title)))
        )
    if wanted.stage:
        query = query.where(Post.stage == wanted.stage)
    if wanted.tag:
        query = query.where(literal(wanted.tag) == any_(Post.tags))
    if wanted.campaign_id:
        query = query.where(Post.campaign_id == wanted.campaign_id)
    if wanted.status or wanted.account_id:
        of_post = select(Publication.id).where(Publication.post_id == Post.id)
        if wanted.status:
            of_post = of_post.where(Publication.status == wanted.status)
        if wanted.account_id:
            of_post = of_post.where(Publication.account_id == wanted.account_id)
        query = query.where(of_post.exists())
    if wanted.after:
        at, id_ = wanted.after
        query = query.where(tuple_(Post.created_at, Post.id) < tuple_(literal(at), literal(id_)))
    return (await session.execute(query)).scalars().all()


async def of_posts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[Publication]]:
    """Publications by post."""
    query = select(Publication).where(Publication.post_id.in_(ids)).order_by(Publication.created_at, Publication.id)
    found: dict[UUID, list[Publication]] = {id_: [] for id_ in ids}
    for publication in (await session.execute(query)).scalars():
        found[publication.post_id].append(publication)
    return found


async def meant(
    session: AsyncSession, account_ids: Collection[UUID], since: datetime, until: datetime
) -> Sequence[tuple[UUID, UUID, datetime, str]]:
    """What goes out on these accounts, or has, between two moments: account, post, moment and words."""
    words = func.coalesce(Publication.variant["text"].astext, Post.text)
    query = (
        select(Publication.account_id, Publication.post_id, Publication.scheduled_at, words.label("words"))
        .join(Post, Post.id == Publication.post_id)
        .where(Publication.account_id.in_(account_ids), Publication.status.in_(_MEANT))
        .where(Publication.scheduled_at.between(since, until))
    )
    return [(row.account_id, row.post_id, row.scheduled_at, row.words) for row in await session.execute(query)]


async def tags(session: AsyncSession) -> list[tuple[str, int]]:
    """Every tag with how many posts have it, the most used first."""
    tag = func.unnest(Post.tags).label("tag")
    listed = select(tag).subquery()
    query = (
        select(listed.c.tag, func.count().label("posts"))
        .group_by(listed.c.tag)
        .order_by(func.count().desc(), listed.c.tag)
    )
    return [(row.tag, row.posts) for row in await session.execute(query)]


async def reviews(session: AsyncSession, post_id: UUID) -> Sequence[Review]:
    """The trail of a post, the first step first."""
    return [review for review, _ in await reviews_by_name(session, post_id)]


async def reviews_by_name(session: AsyncSession, post_id: UUID) -> Sequence[tuple[Review, str]]:
    """The trail with the names of who made each step."""
    query = select(Review, User.name).join(User, User.id == Review.person_id).where(Review.post_id == post_id)
    rows = await session.execute(query.order_by(Review.created_at, Review.id))
    return [(review, name) for review, name in rows]
