"""Queue slots: an account's usual times of the week, and the next of them that nothing takes."""

import heapq
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice, takewhile
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Conflict, Invalid, NotFound, Problem
from clientnest.models import Publication, QueueSlot
from publishing.content import drafts
from publishing.content import repository as content
from publishing.content.drafts import Draft
from publishing.planning import recurrences, recurring, repository
from publishing.publications import moments, service
from publishing.publications.moments import Moment
from publishing.publications.service import Moments

NONE_FREE = "{} has no free slot within a year: give it queue slots first."
# A year ahead; who has filled that needs more slots.
_WEEKS = 52


@dataclass(frozen=True, slots=True)
class Slot:
    """A wall clock of every week; `weekday` 0 is Monday, without `zone` it is the workspace's."""

    weekday: int
    at: time
    zone: str | None = None


async def read(session: AsyncSession, account_id: UUID) -> Sequence[QueueSlot]:
    """In the order of the week. Raises NotFound."""
    if await repository.account(session, account_id) is None:
        raise NotFound("There is no such account in this workspace.")
    return await repository.slots(session, account_id)


async def choose(
    session: AsyncSession, workspace_id: UUID, account_id: UUID, wanted: Sequence[Slot]
) -> Sequence[QueueSlot]:
    """Have these slots and no others; what is planned stays where it is. Raises NotFound, Invalid."""
    await read(session, account_id)
    usual = await repository.zone(session, workspace_id)
    zoned = [(slot.weekday, slot.at, slot.zone or usual) for slot in wanted]
    problems = [
        *(
            Problem(f"slots.{place}.zone", problem)
            for place, (_, _, zone) in enumerate(zoned)
            if (problem := _unknown(zone))
        ),
        *(
            Problem(f"slots.{place}", "This slot is there already: leave one of them out.")
            for place, slot in enumerate(zoned)
            if slot in zoned[:place]
        ),
    ]
    if problems:
        raise Invalid("These slots cannot be.", tuple(problems))
    await repository.hold(session, [account_id])
    anew = [
        QueueSlot(workspace_id=workspace_id, account_id=account_id, weekday=weekday, local_time=at, zone=zone)
        for weekday, at, zone in zoned
    ]
    await repository.replace(session, account_id, anew)
    return await repository.slots(session, account_id)


async def next_free(session: AsyncSession, account_id: UUID, count: int) -> list[Moment]:
    """The first `count` slots to come that nothing takes, fewer where a year has no more. Raises NotFound."""
    return list(islice(await free(session, account_id), count))


async def free(session: AsyncSession, account_id: UUID) -> Iterator[Moment]:
    """Every slot of a year to come that nothing takes, the next one first. Raises NotFound."""
    slots = await read(session, account_id)
    now = await service.now(session)
    taken = await repository.taken(session, account_id, now) | await _recurring(session, account_id, now)
    return (moment for moment in coming(slots, now) if moment.at not in taken)


async def queue(session: AsyncSession, workspace_id: UUID, author_id: UUID, draft: Draft) -> Sequence[Publication]:
    """Plan a new post for the next free slot of each of its accounts. Raises Conflict and what `publish` does."""
    # Nobody waits for a slot while pictures are fetched.
    arrived = await drafts.fetched(draft.arriving)
    each = await _take(session, draft.account_ids)
    return await service.publish(session, workspace_id, author_id, draft, Moments(each=each), arrived)


async def queue_draft(session: AsyncSession, post_id: UUID) -> Sequence[Publication]:
    """Plan a draft for the next free slot of each of its accounts. Raises Conflict and what `publish_draft` does."""
    await content.held(session, post_id)
    waiting = await content.publications(session, post_id)
    each = await _take(session, [publication.account_id for publication in waiting])
    return await service.publish_draft(session, post_id, Moments(each=each))


def coming(slots: Collection[QueueSlot], now: datetime) -> Iterator[Moment]:
    """Every slot after `now`, the next one first; two that a clock that jumps lays together are one."""
    last = now
    for moment in heapq.merge(*(_weekly(slot, now) for slot in slots), key=lambda moment: moment.at):
        if moment.at > last:
            last = moment.at
            yield moment


def between(slots: Collection[QueueSlot], since: datetime, until: datetime) -> Iterator[Moment]:
    """Every slot after `since` and before `until`, within a year."""
    return takewhile(lambda moment: moment.at < until, coming(slots, since))


def _weekly(slot: QueueSlot, now: datetime) -> Iterator[Moment]:
    rules = moments.zone_named(slot.zone)
    today = now.astimezone(rules).date()
    first = today + timedelta(days=(slot.weekday - today.weekday()) % 7)
    for week in range(_WEEKS + 1):
        local = datetime.combine(first + timedelta(weeks=week), slot.local_time)
        yield moments.on_the_wall(local, rules, slot.zone)


async def _recurring(session: AsyncSession, account_id: UUID, now: datetime) -> set[datetime]:
    """The moments for which posts of the account will be made."""
    there, until = await repository.times_made(session), now + timedelta(weeks=_WEEKS + 1)
    return {
        moment.at
        for recurrence in await repository.recurrences(session)
        if account_id in recurring.draft_of(recurrence.draft).account_ids
        for _, _, moment in recurrences.unmade(recurrence, there.get(recurrence.id, ()), now, until)
    }


async def _take(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, Moment]:
    """The next free slot of each, which nobody else gets until the transaction ends."""
    await repository.hold(session, account_ids)
    each = {}
    for account_id in account_ids:
        found = await next_free(session, account_id, 1)
        if not found:
            account = await repository.account(session, account_id)
            assert account is not None, "its slots were read"
            raise Conflict(NONE_FREE.format(account.name))
        each[account_id] = found[0]
    return each


def _unknown(zone: str) -> str | None:
    try:
        moments.zone_named(zone)
    except Invalid as refusal:
        return refusal.message
    return None
