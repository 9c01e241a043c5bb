"""Recurring posts: what comes again is made into planned posts two weeks ahead, each time exactly once.

Whoever makes them holds the recurrence's row, and every time is a row of its own under the recurrence and its wall
clock: of two makers at once the second finds everything made.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events
from clientnest.errors import Conflict, Invalid, NotFound, Problem
from clientnest.models import Occurrence, Recurrence
from publishing.content import drafts, reviews
from publishing.content.drafts import Draft
from publishing.media import store
from publishing.media.store import Fetched
from publishing.planning import recurring, repository
from publishing.planning.recurrence import parsed
from publishing.planning.wishes import wished
from publishing.publications import changes, moments, service
from publishing.publications.moments import Moment
from publishing.publications.service import Moments

HORIZON = timedelta(days=14)
_OLDEST, _FARTHEST = timedelta(days=3650), timedelta(days=730)
_LATE, _SHOWN = timedelta(days=30), 10
_MISSED = "Its time was over before a post could be made of it."


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to come again. `starts_at` is a wall clock in `zone`, the workspace's where that is None."""

    rule: str
    starts_at: datetime
    zone: str | None
    draft: Draft
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """One time of a recurring post; without `post_id` it is not made, or its post was deleted."""

    number: int
    local: datetime
    moment: Moment
    post_id: UUID | None = None
    problem: str | None = None


async def add(session: AsyncSession, workspace_id: UUID, author_id: UUID, plan: Plan) -> Recurrence:
    """Keep it, and make what is near. Raises Invalid with everything that is wrong, and what fetching media does."""
    recurrence = Recurrence(workspace_id=workspace_id, author_id=author_id, status="active")
    await _write(session, recurrence, plan)
    await make(session, recurrence)
    return recurrence


async def change(session: AsyncSession, recurrence_id: UUID, plan: Plan) -> Recurrence:
    """Other words or another rule from now on: what has not begun is made anew. Raises NotFound, Conflict, Invalid."""
    recurrence = await _open(session, recurrence_id)
    await _take_back(session, recurrence)
    recurrence.since = func.now()
    await _write(session, recurrence, plan)
    await make(session, recurrence)
    return recurrence


async def pause(session: AsyncSession, recurrence_id: UUID) -> Recurrence:
    """Nothing goes out until it is resumed. Raises NotFound, Conflict."""
    return await _stop(session, recurrence_id, "paused")


async def end(session: AsyncSession, recurrence_id: UUID) -> Recurrence:
    """Nothing goes out any more. Raises NotFound, Conflict."""
    return await _stop(session, recurrence_id, "ended")


async def resume(session: AsyncSession, recurrence_id: UUID) -> Recurrence:
    """What would have come in between is left out. Raises NotFound, Conflict."""
    recurrence = await _open(session, recurrence_id)
    if recurrence.status == "paused":
        recurrence.status, recurrence.since = "active", func.now()
        await repository.store(session, [recurrence])
        await session.refresh(recurrence)
        await make(session, recurrence)
    return recurrence


async def read(session: AsyncSession, recurrence_id: UUID) -> Recurrence:
    """Raises NotFound."""
    found = await session.get(Recurrence, recurrence_id)
    if found is None:
        raise NotFound("There is no such recurring post in this workspace.")
    return found


async def make(session: AsyncSession, recurrence: Recurrence) -> int:
    """Make what comes within the horizon and is not made; how many. `recurrence` is held."""
    if recurrence.status != "active":
        return 0
    now = await service.now(session)
    there = {one.local: one for one in await repository.occurrences(session, recurrence.id)}
    made = 0
    for number, local, moment in _coming(recurrence, now + HORIZON):
        known = there.get(local)
        if known is not None and known.problem is None:
            continue
        occurrence = known or Occurrence(workspace_id=recurrence.workspace_id, recurrence_id=recurrence.id, local=local)
        occurrence.number, occurrence.at = number, moment.at
        if moment.at >= now - moments.TOLERANCE:
            made += await _make_one(session, recurrence, occurrence, moment)
        elif known is None and moment.at >= recurrence.since:
            occurrence.problem = _MISSED
            await _tell(session, occurrence)
        else:
            continue
        await repository.store(session, [occurrence])
    return made


async def listed(session: AsyncSession) -> Sequence[Recurrence]:
    """The newest first."""
    return await repository.recurrences(session)


async def times(session: AsyncSession, recurrence: Recurrence) -> list[Time]:
    """Those of late, and the next ones; the first one first."""
    now = await service.now(session)
    made = await repository.occurrences(session, recurrence.id)
    found = [
        Time(one.number, one.local, moments.again(one.local, recurrence.zone), one.post_id, one.problem)
        for one in made
        if one.at > now - _LATE
    ]
    there = {one.local for one in made}
    coming = unmade(recurrence, there, now, now + _FARTHEST)
    found += [Time(number, local, moment) for number, local, moment in islice(coming, _SHOWN)]
    return sorted(found, key=lambda one: one.moment.at)


def unmade(
    recurrence: Recurrence, there: Collection[datetime], since: datetime, until: datetime
) -> Iterator[tuple[int, datetime, Moment]]:
    """Its times between two moments but those `there`, by the wall; with their numbers and wall clocks."""
    if recurrence.status == "active":
        for number, local, moment in _coming(recurrence, until):
            if moment.at >= since and local not in there:
                yield number, local, moment


