"""Publications as people ask for them: publish, list, read."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events
from clientnest.errors import Invalid, NotFound, Problem
from clientnest.models import Post, Publication
from platforms.posting import Outgoing
from publishing.content import check
from publishing.media import store
from publishing.publications.repository import PublicationRepository

# Wakes the workers of every machine.
CHANNEL = "nest_publications"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author wants to go out. `media_url` is fetched at once; what is published is that copy."""

    text: str
    account_ids: tuple[UUID, ...]
    title: str | None = None
    link: str | None = None
    media_url: str | None = None


async def publish(session: AsyncSession, workspace_id: UUID, author_id: UUID, draft: Draft) -> Sequence[Publication]:
    """Store the post and one publication per account, due now. Nothing is stored if anything is wrong.

    Raises Invalid with every problem of every account, Refused or FetchFailed for the media.
    """
    fetched = await store.fetch(draft.media_url) if draft.media_url is not None else None
    repository = PublicationRepository(session)
    accounts = await repository.accounts(draft.account_ids)
    unknown = set(draft.account_ids) - {account.id for account in accounts}
    found = [Problem(f"accounts.{missing}", "This workspace has no such account.") for missing in sorted(unknown)]
    if not draft.account_ids:
        found.append(Problem("account_ids", "Name at least one account."))
    outgoing = Outgoing(draft.text, draft.title, draft.link)
    kind, size = (fetched.kind, len(fetched.content)) if fetched else ("text", None)
    found += check.problems(outgoing, kind, size, accounts, await repository.granted(accounts))
    if found:
        raise Invalid("This post cannot go out as it is.", tuple(found))
    media = await store.keep(session, workspace_id, fetched) if fetched else None
    post = Post(
        workspace_id=workspace_id,
        author_id=author_id,
        text=draft.text,
        title=draft.title,
        link=draft.link,
        media_id=media.id if media else None,
    )
    publications = await repository.add(post, accounts)
    for publication in publications:
        await events.record(session, workspace_id, "publication.scheduled", publication_id=str(publication.id))
    await session.execute(text(f"select pg_notify('{CHANNEL}', '')"))
    return publications


async def read(session: AsyncSession, publication_id: UUID) -> Publication:
    """Raises NotFound."""
    publication = await session.get(Publication, publication_id)
    if publication is None:
        raise NotFound("There is no such publication in this workspace.")
    return publication
