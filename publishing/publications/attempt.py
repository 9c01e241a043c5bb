"""One attempt at one publication, from the claim to its outcome.

The attempt is committed before the first byte leaves: as `prepare` with the claim, as `send` once all is at hand
for the network's client, so that one which broke off before is proof that nothing went out. What a crash leaves
behind decides how the next one begins: a handle at the network is asked, an unanswered write is only looked for,
anything else is sent. The state that the client needs is committed between its steps, for the same proof.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from clientnest.errors import NestError
from clientnest.models import Publication
from platforms import PLATFORMS
from platforms.access import account_client
from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, Unavailable
from platforms.posting import Pending, Published
from publishing.content.outgoing import equipped
from publishing.publications import ledger, retries
from publishing.publications.claims import Claimed, claim
from publishing.publications.ledger import Ended, Fenced
from publishing.publications.retries import Verdict

_RENEW_EVERY = 20.0
# A network that processes a video is asked again within the same attempt for so long.
PATIENCE = timedelta(seconds=5)
_log = structlog.get_logger()


async def work_one(*, risky: bool | None = None, patience: timedelta = PATIENCE) -> bool:
    """Claim what is due and attempt it; False when nothing is due. `risky` is as in `claims.claim`."""
    claimed = await claim(risky=risky)
    for one in claimed:
        await work(one, patience)
    return bool(claimed)


async def work(claimed: Claimed, patience: timedelta = PATIENCE) -> bool | None:
    """Attempt it, and write down what became of it; whether the network was there, None where that is not known."""
    async with _lease_kept(claimed.publication):
        if claimed.publication.assisted:
            await _conclude(claimed, Verdict("assisted", "needs_person"))
            return None
        if claimed.history.crashes >= retries.MAX_CRASHES:
            await _conclude(claimed, Verdict("crashed", "needs_person"))
            return None
        try:
            ended = await _look(claimed) if claimed.only_look else await _send(claimed, patience)
        except Fenced:
            _log.warning("publishing.fenced", publication_id=str(claimed.publication.id))
            return None
        except Exception as error:
            if not isinstance(error, (PlatformError, NestError)):
                _log.exception("publishing.attempt_broke", publication_id=str(claimed.publication.id))
            await _conclude(claimed, _after_error(claimed, error), _evidence(error))
            return _was_there(error)
        await _conclude_with(claimed, ended)
        return True


async def _send(claimed: Claimed, patience: timedelta) -> Published | Pending:
    """Go on until it is live, or the network needs longer than we wait."""
    publish = PLATFORMS[claimed.account.platform].publish
    assert publish is not None, "content check lets nothing through to a network that cannot publish"
    state = (claimed.publication.state or {}).get("resume")
    waited = timedelta(0)
    async with account_client(claimed.account) as client:
        outgoing = await equipped(claimed.outgoing, claimed.content, claimed.library, claimed.account.platform)
        await ledger.arm(claimed.publication)
        while isinstance(step := await publish(client, outgoing, state), Pending):
            state = step.state
            await ledger.remember(claimed.publication, {"resume": step.state, "handle": step.handle})
            waited += step.check_after
            if waited > patience:
                break
            await asyncio.sleep(step.check_after.total_seconds())
    return step


async def _look(claimed: Claimed) -> Published | None:
    """The network's own list is the evidence; nothing is sent."""
    find = PLATFORMS[claimed.account.platform].find
    assert find is not None, "a network that publishes can also be looked through"
    async with account_client(claimed.account) as client:
        return await find(client, claimed.outgoing, claimed.history.since)


async def _conclude_with(claimed: Claimed, ended: Published | Pending | None) -> None:
    publication, history = claimed.publication, claimed.history
    if isinstance(ended, Pending):
        await _conclude(claimed, retries.after_pending(ended.check_after, datetime.now(UTC) - history.since))
        return
    live = await _own(publication, ended)
    if claimed.only_look and (live is None or live.external_id is None):
        age = datetime.now(UTC) - (publication.published_at or history.since)
        verdict = retries.after_unnamed(age) if claimed.unnamed else retries.after_look(history.looks + 1)
        await _conclude(claimed, verdict, {"looked_since": history.since.isoformat()})
        return
    assert live is not None, "only a look finds nothing"
    verdict = Verdict("named" if claimed.unnamed else "published", "published")
    await _conclude(claimed, verdict, {"external_id": live.external_id}, live)


async def _own(publication: Publication, live: Published | None) -> Published | None:
    """What is live, without the id where that is another publication's: then ours is not known."""
    if live is None or live.external_id is None or not await ledger.is_foreign(publication, live.external_id):
        return live
    return Published(None)


def _after_error(claimed: Claimed, error: Exception) -> Verdict:
    history = claimed.history
    if claimed.unnamed:
        published_at = claimed.publication.published_at or history.since
        return Verdict("not_found", "published", retries.after_unnamed(datetime.now(UTC) - published_at).retry_in)
    if claimed.only_look:
        return retries.after_failed_look(error, history.failures)
    return retries.after_send(error, history.failures, in_doubt=claimed.in_doubt)


async def _conclude(
    claimed: Claimed, verdict: Verdict, evidence: dict[str, Any] | None = None, live: Published | None = None
) -> None:
    await ledger.conclude(
        Ended(
            claimed.publication,
            verdict,
            evidence or {},
            external_id=live.external_id if live else None,
            permalink=live.permalink if live else None,
            goes_live=live is not None and not claimed.unnamed,
        )
    )


@contextlib.asynccontextmanager
async def _lease_kept(publication: Publication) -> AsyncIterator[None]:
    async def renew() -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY)
            try:
                if not await ledger.renew(publication):
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


def _was_there(error: Exception) -> bool | None:
    """A limit is no answer to how the network is, and what is wrong with us tells nothing of it."""
    if isinstance(error, (Unavailable, OutcomeUnknown)):
        return False
    return None if isinstance(error, RateLimited) or not isinstance(error, PlatformError) else True


def _evidence(error: Exception) -> dict[str, Any]:
    """What the network said. The words of an error that nobody foresaw may hold a secret: only its name is kept."""
    evidence: dict[str, Any] = {"error": type(error).__name__}
    if isinstance(error, PlatformError):
        evidence |= {"message": str(error), **error.evidence}
    elif isinstance(error, NestError):
        evidence["message"] = error.message
    return evidence
