"""One attempt at one publication, from the claim to its outcome.

The attempt is committed before the first byte leaves: as `prepare` with the claim, as `send` once all is at hand
for the network's client, so that one which broke off before is proof that nothing went out. What a crash leaves
behind decides how the next one begins: a handle at the network is asked, an unanswered write is only looked for,
anything else is sent. The state that the client needs is committed between its steps, for the same proof.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func

from clientnest import events
from clientnest.database import system_unit_of_work
from clientnest.errors import NestError
from clientnest.models import Account, Attempt, Post, Publication
from platforms import PLATFORMS
from platforms.access import account_client
from platforms.errors import PlatformError
from platforms.posting import Outgoing, Pending, Published
from publishing import links
from publishing.content import written
from publishing.content.outgoing import Library, equipped, fingerprint, outgoing_of
from publishing.content.written import Content
from publishing.media import repository as media_repository
from publishing.publications import retries
from publishing.publications.repository import NOBODY, Full, PublicationRepository
from publishing.publications.retries import Verdict
from publishing.publications.wording import explain

LEASE = timedelta(seconds=60)
_RENEW_EVERY = 20.0
# A network that processes a video is asked again within the same attempt for so long.
_PATIENCE = timedelta(seconds=5)
# An accident of ours before anything could go out.
_BEFORE_SENDING = ("prepare", "unknown")
_log = structlog.get_logger()


class _Fenced(Exception):
    """Another attempt holds the publication now: send and record nothing more."""


@dataclass(frozen=True, slots=True)
class _History:
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
    outgoing: Outgoing
    content: Content
    library: Library
    history: _History

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


async def work_one() -> bool:
    """Claim what is due and attempt it; False when nothing is due."""
    claimed = await claim()
    if claimed is None:
        return False
    await work(claimed)
    return True


async def work(claimed: Claimed) -> None:
    """Attempt it, and write down what became of it."""
    async with _lease_kept(claimed.publication):
        if claimed.publication.assisted:
            await _conclude(claimed, Verdict("assisted", "needs_person"), {})
            return
        if claimed.history.crashes >= retries.MAX_CRASHES:
            await _conclude(claimed, Verdict("crashed", "needs_person"), {})
            return
        try:
            ended = await _look(claimed) if claimed.only_look else await _send(claimed)
        except _Fenced:
            _log.warning("publishing.fenced", publication_id=str(claimed.publication.id))
        except Exception as error:
            if not isinstance(error, (PlatformError, NestError)):
                _log.exception("publishing.attempt_broke", publication_id=str(claimed.publication.id))
            await _conclude(claimed, _after_error(claimed, error), _evidence(error))
        else:
            await _conclude_with(claimed, ended)


async def claim(full: Full = NOBODY) -> Claimed | None:
    """What is due longest, leased; None when nothing is that may be attempted now."""
    async with system_unit_of_work() as session:
        repository = PublicationRepository(session)
        publication = await repository.claim(LEASE, retries.NAMED_WITHIN, full)
        if publication is None:
            return None
        post = await session.get_one(Post, publication.post_id)
        account = await session.get_one(Account, publication.account_id)
        content = written.of_publication(post, publication)
        library = await media_repository.named(session, [piece.media_id for piece in content.pieces])
        history = _history(await repository.attempts(publication.id))
        meant = outgoing_of(content, library, account.platform)
        outgoing = links.placed(meant, await links.address_of(session, publication.id))
        claimed = Claimed(publication, account, outgoing, content, library, history)
        session.add(
            Attempt(
                workspace_id=publication.workspace_id,
                publication_id=publication.id,
                number=publication.attempt,
                mode="look" if claimed.only_look else "prepare",
                payload_sha256=fingerprint(outgoing, content, library),
            )
        )
        return claimed


def _history(attempts: Sequence[Attempt]) -> _History:
    """Since a person said last what became of it: that settles everything before."""
    settled = max((place for place, attempt in enumerate(attempts, 1) if attempt.mode == "person"), default=0)
    attempts = attempts[settled:]
    sends = [attempt for attempt in attempts if attempt.mode == "send"]
    doubtful = [attempt for attempt in sends if attempt.outcome in (None, "unknown")]
    return _History(
        doubts=len(doubtful),
        crashes=sum(attempt.outcome is None for attempt in attempts),
        looks=sum(attempt.mode == "look" and attempt.outcome == "not_found" for attempt in attempts),
        failures=sum(
            attempt.outcome in ("rate_limited", "unavailable") or (attempt.mode, attempt.outcome) == _BEFORE_SENDING
            for attempt in attempts
        ),
        since=(doubtful or sends)[0].created_at if sends else datetime.now(UTC),
    )


async def _send(claimed: Claimed) -> Published | Pending:
    """Go on until it is live, or the network needs longer than we wait."""
    publish = PLATFORMS[claimed.account.platform].publish
    assert publish is not None, "content check lets nothing through to a network that cannot publish"
    state = (claimed.publication.state or {}).get("resume")
    waited = timedelta(0)
    async with account_client(claimed.account) as client:
        outgoing = await equipped(claimed.outgoing, claimed.content, claimed.library, claimed.account.platform)
        await _arm(claimed.publication)
        while isinstance(step := await publish(client, outgoing, state), Pending):
            state = step.state
            await _remember(claimed.publication, step)
            waited += step.check_after
            if waited > _PATIENCE:
                break
            await asyncio.sleep(step.check_after.total_seconds())
    return step


async def _look(claimed: Claimed) -> Published | None:
    """The network's own list is the evidence; nothing is sent."""
    find = PLATFORMS[claimed.account.platform].find
    assert find is not None, "a network that publishes can also be looked through"
    async with account_client(claimed.account) as client:
        return await find(client, claimed.outgoing, claimed.history.since)


