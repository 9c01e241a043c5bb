"""Publications as people ask for them: publish now, or at a moment."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events
from clientnest.errors import Conflict, NotFound
from clientnest.models import Event, Post, Publication
from publishing import comments, links
from publishing.content import drafts, repository, reviews, written
from publishing.content.drafts import Composed, Draft
from publishing.content.outgoing import Library
from publishing.content.written import Content
from publishing.media import repository as media_repository
from publishing.media.store import Fetched
from publishing.planning import repository as planning
from publishing.publications.moments import Moment

# Wakes the workers of every machine.
CHANNEL = "nest_publications"


@dataclass(frozen=True, slots=True)
class Moments:
    """When each account's goes out; None is now."""

    usual: Moment | None = None
    each: Mapping[UUID, Moment] = field(default_factory=dict)

    def on(self, account_id: UUID) -> Moment | None:
        return self.each.get(account_id, self.usual)


async def publish(
    session: AsyncSession,
    workspace_id: UUID,
    author_id: UUID,
    draft: Draft,
    moments: Moments = Moments(),
    arrived: Mapping[UUID, Fetched] | None = None,
) -> Sequence[Publication]:
    """Store the post and one publication per account, due now or at its moment. Nothing is stored if anything is wrong.

    `arrived` are its media where they are fetched already. Raises Invalid with every problem of every account,
    Refused or FetchFailed for the media, Conflict where posts must be approved first.
    """
    await reviews.require_none(session, workspace_id)
    if arrived is None:
        arrived = await drafts.fetched(draft.arriving)
    await _hold(session, draft.account_ids, moments)
    composed = await drafts.compose(session, workspace_id, author_id, draft, arrived, "approved")
    composed.refuse(composed.findings())
    await drafts.keep(session, composed, arrived)
    if arrived:
        # Of what was drawn anew it is known now how wide and how long it is.
        composed.refuse(composed.findings())
    return await release(session, composed, moments)


async def publish_draft(session: AsyncSession, post_id: UUID, moments: Moments = Moments()) -> Sequence[Publication]:
    """Let a draft go out, now or at its moments. Raises NotFound, Conflict, Invalid."""
    composed = await drafts.opened(session, post_id)
    if any(publication.status != "draft" for publication in composed.publications):
        raise Conflict("This is planned or out already: change its publications one by one.")
    await reviews.require_approved(session, composed.post)
    await _hold(session, list(composed.accounts), moments)
    composed.refuse(composed.findings())
    composed.post.stage = "approved"
    return await release(session, composed, moments)


@dataclass(frozen=True, slots=True)
class Packed:
    """What a person needs to put a publication there by hand; `link` is as it goes out."""

    content: Content
    link: str | None
    library: Library


async def packed(session: AsyncSession, publication_id: UUID) -> Packed:
    """Raises NotFound."""
    publication = await session.get(Publication, publication_id)
    if publication is None:
        raise NotFound("There is no such publication in this workspace.")
    content = written.of_publication(await session.get_one(Post, publication.post_id), publication)
    library = await media_repository.named(session, [piece.media_id for piece in content.pieces])
    return Packed(content, await links.address_of(session, publication_id) or content.link, library)


async def release(session: AsyncSession, composed: Composed, moments: Moments) -> Sequence[Publication]:
    """From here on the worker may take it."""
    await release_all(session, [(composed, moments)])
    return composed.publications


async def release_all(session: AsyncSession, each: Sequence[tuple[Composed, Moments]]) -> None:
    """As `release`, of many."""
    happened, plans, contents = [], [], []
    for composed, moments in each:
        for publication in composed.publications:
            moment = moments.on(publication.account_id)
            publication.status = "scheduled"
            place(publication, moment)
            if planned := composed.link_on(publication):
                plans.append((publication, composed.post.campaign_id, planned))
            contents.append((publication, written.of_publication(composed.post, publication)))
            told = {"publication_id": str(publication.id)} | ({"at": moment.at.isoformat()} if moment else {})
            happened.append(Event(workspace_id=publication.workspace_id, type="publication.scheduled", payload=told))
    await links.store_all(session, plans)
    await comments.plan(session, contents)
    await events.record_all(session, happened)
    await session.flush()
    await repository.read_again(session, [publication for publication, _ in contents])
    await wake(session)


async def _hold(session: AsyncSession, account_ids: Collection[UUID], moments: Moments) -> None:
    """Who plans for a moment waits for who looks for a free one, on the same accounts."""
    if moments.usual or moments.each:
        await planning.hold(session, account_ids)


def place(publication: Publication, moment: Moment | None) -> None:
    """Put it at a moment; None is now, by the database's clock."""
    if moment is None:
        publication.scheduled_at = publication.due_at = func.now()
        publication.scheduled_local, publication.scheduled_zone = None, "UTC"
        return
    publication.scheduled_at = publication.due_at = moment.at
    publication.scheduled_local, publication.scheduled_zone = moment.local, moment.zone


async def keep_link(session: AsyncSession, composed: Composed, publication: Publication) -> None:
    """What its link goes out as, from now on."""
    if planned := composed.link_on(publication):
        await links.store_all(session, [(publication, composed.post.campaign_id, planned)])


async def wake(session: AsyncSession) -> None:
    """Have the workers look again, as soon as this is committed."""
    await session.execute(text(f"select pg_notify('{CHANNEL}', '')"))


async def now(session: AsyncSession) -> datetime:
    """By the database's clock, which is everybody's."""
    found: datetime = (await session.execute(text("select now()"))).scalar_one()
    return found.astimezone(UTC)
