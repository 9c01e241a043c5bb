"""Publications as people ask for them: publish, list, read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events
from clientnest.errors import Invalid, NotFound, Problem
from clientnest.models import Account, Campaign, Media, Post, Publication
from platforms.posting import Outgoing
from publishing import campaigns, links
from publishing.content import check
from publishing.links import Tracking
from publishing.media import problems, store
from publishing.publications.repository import PublicationRepository

# Wakes the workers of every machine.
CHANNEL = "nest_publications"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author wants to go out. `media_url` is fetched at once; what is published is that copy.

    Without `tracking` the link goes out as it is written.
    """

    text: str
    account_ids: tuple[UUID, ...]
    title: str | None = None
    link: str | None = None
    media_url: str | None = None
    tracking: Tracking | None = None
    campaign_id: UUID | None = None


async def publish(session: AsyncSession, workspace_id: UUID, author_id: UUID, draft: Draft) -> Sequence[Publication]:
    """Store the post and one publication per account, due now. Nothing is stored if anything is wrong.

    Raises Invalid with every problem of every account, Refused or FetchFailed for the media.
    """
    fetched = await store.fetch(draft.media_url) if draft.media_url is not None else None
    repository = PublicationRepository(session)
    accounts = await repository.accounts(draft.account_ids)
    campaign = await campaigns.find(session, draft.campaign_id) if draft.campaign_id else None
    post_id, ids = uuid4(), {account.id: uuid4() for account in accounts}
    planned = links.plan(draft.link, draft.tracking, campaign, accounts, post_id, ids)
    outgoing = Outgoing(draft.text, draft.title, draft.link)
    kind, size = (fetched.kind, len(fetched.content)) if fetched else ("text", None)
    addresses = {account_id: link.address for account_id, link in planned.items()}
    found = list(_missing(draft, accounts, campaign))
    found += check.problems(outgoing, kind, size, accounts, await repository.granted(accounts), addresses)
    if found:
        raise Invalid("This post cannot go out as it is.", tuple(found))
    media = await store.keep(session, workspace_id, fetched) if fetched else None
    if media and (unfit := tuple(_unfit(media, kind, accounts))):
        raise Invalid("This post cannot go out as it is.", unfit)
    post = _post(post_id, workspace_id, author_id, draft, media.id if media else None)
    publications = await repository.add(post, ids)
    for account_id, link in planned.items():
        await links.store(session, workspace_id, ids[account_id], draft.campaign_id, link)
    for publication in publications:
        await events.record(session, workspace_id, "publication.scheduled", publication_id=str(publication.id))
    await session.execute(text(f"select pg_notify('{CHANNEL}', '')"))
    return publications


def _post(post_id: UUID, workspace_id: UUID, author_id: UUID, draft: Draft, media_id: UUID | None) -> Post:
    return Post(
        id=post_id,
        workspace_id=workspace_id,
        author_id=author_id,
        text=draft.text,
        title=draft.title,
        link=draft.link,
        media=[{"media_id": str(media_id), "alt_text": None}] if media_id else [],
        campaign_id=draft.campaign_id,
        tracking=draft.tracking.kept if draft.tracking else None,
    )


def _missing(draft: Draft, accounts: Sequence[Account], campaign: Campaign | None) -> Iterable[Problem]:
    """What the draft names and the workspace has not, and what its tracking cannot be."""
    for unknown in sorted(set(draft.account_ids) - {account.id for account in accounts}):
        yield Problem(f"accounts.{unknown}", "This workspace has no such account.")
    if not draft.account_ids:
        yield Problem("account_ids", "Name at least one account.")
    if draft.campaign_id and campaign is None:
        yield Problem("campaign_id", "This workspace has no such campaign.")
    if draft.tracking:
        yield from links.problems(draft.tracking)


def _unfit(media: Media, kind: str, accounts: Sequence[Account]) -> Iterable[Problem]:
    """What keeps the media out of an account's network."""
    for account in accounts:
        for found in problems(media, account.platform, kind):
            yield Problem(f"accounts.{account.id}", found.message)


async def read(session: AsyncSession, publication_id: UUID) -> Publication:
    """Raises NotFound."""
    publication = await session.get(Publication, publication_id)
    if publication is None:
        raise NotFound("There is no such publication in this workspace.")
    return publication