async def _arm(publication: Publication) -> None:
    """Commit that the next byte may leave. Raises _Fenced: who was held up for longer than its lease sends nothing."""
    async with system_unit_of_work() as session:
        repository = PublicationRepository(session)
        if not await repository.advance(publication, leased_until=func.now() + LEASE):
            raise _Fenced
        await repository.arm(publication)


async def _remember(publication: Publication, step: Pending) -> None:
    """Commit what the network's client needs to go on. Raises _Fenced."""
    async with system_unit_of_work() as session:
        state = {"resume": step.state, "handle": step.handle}
        if not await PublicationRepository(session).advance(publication, state=state):
            raise _Fenced


async def _conclude_with(claimed: Claimed, ended: Published | Pending | None) -> None:
    publication, history = claimed.publication, claimed.history
    if isinstance(ended, Pending):
        await _conclude(claimed, retries.after_pending(ended.check_after, datetime.now(UTC) - history.since), {})
        return
    live = await _own(publication, ended)
    if claimed.only_look and (live is None or live.external_id is None):
        age = datetime.now(UTC) - (publication.published_at or history.since)
        verdict = retries.after_unnamed(age) if claimed.unnamed else retries.after_look(history.looks + 1)
        await _conclude(claimed, verdict, {"looked_since": history.since.isoformat()})
        return
    assert live is not None, "only a look finds nothing"
    values: dict[str, Any] = {"external_id": live.external_id, "permalink": live.permalink}
    if not claimed.unnamed:
        values["published_at"] = func.now()
    verdict = Verdict("named" if claimed.unnamed else "published", "published")
    await _conclude(claimed, verdict, {"external_id": live.external_id}, **values)


async def _own(publication: Publication, live: Published | None) -> Published | None:
    """What is live, without the id where that is another publication's: then ours is not known."""
    if live is None or live.external_id is None:
        return live
    async with system_unit_of_work() as session:
        foreign = await PublicationRepository(session).belongs_to_another(publication, live.external_id)
    return Published(None) if foreign else live


def _after_error(claimed: Claimed, error: Exception) -> Verdict:
    history = claimed.history
    if claimed.unnamed:
        published_at = claimed.publication.published_at or history.since
        return Verdict("not_found", "published", retries.after_unnamed(datetime.now(UTC) - published_at).retry_in)
    if claimed.only_look:
        return retries.after_failed_look(error, history.failures)
    return retries.after_send(error, history.failures, in_doubt=claimed.in_doubt)


async def _conclude(claimed: Claimed, verdict: Verdict, evidence: dict[str, Any], **values: Any) -> None:
    """Ledger row, attempt and event in one transaction, if this attempt still holds the publication."""
    publication = claimed.publication
    if verdict.retry_in is not None:
        values["due_at"] = func.now() + verdict.retry_in
    elif verdict.status != "needs_person":
        # It may hold addresses that are permissions.
        values["state"] = None
    problem = explain(verdict, evidence.get("message", ""))
    async with system_unit_of_work() as session:
        repository = PublicationRepository(session)
        if await repository.advance(publication, status=verdict.status, leased_until=None, problem=problem, **values):
            await repository.finish(publication, verdict.outcome, evidence)
            if verdict.retry_in is None:
                event = "named" if verdict.outcome == "named" else verdict.status
                payload = {"publication_id": str(publication.id)}
                await events.record(session, publication.workspace_id, f"publication.{event}", **payload)


@contextlib.asynccontextmanager
async def _lease_kept(publication: Publication) -> AsyncIterator[None]:
    async def renew() -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY)
            try:
                async with system_unit_of_work() as session:
                    held = PublicationRepository(session)
                    if not await held.advance(publication, leased_until=func.now() + LEASE):
                        return
            except Exception:
                # Tried again; when it never works, the fence keeps what this attempt does not hold any more.
                _log.exception("publishing.lease_not_renewed", publication_id=str(publication.id))

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewing


def _evidence(error: Exception) -> dict[str, Any]:
    """What the network said. The words of an error that nobody foresaw may hold a secret: only its name is kept."""
    evidence: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, PlatformError):
        evidence |= {"message": str(error), **error.evidence}
    elif isinstance(error, NestError):
        evidence["message"] = error.message
    return evidence
