"""The library of what is written: make, find, change and delete drafts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Conflict, NotFound
from clientnest.models import Post, Publication
from publishing.content import clashes, drafts, repository, reviews
from publishing.content.check import Count, Finding
from publishing.content.clashes import Meant
from publishing.content.drafts import Composed, Draft
from publishing.content.repository import Filter

Written = tuple[Post, Sequence[Publication]]


async def create(session: AsyncSession, workspace_id: UUID, author_id: UUID, draft: Draft) -> Written:
    """A draft, which need not be ready to go out. Raises Invalid for what the workspace has not."""
    arrived = await drafts.fetched(draft.arriving)
    composed = await drafts.compose(session, workspace_id, author_id, draft, arrived, "draft")
    composed.refuse(composed.missing)
    await drafts.keep(session, composed, arrived)
    return await _stored(session, composed)


async def look_over(
    session: AsyncSession, workspace_id: UUID, author_id: UUID, draft: Draft, at: datetime
) -> tuple[list[Finding], list[Count]]:
    """Everything there is to say of a draft that would go out `at` that moment, and how near it is to every limit;
    nothing is stored."""
    composed = await drafts.compose(
        session, workspace_id, author_id, draft, await drafts.fetched(draft.arriving), "draft"
    )
    return [*composed.findings(), *await _warnings(session, composed, at)], composed.counts()


async def warnings(
    session: AsyncSession, publications: Sequence[Publication], at: datetime, *, dated: bool = True
) -> list[Finding]:
    """What clashes with these publications of one post; `at` is when those go out that have no moment yet.

    Where they are not `dated`, their words alone are compared, as if they went out then.
    """
    if not publications:
        return []
    composed = await drafts.reopened(session, publications)
    moments = {one.account_id: one.scheduled_at for one in publications if one.scheduled_at}
    found = await _warnings(session, composed, at, moments)
    return found if dated else [one for one in found if one.field != "at"]


async def _warnings(
    session: AsyncSession, composed: Composed, at: datetime, moments: Mapping[UUID, datetime] = MappingProxyType({})
) -> list[Finding]:
    meant = [
        (
            place.account,
            Meant(
                moments.get(place.account.id, at),
                place.account.id,
                composed.post.id,
                clashes.normalised(place.content.text),
            ),
        )
        for place in composed.places
    ]
    plans = await clashes.plans(session, composed.accounts, [one.at for _, one in meant])
    return [found for account, one in meant for found in plans.findings(account, one)]


async def read(session: AsyncSession, post_id: UUID) -> Written:
    """Raises NotFound."""
    post = await session.get(Post, post_id)
    if post is None:
        raise NotFound("There is no such post in this workspace.")
    return post, await repository.publications(session, post_id, lock=False)


async def library(session: AsyncSession, wanted: Filter, limit: int) -> list[Written]:
    """The newest first."""
    posts = await repository.page(session, wanted, limit)
    publications = await repository.of_posts(session, [post.id for post in posts])
    return [(post, publications[post.id]) for post in posts]


async def change(session: AsyncSession, post_id: UUID, person_id: UUID, draft: Draft) -> Written:
    """Write a draft anew. What was submitted or approved must be so again. Raises NotFound, Conflict, Invalid."""
    before = await drafts.opened(session, post_id)
    _still_draft(before.publications)
    arrived = await drafts.fetched(draft.arriving)
    composed = await drafts.compose(
        session, before.post.workspace_id, before.post.author_id, draft, arrived, before.post.stage
    )
    composed.refuse(composed.missing)
    await drafts.replace(session, before, composed, arrived)
    await reviews.edited(session, before.post, person_id)
    return await _stored(session, before)


async def delete(session: AsyncSession, post_id: UUID) -> None:
    """A draft, with its reviews. Raises NotFound, Conflict."""
    composed = await drafts.opened(session, post_id)
    _still_draft(composed.publications)
    await session.delete(composed.post)
    await session.flush()


def _still_draft(publications: Sequence[Publication]) -> None:
    if any(publication.status not in ("draft", "cancelled") for publication in publications):
        raise Conflict("This is planned or out already: change or cancel its publications.")


async def _stored(session: AsyncSession, composed: Composed) -> Written:
    await session.flush()
    await session.refresh(composed.post)
    return await read(session, composed.post.id)
