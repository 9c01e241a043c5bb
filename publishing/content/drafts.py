"""Drafts: what an author wants to say, on which accounts, and what is written otherwise there."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Invalid
from clientnest.models import Account, Campaign, Media, Post, Publication
from publishing import campaigns, links
from publishing.content import check, repository, written
from publishing.content.check import Count, Finding, Place
from publishing.content.written import Content
from publishing.links import Tracking
from publishing.media import repository as media_repository
from publishing.media import store
from publishing.media.store import Fetched

CANNOT_GO = "This post cannot go out as it is."


@dataclass(frozen=True, slots=True)
class Draft:
    """`variants` has by account the fields of `Content` that differ there, as they are kept; `arriving` the addresses
    of media that are still to be fetched, by the id under which the content names them. On accounts that are
    `assisted` a person puts it. Without `tracking` the link goes out as it is written.
    """

    content: Content
    account_ids: tuple[UUID, ...]
    variants: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    arriving: Mapping[UUID, str] = field(default_factory=dict)
    assisted: frozenset[UUID] = frozenset()
    tracking: Tracking | None = None
    campaign_id: UUID | None = None
    tags: tuple[str, ...] = ()

    @property
    def named_media(self) -> set[UUID]:
        """Everything that it shows anywhere, what is still to be fetched too."""
        contents = [self.content, *(written.read(variant) for variant in self.variants.values())]
        return {piece.media_id for content in contents for piece in content.pieces}


@dataclass(frozen=True, slots=True)
class Known:
    """What of a workspace drafts may name, by id; `granted` are scopes by account."""

    accounts: Mapping[UUID, Account]
    granted: Mapping[UUID, Sequence[str]]
    campaigns: Mapping[UUID, Campaign]
    library: Mapping[UUID, Media]


@dataclass(slots=True)
class Composed:
    """A post and its publications with all that they name; `missing` is what the workspace has not."""

    post: Post
    publications: list[Publication]
    accounts: Mapping[UUID, Account]
    granted: Mapping[UUID, Sequence[str]]
    campaign: Campaign | None
    library: dict[UUID, Media]
    missing: tuple[Finding, ...] = ()

    @property
    def places(self) -> list[Place]:
        planned = {publication.account_id: self.link_on(publication) for publication in self.publications}
        return [
            Place(
                self.accounts[publication.account_id],
                written.of_publication(self.post, publication),
                self.granted.get(publication.account_id, ()),
                link.address if (link := planned[publication.account_id]) else None,
                publication.assisted,
            )
            for publication in self.publications
        ]

    def link_on(self, publication: Publication) -> links.Planned | None:
        """Its link as it would go out; a short one is drawn anew each time."""
        content = written.of_publication(self.post, publication)
        tracking = Tracking(**self.post.tracking) if self.post.tracking else None
        account = self.accounts[publication.account_id]
        ids = {account.id: publication.id}
        return links.plan(content.link, tracking, self.campaign, [account], self.post.id, ids).get(account.id)

    def findings(self) -> list[Finding]:
        """Everything there is to say before it can go out."""
        found = [*self.missing, *check.findings(self.places, self.library)]
        if not self.publications and not self.missing:
            found.append(Finding("account_ids", "Name at least one account."))
        return found

    def counts(self) -> list[Count]:
        """How near it is to every limit of every account."""
        return list(check.counts(self.places, self.library))

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Raises Invalid for what are errors among them."""
        problems = tuple(found.problem for found in findings if found.severity == "error")
        if problems:
            raise Invalid(CANNOT_GO, problems)


async def fetched(arriving: Mapping[UUID, str]) -> dict[UUID, Fetched]:
    """What is at the addresses of media, by the id that a draft has for it. Raises Refused, FetchFailed, Invalid."""
    return {name: await store.fetch(url) for name, url in arriving.items()}


async def compose(
    session: AsyncSession,
    workspace_id: UUID,
    author_id: UUID,
    draft: Draft,
    arrived: Mapping[UUID, Fetched],
    stage: str,
) -> Composed:
    """Everything of a new draft, not stored yet."""
    accounts = await repository.accounts(session, draft.account_ids)
    campaign = await campaigns.find(session, draft.campaign_id) if draft.campaign_id else None
    known = Known(
        {account.id: account for account in accounts},
        await repository.granted(session, accounts),
        {campaign.id: campaign} if campaign else {},
        await media_repository.named(session, draft.named_media),
    )
    return assemble(workspace_id, author_id, draft, arrived, stage, known)


def assemble(
    workspace_id: UUID, author_id: UUID, draft: Draft, arrived: Mapping[UUID, Fetched], stage: str, known: Known
) -> Composed:
    """As `compose`, of what is known already."""
    post = Post(id=uuid4(), workspace_id=workspace_id, author_id=author_id, stage=stage, **draft.content.kept)
    post.tags = list(draft.tags)
    post.tracking = draft.tracking.kept if draft.tracking else None
    post.campaign_id = draft.campaign_id
    accounts = {id_: known.accounts[id_] for id_ in draft.account_ids if id_ in known.accounts}
    publications = [
        Publication(
            id=uuid4(),
            workspace_id=workspace_id,
            post_id=post.id,
            account_id=account_id,
            status="draft",
            variant=dict(draft.variants.get(account_id, {})),
            assisted=account_id in draft.assisted,
        )
        for account_id in accounts
    ]
    library = {id_: known.library[id_] for id_ in draft.named_media if id_ in known.library}
    for name, medium in arrived.items():
        library[name] = Media(content_type=medium.content_type, size=len(medium.content), source_url=medium.source_url)
    campaign = known.campaigns.get(draft.campaign_id) if draft.campaign_id else None
    composed = Composed(post, publications, accounts, known.granted, campaign, library)
    composed.missing = tuple(_missing(draft, composed))
    return composed


