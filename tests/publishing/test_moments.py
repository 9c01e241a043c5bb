"""The moment that is meant, in zones whose clocks jump."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientnest.errors import Invalid
from publishing.publications import moments
from publishing.publications.moments import meant

NOW = datetime(2026, 1, 15, tzinfo=UTC)
# Zone, a time that is left out there, when it goes out instead (UTC) and as it is shown.
GAPS = [
    ("Europe/Oslo", "2026-03-29T02:30", "2026-03-29T01:30", "03:30"),
    ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30", "03:30"),
    ("America/St_Johns", "2026-03-08T02:30", "2026-03-08T06:00", "03:30"),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45", "02:45"),
    ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:30", "01:30"),
]
OVERLAPS = [
    ("Europe/Oslo", "2026-10-25T02:30", "2026-10-25T00:30"),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
    ("America/St_Johns", "2026-11-01T01:30", "2026-11-01T04:00"),
    ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45"),
    ("Africa/Cairo", "2026-10-29T23:30", "2026-10-29T20:30"),
]


@pytest.mark.parametrize(("zone", "local", "at", "shown"), GAPS)
def test_a_time_that_is_left_out_comes_later_by_the_jump_and_says_so(
    zone: str, local: str, at: str, shown: str
) -> None:
    moment = meant(datetime.fromisoformat(local), zone, now=NOW)
    assert moment.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert moment.local == datetime.fromisoformat(local)
    assert moment.note is not None
    assert "leave" in moment.note
    assert shown in moment.note


@pytest.mark.parametrize(("zone", "local", "at"), OVERLAPS)
def test_a_time_that_comes_twice_is_the_first_and_says_so(zone: str, local: str, at: str) -> None:
    moment = meant(datetime.fromisoformat(local), zone, now=NOW)
    assert moment.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert moment.note is not None
    assert "twice" in moment.note


@given(
    st.datetimes(datetime.fromisoformat("2026-02-01"), datetime.fromisoformat("2027-12-01")),
    st.sampled_from([zone for zone, *_ in GAPS] + ["UTC", "Asia/Kathmandu", "Pacific/Apia"]),
)
def test_a_wall_clock_shows_what_was_meant_or_a_note_says_what_else(local: datetime, zone: str) -> None:
    moment = meant(local, zone, now=NOW)
    shown = moment.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert (shown == local) or (moment.note is not None and shown > local)
    if moment.note is None:
        # No other moment shows this.
        for hours in (-1, -0.5, 0.5, 1):
            other = (moment.at + timedelta(hours=hours)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            assert other != local


def test_a_moment_with_an_offset_is_that_moment() -> None:
    moment = meant(datetime(2026, 6, 1, 9, tzinfo=timezone(timedelta(hours=2))), "Asia/Tokyo", now=NOW)
    assert (moment.at, moment.local, moment.zone) == (datetime(2026, 6, 1, 7, tzinfo=UTC), None, "Asia/Tokyo")


@pytest.mark.parametrize(
    ("at", "zone", "why"),
    [
        (datetime.fromisoformat("2026-06-01T09:00"), None, "9:00 is when where"),
        (datetime.fromisoformat("2026-06-01T09:00"), "Europe/Olso", "no time zone"),
        (datetime.fromisoformat("2026-06-01T09:00"), "../etc/passwd", "no time zone"),
        (datetime(2026, 1, 14, 23, 58, tzinfo=UTC), None, "is over"),
        (datetime.fromisoformat("2026-01-15T00:30"), "Europe/Oslo", "is over"),
        (datetime(2028, 6, 1, 9, tzinfo=UTC), None, "no farther ahead"),
    ],
)
def test_what_is_no_moment_to_come_is_refused(at: datetime, zone: str | None, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        meant(at, zone, now=NOW)


def test_a_moment_just_now_is_taken() -> None:
    assert meant(NOW - timedelta(seconds=30), None, now=NOW).at == NOW - timedelta(seconds=30)


def test_other_rules_of_a_zone_give_another_moment() -> None:
    local = datetime.fromisoformat("2026-07-01T09:00")
    assert moments.again(local, "Europe/Oslo").at == datetime(2026, 7, 1, 7, tzinfo=UTC)
    without_summer = timezone(timedelta(hours=1))
    assert moments.again(local, "Europe/Oslo", lambda _: without_summer).at == datetime(2026, 7, 1, 8, tzinfo=UTC)
