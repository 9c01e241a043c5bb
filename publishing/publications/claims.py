"""What an attempt begins with: the publication under its lease, and all that it takes, many in one transaction."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.database import system_unit_of_work
from clientnest.models import Account, Attempt, Post, Publication
from platforms import PLATFORMS
from platforms.posting import Outgoing
from publishing import links
from publishing.content import written
from publishing.content.outgoing import Library, fingerprint, outgoing_of
from publishing.content.written import Content
from publishing.media import repository as media_repository
from publishing.publications import retries
from publishing.publications.breaker import App
from publishing.publications.ledger import LEASE, Ended, conclude
from publishing.publications.repository import NOBODY, Due, Full, PublicationRepository
from publishing.publications.retries import Verdict

Row = TypeVar("Row", Account, Post)
Choice = Callable[[Sequence[Due]], Sequence[Due]]

# So many are looked at, to choose among.
_LOOKED_AT = 256
# An accident of ours before anything could go out.
_BEFORE_SENDING = ("prepare", "unknown")
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class History:
    """What the attempts before this one say. `since` is when the post may have gone live first.

    `doubts` ended without an answer, and `crashes` of any sort without an end.
    """

    doubts: int
    crashes: int
    looks: int
    failures: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A publication under this attempt's lease, with all that it takes."""

    publication: Publication
    account: Account
    app: App
    outgoing: Outgoing
    content: Content
    library: Library
    history: History

    @property
    def unnamed(self) -> bool:
        """Whether it is live already, and only its id at the network is sought."""
        return self.publication.status == "published"

    @property
    def only_look(self) -> bool:
        """Whether nothing may be sent. A handle is asked in place of a look, unless it gave no answer so often."""
        if self.unnamed or self.history.doubts > retries.MAX_DOUBTS:
            return True
        state = self.publication.state
        return self.in_doubt and not (state and state["handle"])

    @property
    def in_doubt(self) -> bool:
        """Whether it may be live already: not before what prepares it has left a state."""
        prepares = self.outgoing.kind in PLATFORMS[self.account.platform].prepared
        return self.history.doubts > 0 and not (prepares and self.publication.state is None)


def first(due: Sequence[Due]) -> Sequence[Due]:
    """What is due longest, and nothing else."""
    return due[:1]


async def claim(choose: Choice = first, full: Full = NOBODY, *, risky: bool | None = None) -> list[Claimed]:
    """What `choose` chose of what is due, leased; empty when nothing is due that may be attempted now.

    `risky` is as in `PublicationRepository.due`.
    """
    async with system_unit_of_work() as session:
        repository = PublicationRepository(session)
        chosen = choose(await repository.due(_LOOKED_AT, full, risky=risky))
        publications = await repository.take(chosen, LEASE) if chosen else []
        if not publications:
            return []
        claimed = await _opened(session, publications, {one.id: one.app for one in chosen})
        session.add_all(_attempt(one, claimed.get(one.id)) for one in publications)
    for one in publications:
        if one.id not in claimed:
            await conclude(Ended(one, Verdict("crashed", "needs_person"), {}))
    return list(claimed.values())


async def _opened(
    session: AsyncSession, publications: Sequence[Publication], apps: Mapping[UUID, App]
) -> dict[UUID, Claimed]:
    """By publication, without those that cannot be read as they stand."""
    ids = [publication.id for publication in publications]
    posts = await _by_id(session, Post, (publication.post_id for publication in publications))
    accounts = await _by_id(session, Account, (publication.account_id for publication in publications))
    contents: dict[UUID, Content] = {}
    for one in publications:
        with _nobody_elses_trouble(one):
            contents[one.id] = written.of_publication(posts[one.post_id], one)
    pieces = {piece.media_id for content in contents.values() for piece in content.pieces}
    library = await media_repository.named(session, pieces) if pieces else {}
    addresses = await links.addresses_of(session, ids)
    attempts = await PublicationRepository(session).attempts(ids)
    claimed: dict[UUID, Claimed] = {}
    for one in publications:
        with _nobody_elses_trouble(one):
            content, account = contents[one.id], accounts[one.account_id]
            outgoing = links.placed(outgoing_of(content, library, account.platform), addresses.get(one.id))
            history = _history(attempts.get(one.id, ()))
            claimed[one.id] = Claimed(one, account, apps[one.id], outgoing, content, library, history)
    return claimed


@contextlib.contextmanager
def _nobody_elses_trouble(publication: Publication) -> Iterator[None]:
    try:
        yield
    except Exception:
        _log.exception("publishing.unreadable", publication_id=str(publication.id))


def _attempt(publication: Publication, claimed: Claimed | None) -> Attempt:
    return Attempt(
        workspace_id=publication.workspace_id,
        publication_id=publication.id,
        number=publication.attempt,
        mode="look" if claimed and claimed.only_look else "prepare",
        payload_sha256=fingerprint(claimed.outgoing, claimed.content, claimed.library) if claimed else "",
    )


def _history(attempts: Sequence[Attempt]) -> History:
    """Since a person said last what became of it: that settles everything before."""
    settled = max((place for place, attempt in enumerate(attempts, 1) if attempt.mode == "person"), default=0)
    attempts = attempts[settled:]
    sends = [attempt for attempt in attempts if attempt.mode == "send"]
    doubtful = [attempt for attempt in sends if attempt.outcome in (None, "unknown")]
    return History(
        doubts=len(doubtful),
        crashes=sum(attempt.outcome is None for attempt in attempts),
        looks=sum(attempt.mode == "look" and attempt.outcome == "not_found" for attempt in attempts),
        failures=sum(
            attempt.outcome in ("rate_limited", "unavailable") or (attempt.mode, attempt.outcome) == _BEFORE_SENDING
            for attempt in attempts
        ),
        since=(doubtful or sends)[0].created_at if sends else datetime.now(UTC),
    )


async def _by_id(session: AsyncSession, model: type[Row], ids: Iterable[UUID]) -> dict[UUID, Row]:
    return {row.id: row for row in (await session.execute(select(model).where(model.id.in_(set(ids))))).scalars()}