async def opened(session: AsyncSession, post_id: UUID) -> Composed:
    """A draft that is stored, held until the transaction ends. Raises NotFound."""
    post = await repository.held(session, post_id)
    publications = await repository.publications(session, post_id)
    accounts = await repository.accounts(session, [publication.account_id for publication in publications])
    return await _named(session, post, list(publications), accounts)


async def reopened(session: AsyncSession, publications: Sequence[Publication]) -> Composed:
    """Stored publications of one post, to look at."""
    post = await session.get_one(Post, publications[0].post_id)
    accounts = await repository.accounts(session, [publication.account_id for publication in publications])
    return await _named(session, post, list(publications), accounts)


async def alone(session: AsyncSession, composed: Composed, publication: Publication) -> Composed:
    """One of the publications by itself, with the media that it names now."""
    accounts = [composed.accounts[publication.account_id]]
    return await _named(session, composed.post, [publication], accounts)


async def _named(
    session: AsyncSession, post: Post, publications: list[Publication], accounts: Sequence[Account]
) -> Composed:
    pieces = [piece for publication in publications for piece in written.of_publication(post, publication).pieces]
    pieces += list(written.of_post(post).pieces)
    return Composed(
        post,
        publications,
        {account.id: account for account in accounts},
        await repository.granted(session, accounts),
        await campaigns.find(session, post.campaign_id) if post.campaign_id else None,
        await media_repository.named(session, [piece.media_id for piece in pieces]),
    )


def _missing(draft: Draft, composed: Composed) -> Iterable[Finding]:
    """What the draft names and the workspace has not, and what its tracking cannot be."""
    for unknown in sorted(set(draft.account_ids) - composed.accounts.keys()):
        yield Finding("account", "This workspace has no such account.", unknown)
    for field_, ids in (("variants", set(draft.variants)), ("assisted", set(draft.assisted))):
        for unknown in sorted(ids - set(draft.account_ids)):
            yield Finding(f"{field_}.{unknown}", "Name this account among account_ids too.")
    if draft.campaign_id and composed.campaign is None:
        yield Finding("campaign_id", "This workspace has no such campaign.")
    if draft.tracking:
        for problem in links.problems(draft.tracking):
            yield Finding(problem.field, problem.message)
    contents = [written.of_post(composed.post)]
    contents += [written.of_publication(composed.post, publication) for publication in composed.publications]
    named = {piece.media_id for content in contents for piece in content.pieces}
    gone = {name for name in named if name not in composed.library or composed.library[name].deleted_at}
    for unknown in sorted(gone):
        yield Finding("media", f"There is no picture or video {unknown} in this workspace: upload it first.")


async def keep(session: AsyncSession, composed: Composed, arrived: Mapping[UUID, Fetched]) -> None:
    """Store it, with the media that were fetched. Raises what `media.store.keep` does."""
    names = {}
    for name, medium in arrived.items():
        kept = await store.keep(session, composed.post.workspace_id, medium)
        composed.library[kept.id] = kept
        names[str(name)] = str(kept.id)
    if names:
        for column in ("media", "parts"):
            setattr(composed.post, column, renamed(getattr(composed.post, column), names))
        for publication in composed.publications:
            publication.variant = renamed(publication.variant, names)
    session.add(composed.post)
    await session.flush()
    session.add_all(composed.publications)
    await session.flush()


async def keep_all(session: AsyncSession, each: Collection[Composed]) -> None:
    """As `keep`, of many whose media are all in the library."""
    session.add_all(composed.post for composed in each)
    await session.flush()
    session.add_all(publication for composed in each for publication in composed.publications)
    await session.flush()


async def replace(session: AsyncSession, before: Composed, anew: Composed, arrived: Mapping[UUID, Fetched]) -> None:
    """Have a stored draft say what another one says; its publications on accounts that stay keep their ids."""
    for column in (*written.FIELDS, "tags", "tracking", "campaign_id"):
        setattr(before.post, column, getattr(anew.post, column))
    stored = {publication.account_id: publication for publication in before.publications}
    before.publications = []
    for publication in anew.publications:
        mine = stored.pop(publication.account_id, publication)
        mine.post_id, mine.status = before.post.id, "draft"
        mine.variant, mine.assisted = publication.variant, publication.assisted
        before.publications.append(mine)
    for gone in stored.values():
        await session.delete(gone)
    before.library = anew.library
    await keep(session, before, arrived)


def renamed(kept: Any, names: Mapping[str, str]) -> Any:
    """What is kept, with other ids of media."""
    if isinstance(kept, dict):
        return {key: renamed(value, names) for key, value in kept.items()}
    if isinstance(kept, list):
        return [renamed(value, names) for value in kept]
    return names.get(kept, kept) if isinstance(kept, str) else kept
