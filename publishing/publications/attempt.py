"""One attempt at one publication, from the claim to its outcome.

The attempt is committed before the first byte leaves. What a crash leaves behind decides how the next one
begins: a handle at the network is asked, an unanswered write is only looked for, anything else is sent.
"""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from clientnest import events
from clientnest.database import system_unit_of_work
from clientnest.models import Account, Attempt, Media, Post, Publication
from platforms import PLATFORMS
from platforms.access import account_client
from platforms.errors import PlatformError
from platforms.platform import MediaFile, Outgoing, Pending, Published
from publishing.media import store
from publishing.publications import retries
from publishing.publications.repository import PublicationRepository
from publishing.publications.retries import Verdict

LEASE = timedelta(seconds=60)
_RENEW_EVERY = 20.0
# A network that processes a video is asked again within the same attempt for so long.
_PATIENCE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class _Claimed:
    publication: Publication
    account: Account
    outgoing: Outgoing
    # True: only look whether it is live. `since` is when it may have been sent first.
    only_look: bool
    looks: int
    since: datetime


async def work_one() -> bool:
    """Claim what is due and attempt it; False when nothing is due."""
    claimed = await _claim()
    if claimed is None:
        return False
    async with _lease_kept(claimed.publication):
        if claimed.only_look:
            await _look(claimed)
        else:
            await _send(claimed)
    return True


async def _claim() -> _Claimed | None:
    async with system_unit_of_work() as session:
        repository = PublicationRepository(session)
        publication = await repository.claim(LEASE)
        if publication is None:
            return None
        post = await session.get_one(Post, publication.post_id)
        account = await session.get_one(Account, publication.account_id)
        media = await session.get(Media, post.media_id) if post.media_id else None
        outgoing = _outgoing(post, media)
        earlier = await repository.attempts(publication.id)
        doubtful = [attempt for attempt in earlier if attempt.mode == "send" and attempt.outcome in (None, "unknown")]
        handle = bool(publication.state and publication.state["handle"])
        only_look = bool(doubtful) and not handle
        looks = sum(attempt.mode == "look" for attempt in earlier)
        since = doubtful[0].created_at if doubtful else publication.scheduled_at
        session.add(
            Attempt(
                workspace_id=publication.workspace_id,
                publication_id=publication.id,
                number=publication.attempt,
                mode="look" if only_look else "send",
                payload_sha256=_fingerprint(post, media),
            )
        )
        return _Claimed(publication, account, outgoing, only_look, looks, since)


async def _send(claimed: _Claimed) -> None:
    publish = PLATFORMS[claimed.account.platform].publish
    assert publish is not None, "content check lets nothing through to a network that cannot publish"
    state = (claimed.publication.state or {}).get("resume")
    try:
        async with account_client(claimed.account) as client:
            waited = timedelta(0)
            while isinstance(step := await publish(client, claimed.outgoing, state), Pending):
                state = step.state
                if not await _remember(claimed.publication, step):
                    return
                waited += step.check_after
                if waited > _PATIENCE:
                    await _conclude(claimed, Verdict("pending", "publishing", step.check_after), {})
                    return
                await asyncio.sleep(step.check_after.total_seconds())
    except PlatformError as error:
        await _conclude(claimed, retries.after(error, claimed.publication.attempt), _evidence(error))
        return
    await _conclude_published(claimed, step)


async def _look(claimed: _Claimed) -> None:
    """The network's own list is the evidence; nothing is sent."""
    find = PLATFORMS[claimed.account.platform].find
    assert find is not None, "a network that publishes can also be looked through"
    try:
        async with account_client(claimed.account) as client:
            found = await find(client, claimed.outgoing, claimed.since)
    except PlatformError as error:
        verdict = retries.after(error, claimed.publication.attempt)
        if verdict.status == "failed":
            verdict = Verdict(verdict.outcome, "needs_person")
        elif verdict.status == "scheduled":
            verdict = Verdict(verdict.outcome, "publishing", verdict.retry_in)
        await _conclude(claimed, verdict, _evidence(error))
        return
    if found is not None:
        await _conclude_published(claimed, found)
    else:
        await _conclude(claimed, retries.after_look(claimed.looks + 1), {"looked_since": claimed.since.isoformat()})


async def _remember(publication: Publication, step: Pending) -> bool:
    """Commit what the network's client needs to go on; False when another attempt holds the publication."""
    async with system_unit_of_work() as session:
        return await PublicationRepository(session).advance(
            publication, state={"resume": step.state, "handle": step.handle}
        )


async def _conclude_published(claimed: _Claimed, live: Published) -> None:
    values = {"external_id": live.external_id, "permalink": live.permalink, "published_at": datetime.now(UTC)}
    await _conclude(claimed, Verdict("published", "published"), {"external_id": live.external_id}, **values)


async def _conclude(claimed: _Claimed, verdict: Verdict, evidence: dict[str, Any], **values: Any) -> None:
    """Ledger row, attempt and event in one transaction, if this attempt still holds the publication."""
    publication = claimed.publication
    if verdict.retry_in is not None:
        values["due_at"] = datetime.now(UTC) + verdict.retry_in
    async with system_unit_of_work() as session:
        repository = PublicationRepository(session)
        problem = None if verdict.outcome in ("published", "pending") else _told(verdict, evidence)
        if await repository.advance(publication, status=verdict.status, leased_until=None, problem=problem, **values):
            await repository.finish(publication, verdict.outcome, evidence)
            if verdict.retry_in is None:
                event = f"publication.{verdict.status}"
                await events.record(session, publication.workspace_id, event, publication_id=str(publication.id))


@contextlib.asynccontextmanager
async def _lease_kept(publication: Publication) -> AsyncIterator[None]:
    async def renew() -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY)
            async with system_unit_of_work() as session:
                until = datetime.now(UTC) + LEASE
                if not await PublicationRepository(session).advance(publication, leased_until=until):
                    return

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewing


def _outgoing(post: Post, media: Media | None) -> Outgoing:
    file = MediaFile(media.content_type, store.path(media), media.source_url or "") if media else None
    return Outgoing(text=post.text, title=post.title, link=post.link, media=file)


def _fingerprint(post: Post, media: Media | None) -> str:
    payload = [post.text, post.title, post.link, media.sha256 if media else None]
    return hashlib.sha256(json.dumps(payload).encode()).hexdigest()


def _evidence(error: PlatformError) -> dict[str, Any]:
    return {"error": type(error).__name__, "message": str(error), **error.evidence}


def _told(verdict: Verdict, evidence: dict[str, Any]) -> str:
    """One sentence for the person who looks at the publication."""
    said = evidence.get("message", "")
    told = {
        "unknown": "The network did not answer; it is being looked for.",
        "not_found": "The network did not answer when this was sent, and it is not in the account's posts.",
        "reconnect_needed": "The account must be connected again.",
        "rate_limited": "The network's limit is reached; it goes out when the limit allows.",
        "unavailable": "The network is not available; it is tried again.",
        "gave_up": "The network was not available for many attempts.",
    }.get(verdict.outcome, "The network refused this post.")
    if verdict.status == "needs_person":
        told += " Look at the account, then publish again or mark it done."
    return f"{told} {said}".strip()
