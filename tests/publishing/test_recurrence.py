"""What comes again: the rules held against another reader of RFC 5545, and each time made exactly once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientnest.database import unit_of_work
from clientnest.errors import Conflict, Invalid
from clientnest.models import Recurrence
from publishing.media import library
from publishing.planning import recurrences, upkeep
from publishing.planning.recurrence import DAYS, parsed
from publishing.planning.recurrences import Plan
from publishing.publications import changes
from tests.publishing.conftest import Desk, said
from tests.publishing.drafting import drafted

_other = pytest.importorskip("dateutil.rrule")
_TOMORROW = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None) + timedelta(days=1)


def _wall(text: str) -> datetime:
    """Without an offset."""
    return datetime.fromisoformat(text)


# What never comes takes the other reader seconds to find out: such rules have tests of their own.
_days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True).map(",".join)
_month_days = st.lists(st.sampled_from([-1, *range(1, 32)]), min_size=1, max_size=5, unique=True)
_places = st.sampled_from([*range(1, 6), *range(-5, 0)])
_in_month = st.lists(st.builds("{}{}".format, _places, st.sampled_from(DAYS)), min_size=1, max_size=4, unique=True)
_rules = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 40)),
    st.builds("FREQ=DAILY;INTERVAL={};BYDAY={}".format, st.integers(1, 6), _days),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}".format, st.integers(1, 6), _days),
    st.builds("FREQ=WEEKLY;INTERVAL={}".format, st.integers(1, 6)),
    st.builds("FREQ=MONTHLY;INTERVAL={}".format, st.integers(1, 11)),
    st.builds(
        "FREQ=MONTHLY;INTERVAL={};BYMONTHDAY={}".format,
        st.integers(1, 11),
        _month_days.map(lambda days: ",".join(map(str, days))),
    ),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYDAY={}".format, st.integers(1, 11), _days | _in_month.map(",".join)),
)
_ends = st.one_of(st.just(""), st.builds(";COUNT={}".format, st.integers(1, 30)), st.just(";UNTIL=20280630T120000"))
_starts = st.datetimes(_wall("2026-01-01"), _wall("2028-12-31")).map(lambda at: at.replace(microsecond=0))


@settings(max_examples=80, deadline=None)
@given(_rules, _ends, _starts)
def test_a_rule_comes_when_another_reader_of_the_rfc_says(rule: str, end: str, start: datetime) -> None:
    theirs = islice(_other.rrulestr(rule + end, dtstart=start), 40)
    expected = [at for at in theirs if at.year < 2040]
    found = islice((at for at in parsed(rule + end).times(start) if at.year < 2040), len(expected))
    assert list(found) == expected


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("", 2),
        ("FREQ=YEARLY", 1),
        ("INTERVAL=2", 1),
        ("FREQ=DAILY;INTERVAL=0", 1),
        ("FREQ=DAILY;COUNT=two;INTERVAL=-1", 2),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270131", 1),
        ("FREQ=WEEKLY;BYDAY=XX,2MO", 2),
        ("FREQ=DAILY;BYDAY=-1FR", 1),
        ("FREQ=MONTHLY;BYDAY=6MO,0TU,-6WE,+1TH,2", 1),
        ("FREQ=MONTHLY;BYDAY=", 1),
        ("FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=32", 2),
        ("FREQ=WEEKLY;BYMONTHDAY=1", 1),
        ("FREQ=DAILY;UNTIL=soon;BYHOUR=3;FREQ=DAILY", 3),
        ("FREQ=DAILY;UNTIL=20270230", 1),
    ],
)
def test_everything_wrong_with_a_rule_is_told_at_once(rule: str, count: int) -> None:
    with pytest.raises(Invalid) as refused:
        parsed(rule)
    assert len(refused.value.problems) == count, refused.value.problems


async def _add(desk: Desk, rule: str, *accounts: UUID, text: str = "Again", **told: Any) -> UUID:
    told = {"starts_at": _TOMORROW, "zone": "UTC", **told}
    plan = Plan(rule, told.pop("starts_at"), told.pop("zone"), drafted(text, *accounts, **told))
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        return (await recurrences.add(session, desk.workspace.id, desk.workspace.user_id, plan)).id


async def _do(desk: Desk, what: Callable[..., Awaitable[object]], id_: UUID, *more: Any) -> None:
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await what(session, id_, *more)


def _made(desk: Desk, id_: UUID, status: str = "scheduled") -> list[dict[str, Any]]:
    """Publications that stand so, with what the post says, by the moment that was meant."""
    return desk.sql(
        "select p.*, t.text from app.publications p join app.posts t on t.id = p.post_id "
        "where p.workspace_id = %s and p.status = %s order by p.scheduled_at",
        desk.workspace.id,
        status,
    )


async def test_what_comes_within_two_weeks_is_planned_at_once(desk: Desk) -> None:
    x, facebook = await desk.connect("x"), await desk.connect("facebook")
    id_ = await _add(desk, "FREQ=DAILY;INTERVAL=3", x, facebook, text="No. {n} of {date} {other}")
    times = [_TOMORROW + timedelta(days=days) for days in (0, 3, 6, 9, 12)]
    made = _made(desk, id_)
    assert [one["scheduled_local"] for one in made] == [at for at in times for _ in range(2)]
    assert {one["account_id"] for one in made} == {x, facebook}
    assert [one["text"] for one in made[::2]] == [
        f"No. {n} of {at:%Y-%m-%d} {{other}}" for n, at in enumerate(times, 1)
    ]


async def test_each_time_goes_out_by_itself(desk: Desk) -> None:
    text = said("Every week")
    id_ = await _add(desk, "FREQ=WEEKLY", await desk.connect("x"), text=f"{text}, {{n}}")
    first, second = _made(desk, id_)
    desk.time_passes(first["id"])
    await desk.worked_off(first["id"])
    assert len(desk.live("x", f"{text}, 1")) == 1
    assert desk.live("x", f"{text}, 2") == []
    assert desk.publication(second["id"])["status"] == "scheduled"
    await _do(desk, recurrences.end, id_)
    assert [desk.publication(one["id"])["status"] for one in (first, second)] == ["published", "cancelled"]


async def test_each_time_is_made_once_however_many_make_it_at_once(desk: Desk) -> None:
    id_ = await _add(desk, "FREQ=DAILY", await desk.connect("x"))
    there = len(_made(desk, id_))
    assert there in (13, 14)
    desk.sql("delete from app.posts where workspace_id = %s", desk.workspace.id)
    desk.sql("delete from app.occurrences where recurrence_id = %s", id_)
    done = await asyncio.gather(*(upkeep.make_all() for _ in range(4)))
    assert sorted((one.posts, one.failed) for one in done) == [(0, 0), (0, 0), (0, 0), (there, 0)]
    assert len({one["scheduled_at"] for one in _made(desk, id_)}) == len(_made(desk, id_)) == there


async def test_upkeep_makes_what_has_come_near(desk: Desk) -> None:
    id_ = await _add(desk, "FREQ=WEEKLY", await desk.connect("x"))
    assert (await upkeep.make_all()).posts == 0
    desk.sql("update app.recurrences set starts_at = starts_at - interval '7 days' where id = %s", id_)
    assert (await upkeep.make_all()).posts == 0
    desk.sql("update app.recurrences set starts_at = starts_at - interval '5 days' where id = %s", id_)
    assert (await upkeep.make_all()).posts == 2


async def test_a_wall_clock_stays_where_it_is_when_the_clocks_change(desk: Desk) -> None:
    id_ = await _add(desk, "FREQ=DAILY", await desk.connect("x"), zone="Europe/Oslo")
    oslo = ZoneInfo("Europe/Oslo")
    assert {one["scheduled_at"].astimezone(oslo).time() for one in _made(desk, id_)} == {time(9)}
    recurrence = Recurrence(status="active", rule="FREQ=DAILY", zone="Europe/Oslo", starts_at=_wall("2027-03-27T02:30"))
    since, until = datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 3, 29, 12, tzinfo=UTC)
    found = [moment for _, _, moment in recurrences.unmade(recurrence, (), since, until)]
    assert [moment.at.hour * 60 + moment.at.minute for moment in found] == [90, 90, 30]
    assert [moment.note is None for moment in found] == [True, False, True]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=2MO", ["2026-02-09", "2026-03-09", "2026-04-13", "2026-05-11"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-02-27", "2026-03-27", "2026-04-24", "2026-05-29"]),
        ("FREQ=MONTHLY;BYDAY=-1SU", ["2026-02-22", "2026-03-29", "2026-04-26", "2026-05-31"]),
        ("FREQ=MONTHLY;BYDAY=5SU", ["2026-03-29", "2026-05-31", "2026-08-30", "2026-11-29"]),
        ("FREQ=MONTHLY;BYDAY=-1SU;INTERVAL=7", ["2026-02-22", "2026-09-27", "2027-04-25", "2027-11-28"]),
    ],
)
def test_a_weekday_of_the_month_keeps_its_wall_clock_when_the_clocks_change(rule: str, days: list[str]) -> None:
    """Oslo's clocks leave out 02:00 to 03:00 on Sunday 2026-03-29."""
    recurrence = Recurrence(status="active", rule=rule, zone="Europe/Oslo", starts_at=_wall("2026-02-01T02:30"))
    since, until = datetime(2026, 2, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    found = list(islice(recurrences.unmade(recurrence, (), since, until), 4))
    assert [local for _, local, _ in found] == [_wall(f"{day}T02:30") for day in days]
    shown = [moment.at.astimezone(ZoneInfo("Europe/Oslo")) for _, _, moment in found]
    assert [f"{at:%F %R}" for at in shown] == [f"{day} {'03' if day == '2026-03-29' else '02'}:30" for day in days]
    assert [moment.note is not None for _, _, moment in found] == [day == "2026-03-29" for day in days]


def test_each_monday_and_the_first_one_are_each_monday() -> None:
    found = islice(parsed("FREQ=MONTHLY;BYDAY=MO,1MO").times(_wall("2026-11-01T09:00")), 6)
    assert [at.day for at in found] == [2, 9, 16, 23, 30, 7]


async def test_pausing_takes_back_what_has_not_begun_and_resuming_makes_it_again(desk: Desk) -> None:
    account = await desk.connect("x")
    id_ = await _add(desk, "FREQ=DAILY;COUNT=5", account)
    begun = _made(desk, id_)[0]["id"]
    desk.sql("update app.publications set status = 'publishing' where id = %s", begun)
    await _do(desk, recurrences.pause, id_)
    assert _made(desk, id_) == []
    assert len(_made(desk, id_, "cancelled")) == 4
    assert (await upkeep.make_all()).posts == 0
    await _do(desk, recurrences.resume, id_)
    assert len(_made(desk, id_)) == 4
    assert [one["id"] for one in _made(desk, id_, "publishing")] == [begun]
    await _do(desk, recurrences.end, id_)
    assert _made(desk, id_) == []
    with pytest.raises(Conflict):
        await _do(desk, recurrences.resume, id_)


async def test_a_change_makes_anew_what_has_not_begun(desk: Desk) -> None:
    account = await desk.connect("x")
    id_ = await _add(desk, "FREQ=DAILY;COUNT=4", account, text="Old")
    first, second, *_ = _made(desk, id_)
    desk.sql("update app.publications set status = 'published' where id = %s", first["id"])
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await changes.cancel(session, second["id"])
    plan = Plan("FREQ=DAILY;COUNT=4", _TOMORROW, "UTC", drafted("New", account))
    await _do(desk, recurrences.change, id_, plan)
    assert [(one["text"], one["scheduled_local"]) for one in _made(desk, id_)] == [
        ("New", _TOMORROW + timedelta(days=2)),
        ("New", _TOMORROW + timedelta(days=3)),
    ]


async def test_a_time_that_cannot_be_made_says_why_and_is_made_once_it_can(desk: Desk) -> None:
    account = await desk.connect("x")
    id_ = await _add(desk, "FREQ=DAILY;COUNT=1", account)
    desk.sql("delete from app.posts where workspace_id = %s", desk.workspace.id)
    desk.sql("delete from app.occurrences where recurrence_id = %s", id_)
    desk.sql("update app.accounts set status = 'reconnect_needed' where id = %s", account)
    for _ in range(2):
        assert (await upkeep.make_all()).posts == 0
    (found,) = desk.sql("select * from app.occurrences where recurrence_id = %s", id_)
    assert "not connected" in found["problem"]
    told = desk.sql(
        "select * from app.events where workspace_id = %s and type = 'occurrence.not_made'", desk.workspace.id
    )
    assert len(told) == 1
    desk.sql("update app.accounts set status = 'connected' where id = %s", account)
    assert (await upkeep.make_all()).posts == 1
    (found,) = desk.sql("select * from app.occurrences where recurrence_id = %s", id_)
    assert found["problem"] is None
    assert len(_made(desk, id_)) == 1


async def test_what_was_over_before_it_was_made_is_told_and_never_sent_late(desk: Desk) -> None:
    id_ = await _add(desk, "FREQ=DAILY;COUNT=3", await desk.connect("x"))
    desk.sql("delete from app.posts where workspace_id = %s", desk.workspace.id)
    desk.sql("delete from app.occurrences where recurrence_id = %s", id_)
    desk.sql(
        "update app.recurrences set starts_at = starts_at - interval '4 days', since = since - interval '10 days' "
        "where id = %s",
        id_,
    )
    assert (await upkeep.make_all()).posts == 0
    problems = [one["problem"] for one in desk.sql("select * from app.occurrences where recurrence_id = %s", id_)]
    assert [problem is not None and "over" in problem for problem in problems] == [True] * 3


async def test_everything_wrong_with_a_recurring_post_is_told_at_once(desk: Desk) -> None:
    account = await desk.connect("x")
    with pytest.raises(Invalid) as refused:
        await _add(desk, "FREQ=NEVER", account, text="x" * 400)
    assert {problem.field for problem in refused.value.problems} == {"rule", f"accounts.{account}"}
    with pytest.raises(Invalid):
        await _add(desk, "FREQ=DAILY;UNTIL=20200101", account)


async def test_where_posts_are_approved_its_times_are_drafts(desk: Desk) -> None:
    desk.sql("update app.workspaces set approval = 'internal' where id = %s", desk.workspace.id)
    id_ = await _add(desk, "FREQ=DAILY;COUNT=2", await desk.connect("x"))
    assert _made(desk, id_) == []
    assert len(_made(desk, id_, "draft")) == 2
    wishes = desk.sql("select * from app.wishes where workspace_id = %s order by at", desk.workspace.id)
    assert [wish["local"] for wish in wishes] == [_TOMORROW, _TOMORROW + timedelta(days=1)]


async def test_a_picture_of_an_address_is_kept_for_every_time(desk: Desk) -> None:
    url = f"{desk.stage.control}/sample.jpg"
    id_ = await _add(desk, "FREQ=DAILY;COUNT=2", await desk.connect("x"), media_url=url)
    (media,) = desk.sql("select id from app.media where workspace_id = %s", desk.workspace.id)
    posts = desk.sql("select media from app.posts where workspace_id = %s", desk.workspace.id)
    assert [post["media"][0]["media_id"] for post in posts] == [str(media["id"])] * 2
    desk.sql("update app.publications set status = 'published' where workspace_id = %s", desk.workspace.id)
    with pytest.raises(Conflict):
        await _do(desk, library.delete, media["id"])
    await _do(desk, recurrences.end, id_)
    await _do(desk, library.delete, media["id"])


def test_a_day_that_a_month_has_not_is_left_out() -> None:
    found = islice(parsed("FREQ=MONTHLY").times(_wall("2027-01-31T09:00")), 3)
    assert [at.month for at in found] == [1, 3, 5]


@pytest.mark.parametrize("rule", ["FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=30"])
def test_what_never_comes_is_found_out_at_once(rule: str) -> None:
    assert list(parsed(rule).times(_wall("2027-02-01T09:00"))) == []
