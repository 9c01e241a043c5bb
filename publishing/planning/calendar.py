"""The calendar: what goes out on which local day, what is wished for or will recur, and where there is room."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Invalid, Problem
from clientnest.models import Recurrence
from publishing.content.clashes import CLOSE
from publishing.planning import recurrences, repository, slots
from publishing.planning.recurring import draft_of, of_time
from publishing.publications import moments, service

MOST_DAYS = 100
MOST_ENTRIES = 5_000
Kind = Literal["publication", "draft", "recurring", "free"]
# Farther ahead nothing recurs yet.
_FORESEEN = timedelta(days=730)
# What takes no time of its account any more.
_GONE = ("cancelled", "failed")


@dataclass(frozen=True, slots=True)
class Asked:
    """`since` and `until` are local days, both included; without `zone` they are the workspace's.

    Empty `accounts` are all; `statuses` are those of publications, and `draft`, `recurring` and `free`.
    """

    since: date
    until: date
    zone: str | None = None
    accounts: frozenset[UUID] = frozenset()
    statuses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on an account at a moment. `collides`: something else of the account is within 15 minutes."""

    kind: Kind
    status: str
    at: datetime
    account_id: UUID | None
    text: str = ""
    post_id: UUID | None = None
    publication_id: UUID | None = None
    recurrence_id: UUID | None = None
    note: str | None = None
    collides: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every day that was asked about, the first one first, with its entries by moment."""

    zone: str
    days: Sequence[tuple[date, Sequence[Entry]]]


async def read(session: AsyncSession, workspace_id: UUID, asked: Asked) -> Calendar:
    """Raises Invalid."""
    zone = asked.zone or await repository.zone(session, workspace_id)
    rules = moments.zone_named(zone)
    _check(asked)
    since, until = _midnight(asked.since, rules), _midnight(asked.until + timedelta(days=1), rules)
    found = await _entries(session, since - CLOSE, until + CLOSE)
    told = [
        entry
        for entry in _marked(found)
        if since <= entry.at < until
        and (not asked.accounts or entry.account_id in asked.accounts)
        and (entry.status in asked.statuses if asked.statuses else entry.status != "cancelled")
    ]
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for entry in sorted(told, key=lambda one: (one.at, str(one.account_id))):
        by_day[entry.at.astimezone(rules).date()].append(entry)
    days = [asked.since + timedelta(days=place) for place in range((asked.until - asked.since).days + 1)]
    return Calendar(zone, [(day, by_day[day]) for day in days])


async def _entries(session: AsyncSession, since: datetime, until: datetime) -> list[Entry]:
    now = await service.now(session)
    entries = [
        Entry("publication", row.status, row.scheduled_at, row.account_id, row.text, row.post_id, row.id)
        for row in await repository.publications(session, since, until, MOST_ENTRIES + 1)
    ]
    if len(entries) > MOST_ENTRIES:
        raise _invalid("from", f"There are more than {MOST_ENTRIES:,} posts in these days: ask for fewer.")
    entries += [
        Entry("draft", "draft", row.at, row.account_id, row.text, row.post_id, row.publication_id)
        for row in await repository.drafts(session, since, until)
    ]
    there = await repository.times_made(session)
    for recurrence in await repository.recurrences(session):
        entries += _recurring(recurrence, there.get(recurrence.id, ()), max(since, now), min(until, now + _FORESEEN))
    entries += await _free(session, entries, max(since, now), until)
    return entries


def _recurring(
    recurrence: Recurrence, there: Collection[datetime], since: datetime, until: datetime
) -> Iterator[Entry]:
    """What will be made of it."""
    draft = draft_of(recurrence.draft)
    for number, local, moment in recurrences.unmade(recurrence, there, since, until):
        coming = of_time(draft, local, number)
        for account_id in draft.account_ids:
            text = coming.variants.get(account_id, {}).get("text", coming.content.text)
            yield Entry(
                "recurring", "recurring", moment.at, account_id, text, recurrence_id=recurrence.id, note=moment.note
            )


async def _free(session: AsyncSession, entries: Iterable[Entry], since: datetime, until: datetime) -> list[Entry]:
    """Slots that nothing takes."""
    taken = {(one.account_id, one.at) for one in entries if one.kind != "draft" and one.status != "cancelled"}
    return [
        Entry("free", "free", moment.at, account_id, note=moment.note)
        for account_id, usual in (await repository.all_slots(session)).items()
        for moment in slots.between(usual, since, until)
        if (account_id, moment.at) not in taken
    ]


def _marked(entries: Iterable[Entry]) -> list[Entry]:
    """With what collides marked as such."""
    by_account: dict[UUID, list[Entry]] = defaultdict(list)
    rest = []
    for entry in entries:
        if entry.account_id is None or entry.kind == "free" or entry.status in _GONE:
            rest.append(entry)
        else:
            by_account[entry.account_id].append(entry)
    return rest + [one for mine in by_account.values() for one in _colliding(sorted(mine, key=lambda one: one.at))]


def _colliding(mine: Sequence[Entry]) -> Iterator[Entry]:
    """`mine` are of one account, by moment."""
    close = {place for place, (one, other) in enumerate(pairwise(mine)) if other.at - one.at <= CLOSE}
    for place, entry in enumerate(mine):
        yield replace(entry, collides=True) if place in close or place - 1 in close else entry


def _check(asked: Asked) -> None:
    if asked.until < asked.since:
        raise _invalid("to", "Give a last day that is not before the first one.")
    if (asked.until - asked.since).days >= MOST_DAYS:
        raise _invalid("to", f"Ask for up to {MOST_DAYS} days at once.")
    if not 2000 <= asked.since.year <= asked.until.year < 3000:
        raise _invalid("from", "Give days between the years 2000 and 3000.")


def _midnight(day: date, rules: ZoneInfo) -> datetime:
    return moments.on_the_wall(datetime.combine(day, time()), rules, rules.key).at


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, (Problem(field, message),))
