"""The calendar: everything that is meant for a time, on its local day, with what collides and where there is room."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from clientnest.database import unit_of_work
from clientnest.errors import Invalid
from publishing.content import service as content
from publishing.planning import calendar, recurrences, slots, wishes
from publishing.planning.calendar import Asked, Entry
from publishing.planning.recurrences import Plan
from publishing.planning.slots import Slot
from publishing.publications import changes, service
from publishing.publications.moments import Moment
from publishing.publications.service import Moments
from tests.publishing.conftest import Desk, said
from tests.publishing.drafting import drafted

_NOW = datetime.now(UTC)
_DAY = (_NOW + timedelta(days=3)).date()


def _at(hour: int, minute: int = 0, day: date = _DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


async def _plan(desk: Desk, at: datetime, *accounts: UUID) -> list[UUID]:
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        wanted, moments = drafted(said("Planned"), *accounts), Moments(Moment(at, "UTC"))
        done = await service.publish(session, desk.workspace.id, desk.workspace.user_id, wanted, moments)
        return [one.id for one in done]


async def _wish(desk: Desk, at: datetime, *accounts: UUID) -> None:
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        wanted = drafted(said("Wished"), *accounts)
        post, _ = await content.create(session, desk.workspace.id, desk.workspace.user_id, wanted)
        await wishes.keep(session, post, Moment(at, "UTC"))


async def _read(desk: Desk, since: date = _DAY, until: date = _DAY, **asked: Any) -> dict[date, list[Entry]]:
    """By day."""
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        found = await calendar.read(session, desk.workspace.id, Asked(since, until, **asked))
        return {day: list(entries) for day, entries in found.days}


async def test_everything_meant_for_a_day_is_there_by_its_moment(desk: Desk) -> None:
    x, facebook = await desk.connect("x"), await desk.connect("facebook")
    (planned,) = await _plan(desk, _at(12), x)
    await _plan(desk, _at(12, day=_DAY + timedelta(days=1)), x)
    await _wish(desk, _at(10), x, facebook)
    await _wish(desk, _at(15))
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        usual = [Slot(_DAY.weekday(), time(hour), "UTC") for hour in (8, 12)]
        await slots.choose(session, desk.workspace.id, x, usual)
    found = await _read(desk)
    assert list(found) == [_DAY]
    told = [(one.kind, one.status, one.at.hour, one.account_id) for one in found[_DAY]]
    assert told == [
        ("free", "free", 8, x),
        *sorted([("draft", "draft", 10, x), ("draft", "draft", 10, facebook)], key=lambda one: str(one[3])),
        ("publication", "scheduled", 12, x),
        ("draft", "draft", 15, None),
    ]
    assert found[_DAY][3].publication_id == planned


async def test_a_day_is_one_of_the_zone_that_is_asked_about(desk: Desk) -> None:
    await _plan(desk, _at(23), await desk.connect("x"))
    here, there = await _read(desk), await _read(desk, zone="Asia/Tokyo", until=_DAY + timedelta(days=1))
    assert len(here[_DAY]) == 1
    assert [len(entries) for entries in there.values()] == [0, 1]


async def test_what_recurs_is_shown_beyond_what_is_made(desk: Desk) -> None:
    account = await desk.connect("x")
    first = (_NOW + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        plan = Plan("FREQ=WEEKLY;COUNT=5", first, "UTC", drafted("No. {n}", account))
        made = await recurrences.add(session, desk.workspace.id, desk.workspace.user_id, plan)
    found = await _read(desk, _NOW.date(), _NOW.date() + timedelta(days=60))
    entries = [entry for of_day in found.values() for entry in of_day]
    assert [(one.kind, one.text) for one in entries] == [
        ("publication", "No. 1"),
        ("publication", "No. 2"),
        ("recurring", "No. 3"),
        ("recurring", "No. 4"),
        ("recurring", "No. 5"),
    ]
    assert {one.recurrence_id for one in entries[2:]} == {made.id}
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await recurrences.pause(session, made.id)
    assert [
        one for of_day in (await _read(desk, _NOW.date(), _NOW.date() + timedelta(days=60))).values() for one in of_day
    ] == []


async def test_what_is_within_a_quarter_of_an_hour_on_an_account_collides(desk: Desk) -> None:
    x, facebook = await desk.connect("x"), await desk.connect("facebook")
    await _plan(desk, _at(9), x, facebook)
    await _plan(desk, _at(9, 15), x)
    await _plan(desk, _at(9, 31), x)
    await _wish(desk, _at(9, 45), x)
    (gone,) = await _plan(desk, _at(9, 1), facebook)
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await changes.cancel(session, gone)
    found = await _read(desk)
    told = {(one.account_id, one.at.minute): one.collides for one in found[_DAY]}
    assert told == {(x, 0): True, (x, 15): True, (x, 31): True, (x, 45): True, (facebook, 0): False}


async def test_a_collision_over_midnight_is_marked(desk: Desk) -> None:
    account = await desk.connect("x")
    await _plan(desk, _at(23, 55), account)
    await _plan(desk, _at(0, 5, _DAY + timedelta(days=1)), account)
    assert [(one.at.hour, one.collides) for one in (await _read(desk))[_DAY]] == [(23, True)]


async def test_only_what_is_asked_about_is_shown(desk: Desk) -> None:
    x, facebook = await desk.connect("x"), await desk.connect("facebook")
    gone, _ = await _plan(desk, _at(9), x, facebook)
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await changes.cancel(session, gone)
    await _wish(desk, _at(10), x)
    shown = {
        "all": await _read(desk),
        "x": await _read(desk, accounts=frozenset([x])),
        "cancelled": await _read(desk, statuses=frozenset(["cancelled"])),
        "draft": await _read(desk, statuses=frozenset(["draft", "free"])),
    }
    told = {name: [(one.account_id, one.status) for one in days[_DAY]] for name, days in shown.items()}
    assert told == {
        "all": [(facebook, "scheduled"), (x, "draft")],
        "x": [(x, "draft")],
        "cancelled": [(x, "cancelled")],
        "draft": [(x, "draft")],
    }


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (_DAY, _DAY - timedelta(days=1), "to"),
        (_DAY, _DAY + timedelta(days=100), "to"),
        (date(1, 1, 1), date(1, 1, 2), "from"),
        (date(9999, 12, 31), date(9999, 12, 31), "from"),
    ],
)
async def test_what_no_calendar_has_is_refused(desk: Desk, since: date, until: date, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await _read(desk, since, until)
    assert refused.value.problems[0].field == field
