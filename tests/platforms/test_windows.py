"""Spans of time: the clock at any minute, first run, resume, days of any length, whatever a network can reach."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.platform import Window
from platforms.windows import Reach, cut, dates
from tests.platforms.windows import ZONES, Case, cases, declared, examples, refusal

CALIFORNIA = ZoneInfo("America/Los_Angeles")
SECOND = timedelta(seconds=1)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=6200)).map(lambda age: datetime(2028, 6, 1, tzinfo=UTC) - age)
SPANS = st.timedeltas(timedelta(0), timedelta(days=500))
ANY_REACH = st.builds(
    lambda longest, part, zone, history, lag: Reach(
        max(longest, timedelta(days=1)) if zone else longest,
        timedelta(hours=3 * part) if zone else longest / 2 * part // SECOND * SECOND,
        ZoneInfo(zone) if zone else None,
        history,
        lag,
    ),
    longest=st.integers(6 * 3600, 400 * 86_400).map(lambda count: count * SECOND),
    part=st.floats(0, 0.99),
    zone=st.sampled_from((None, *ZONES)),
    history=st.none() | st.timedeltas(timedelta(days=1), timedelta(days=900)),
    lag=st.timedeltas(-timedelta(hours=25), timedelta(days=3)),
)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_generated_windows_of_every_network_are_taken_and_leave_nothing_out() -> None:
    reaches = declared() | examples()
    wrong = [(case, why) for case in cases(reaches, 3_000) if (why := case.complaint(reaches[case.operation]))]
    assert wrong == []


@settings(deadline=None)
@given(reach=ANY_REACH, now=MOMENTS, back=SPANS, length=SPANS)
def test_any_window_is_taken_by_any_network_and_leaves_nothing_out(
    reach: Reach, now: datetime, back: timedelta, length: timedelta
) -> None:
    assert Case("any", Window(now - back, now - back + length), now).complaint(reach) is None


@settings(deadline=None)
@given(zone=st.sampled_from(ZONES), start=MOMENTS, hours=st.lists(st.integers(1, 200), min_size=2, max_size=6))
def test_windows_read_one_after_the_other_ask_for_the_same_days_as_one(
    zone: str, start: datetime, hours: list[int]
) -> None:
    reach, now = Reach(timedelta(days=1), zone=ZoneInfo(zone)), utc(2029, 1, 1)
    marks = [start]
    for span in hours:
        marks.append(marks[-1] + timedelta(hours=span))
    apart = {span.start: span for window in pairwise(marks) for span in cut(Window(*window), reach, now)}
    assert list(apart.values()) == cut(Window(marks[0], marks[-1]), reach, now)


def test_pieces_are_as_few_as_may_be_and_of_like_length() -> None:
    spans = cut(
        Window(utc(2026, 1, 1), utc(2026, 7, 1)), Reach(timedelta(days=90), timedelta(days=40)), utc(2026, 8, 1)
    )
    assert len(spans) == 3
    assert max(s.end - s.start for s in spans) - min(s.end - s.start for s in spans) <= timedelta(seconds=1)


def test_days_are_23_and_25_hours_long_where_the_clocks_change() -> None:
    reach = Reach(timedelta(days=1), zone=CALIFORNIA)
    spring = cut(Window(utc(2026, 3, 8, 12), utc(2026, 3, 8, 13)), reach, utc(2026, 4, 1))
    autumn = cut(Window(utc(2026, 11, 1, 12), utc(2026, 11, 1, 13)), reach, utc(2026, 12, 1))
    assert spring == [Window(utc(2026, 3, 8, 8), utc(2026, 3, 9, 7))]
    assert autumn == [Window(utc(2026, 11, 1, 7), utc(2026, 11, 2, 8))]


def test_the_hour_that_autumn_adds_makes_no_span_too_long() -> None:
    window = Window(utc(2026, 9, 1, 7), utc(2026, 11, 30, 8))
    spans = cut(window, Reach(timedelta(days=90), zone=CALIFORNIA), utc(2026, 12, 5))
    assert [len(spans), spans[0].start, spans[-1].end] == [2, window.start, window.end]


def test_a_running_day_counts_up_to_now_once_it_is_old_enough() -> None:
    reach = Reach(timedelta(days=30), timedelta(hours=1), CALIFORNIA)
    yesterday = Window(utc(2026, 11, 21, 8), utc(2026, 11, 22, 8))
    asked = Window(utc(2026, 11, 21, 9), utc(2026, 11, 24))
    assert cut(asked, reach, utc(2026, 11, 22, 8, 59)) == [yesterday]
    assert cut(asked, reach, utc(2026, 11, 22, 9)) == [Window(yesterday.start, utc(2026, 11, 22, 9))]


def test_a_short_window_grows_and_one_that_cannot_yet_waits() -> None:
    reach = Reach(timedelta(days=1), timedelta(hours=1))
    five_minutes = Window(utc(2026, 11, 22, 8), utc(2026, 11, 22, 8, 5))
    assert cut(five_minutes, reach, utc(2026, 11, 22, 8, 59)) == []
    assert cut(five_minutes, reach, utc(2026, 11, 22, 9)) == [Window(five_minutes.start, utc(2026, 11, 22, 9))]


def test_a_first_run_asks_for_no_more_than_the_network_remembers() -> None:
    now = utc(2026, 11, 22, 8)
    reach = Reach(timedelta(days=30), history=timedelta(days=90))
    spans = cut(Window(utc(2010, 1, 1), now), reach, now)
    assert timedelta(0) < spans[0].start - (now - timedelta(days=90)) <= timedelta(minutes=2)
    assert spans[-1].end == now


@pytest.mark.parametrize("zone", [None, CALIFORNIA])
def test_an_empty_window_and_one_ahead_ask_for_nothing(zone: ZoneInfo | None) -> None:
    reach, now = Reach(timedelta(days=1), zone=zone), utc(2026, 11, 22)
    assert cut(Window(now - timedelta(days=1), now - timedelta(days=1)), reach, now) == []
    assert cut(Window(now + timedelta(days=2), now + timedelta(days=3)), reach, now) == []


@pytest.mark.parametrize(
    ("longest", "shortest", "zone"),
    [
        (timedelta(0), timedelta(0), None),
        (timedelta(hours=3), timedelta(hours=2), None),
        (timedelta(hours=23), timedelta(0), CALIFORNIA),
    ],
)
def test_a_reach_that_nothing_could_be_cut_for_is_refused(
    longest: timedelta, shortest: timedelta, zone: ZoneInfo | None
) -> None:
    with pytest.raises(ValueError, match="longest"):
        Reach(longest, shortest, zone)


def test_the_dates_of_a_span_are_those_of_its_zone() -> None:
    span = Window(utc(2026, 11, 1, 7), utc(2026, 11, 3, 8))
    assert dates(span, CALIFORNIA) == (date(2026, 11, 1), date(2026, 11, 2))


def test_the_rules_notice_what_a_network_would_refuse() -> None:
    reach = Reach(timedelta(days=2), timedelta(hours=1), CALIFORNIA, timedelta(days=30), timedelta(days=1))
    now = utc(2026, 11, 22, 20)
    wrong = {
        Window(utc(2026, 11, 1, 8), utc(2026, 11, 2, 8)): "within a day",
        Window(utc(2026, 11, 10, 8), utc(2026, 11, 13, 8)): "too long",
        Window(utc(2026, 10, 20, 7), utc(2026, 10, 21, 7)): "too old",
        Window(utc(2026, 11, 21, 8), utc(2026, 11, 22, 8)): "too new",
        Window(utc(2026, 11, 20, 8), utc(2026, 11, 20, 8)): "before it begins",
        Window(utc(2026, 11, 19, 8), utc(2026, 11, 20, 4)): "over",
    }
    for span, why in wrong.items():
        assert why in str(refusal(span, reach, now))
