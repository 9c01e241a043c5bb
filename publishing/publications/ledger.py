"""What attempts write while they are under way: those that write at the same time, in one transaction.

Every write is fenced by the attempt's number: who holds the publication no more changes nothing.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events
from clientnest.database import system_unit_of_work
from clientnest.models import Event, Publication
from clientnest.together import Together
from publishing.publications.repository import Held, PublicationRepository
from publishing.publications.retries import Verdict
from publishing.publications.wording import explain

LEASE = timedelta(seconds=60)
_IMPATIENT = text("set local lock_timeout = '1s'")


class Fenced(Exception):
    """Another attempt holds the publication now: send and record nothing more."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended; `live` holds the id and the address of what is live, and whether it went live just now."""

    publication: Publication
    verdict: Verdict
    evidence: dict[str, Any]
    external_id: str | None = None
    permalink: str | None = None
    goes_live: bool = False


async def arm(publication: Publication) -> None:
    """Commit that the next byte may leave. Raises Fenced: who was held up for longer than its lease sends nothing."""
    if not await _arm(_held(publication)):
        raise Fenced


async def remember(publication: Publication, state: dict[str, Any]) -> None:
    """Commit what the network's client needs to go on. Raises Fenced."""
    if not await _remember({"id": str(publication.id), "number": publication.attempt, "state": state}):
        raise Fenced


async def renew(publication: Publication) -> bool:
    """Hold on for another lease; False where another attempt holds it."""
    return await _renew(_held(publication))


async def is_foreign(publication: Publication, external_id: str) -> bool:
    """Whether another publication on the account is that post at the network."""
    return await _foreign((publication.id, external_id))


async def conclude(ended: Ended) -> None:
    """Ledger row, attempt and event in one transaction, if this attempt still holds the publication."""
    await _conclude(ended)


def _held(publication: Publication) -> Held:
    return Held(publication.id, publication.attempt)


@contextlib.asynccontextmanager
async def _together(many: int) -> AsyncIterator[AsyncSession]:
    """A transaction for so many: who waits for a row that somebody holds shall not hold up the others."""
    async with system_unit_of_work() as session:
        if many > 1:
            await session.execute(_IMPATIENT)
        yield session


async def _arm_all(held: Sequence[Held]) -> list[bool]:
    async with _together(len(held)) as session:
        armed = await PublicationRepository(session).arm(held, LEASE)
    return [one.id in armed for one in held]


async def _renew_all(held: Sequence[Held]) -> list[bool]:
    async with _together(len(held)) as session:
        renewed = await PublicationRepository(session).renew(held, LEASE)
    return [one.id in renewed for one in held]


async def _remember_all(said: Sequence[dict[str, Any]]) -> list[bool]:
    async with _together(len(said)) as session:
        remembered = await PublicationRepository(session).remember(said)
    return [UUID(one["id"]) in remembered for one in said]


async def _foreign_all(live: Sequence[tuple[UUID, str]]) -> list[bool]:
    async with system_unit_of_work() as session:
        foreign = await PublicationRepository(session).foreign(live)
    return [one in foreign for one in live]


async def _conclude_all(ended: Sequence[Ended]) -> list[None]:
    async with _together(len(ended)) as session:
        written = await PublicationRepository(session).conclude([_said(one) for one in ended])
        happened = [_event(one) for one in ended if one.publication.id in written and one.verdict.retry_in is None]
        if happened:
            await events.record_all(session, happened)
    return [None] * len(ended)


_arm: Together[Held, bool] = Together(_arm_all)
_renew: Together[Held, bool] = Together(_renew_all)
_remember: Together[dict[str, Any], bool] = Together(_remember_all)
_foreign: Together[tuple[UUID, str], bool] = Together(_foreign_all)
_conclude: Together[Ended, None] = Together(_conclude_all)


def _said(ended: Ended) -> dict[str, Any]:
    verdict = ended.verdict
    return {
        "id": str(ended.publication.id),
        "number": ended.publication.attempt,
        "status": verdict.status,
        "problem": explain(verdict, ended.evidence.get("message", "")),
        "retry_in": None if verdict.retry_in is None else verdict.retry_in.total_seconds(),
        # It may hold addresses that are permissions.
        "forgets": verdict.retry_in is None and verdict.status != "needs_person",
        "goes_live": ended.goes_live,
        "external_id": ended.external_id,
        "permalink": ended.permalink,
        "outcome": verdict.outcome,
        "evidence": ended.evidence,
    }


def _event(ended: Ended) -> Event:
    what = "named" if ended.verdict.outcome == "named" else ended.verdict.status
    publication = ended.publication
    return Event(
        workspace_id=publication.workspace_id,
        type=f"publication.{what}",
        payload={"publication_id": str(publication.id)},
    )