def _coming(recurrence: Recurrence, until: datetime) -> Iterator[tuple[int, datetime, Moment]]:
    rules = moments.zone_named(recurrence.zone)
    for number, local in enumerate(parsed(recurrence.rule).times(recurrence.starts_at), 1):
        moment = moments.on_the_wall(local, rules, recurrence.zone)
        if moment.at > until:
            return
        yield number, local, moment


async def _make_one(session: AsyncSession, recurrence: Recurrence, occurrence: Occurrence, moment: Moment) -> bool:
    """The post of one time, or why there is none."""
    draft = recurring.of_time(recurring.draft_of(recurrence.draft), occurrence.local, occurrence.number)
    approved = await reviews.asked(session, recurrence.workspace_id) != "none"
    await repository.hold(session, draft.account_ids)
    stage = "draft" if approved else "approved"
    composed = await drafts.compose(session, recurrence.workspace_id, recurrence.author_id, draft, {}, stage)
    problems = list(dict.fromkeys(one.message for one in composed.findings() if one.severity == "error"))
    if problems:
        is_new, occurrence.problem = occurrence.problem is None, " ".join(problems)
        if is_new:
            await _tell(session, occurrence)
        return False
    await drafts.keep(session, composed, {})
    occurrence.post_id, occurrence.problem = composed.post.id, None
    if approved:
        await repository.store(session, [wished(composed.post, moment)])
    else:
        await service.release(session, composed, Moments(moment))
    return True


async def _write(session: AsyncSession, recurrence: Recurrence, plan: Plan) -> None:
    """Have it say what is planned."""
    now = await service.now(session)
    zone = plan.zone or await repository.zone(session, recurrence.workspace_id)
    problems = list(_wrong(plan, zone, now))
    arrived = await drafts.fetched(plan.draft.arriving)
    problems += await _standing_in_the_way(session, recurrence, plan.draft, arrived)
    _refuse(problems)
    kept = recurring.kept(plan.draft)
    if arrived:
        media = {name: await store.keep(session, recurrence.workspace_id, one) for name, one in arrived.items()}
        kept = drafts.renamed(kept, {str(name): str(one.id) for name, one in media.items()})
        # Of what was drawn anew it is known now how wide and how long it is.
        _refuse(await _standing_in_the_way(session, recurrence, recurring.draft_of(kept), {}))
    recurrence.draft = kept
    recurrence.name = plan.name or plan.draft.content.text[:60] or "Untitled"
    recurrence.starts_at, recurrence.zone, recurrence.rule = plan.starts_at, zone, plan.rule
    await repository.store(session, [recurrence])
    await session.refresh(recurrence)


async def _standing_in_the_way(
    session: AsyncSession, recurrence: Recurrence, draft: Draft, arrived: Mapping[UUID, Fetched]
) -> list[Problem]:
    composed = await drafts.compose(session, recurrence.workspace_id, recurrence.author_id, draft, arrived, "draft")
    return [found.problem for found in composed.findings() if found.severity == "error"]


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise Invalid("This cannot recur as it is.", tuple(problems))


def _wrong(plan: Plan, zone: str, now: datetime) -> Iterator[Problem]:
    try:
        rules = moments.zone_named(zone)
    except Invalid as refusal:
        yield from refusal.problems
        return
    if plan.starts_at.tzinfo is not None:
        yield Problem("starts_at", "Give the time without an offset: it hangs on the wall of `zone`.")
        return
    if not now - _OLDEST < plan.starts_at.replace(tzinfo=UTC) < now + _FARTHEST:
        yield Problem("starts_at", f"Begin within the next {_FARTHEST.days} days, or the last {_OLDEST.days}.")
        return
    try:
        times = parsed(plan.rule).times(plan.starts_at)
    except Invalid as refusal:
        yield from refusal.problems
        return
    if all(moments.on_the_wall(local, rules, zone).at < now for local in times):
        yield Problem("rule", "By this rule nothing is to come.")


async def _stop(session: AsyncSession, recurrence_id: UUID, status: str) -> Recurrence:
    recurrence = await _open(session, recurrence_id)
    await _take_back(session, recurrence)
    recurrence.status = status
    await repository.store(session, [recurrence])
    await session.refresh(recurrence)
    return recurrence


async def _open(session: AsyncSession, recurrence_id: UUID) -> Recurrence:
    """Held until the transaction ends. Raises NotFound, Conflict where it has ended."""
    recurrence = await repository.held_recurrence(session, recurrence_id)
    if recurrence is None:
        raise NotFound("There is no such recurring post in this workspace.")
    if recurrence.status == "ended":
        raise Conflict("This recurring post has ended: make a new one.")
    return recurrence


async def _take_back(session: AsyncSession, recurrence: Recurrence) -> None:
    """Cancel what is to come of it and has not begun, and forget that it was made."""
    coming = await repository.coming(session, recurrence.id)
    for occurrence, publications in coming:
        waiting = [one for one in publications if one.status in ("draft", "scheduled")]
        if not occurrence.problem and (not waiting or _has_begun([one.status for one in publications])):
            continue
        for publication in waiting:
            await changes.cancel(session, publication.id)
        await session.delete(occurrence)
    await session.flush()


def _has_begun(statuses: Sequence[str]) -> bool:
    return any(status not in ("draft", "scheduled", "cancelled") for status in statuses)


async def _tell(session: AsyncSession, occurrence: Occurrence) -> None:
    told = {"recurrence_id": str(occurrence.recurrence_id), "at": occurrence.at.isoformat()}
    await events.record(session, occurrence.workspace_id, "occurrence.not_made", **told, why=occurrence.problem)
