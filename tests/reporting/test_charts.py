"""Charts and words keep the unknown apart from zero."""

import re
import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms import PLATFORMS
from reporting.charts.bars import NetworkFigure, by_network
from reporting.charts.daily import Days, bands, daily, runs
from reporting.charts.numbers import Numbers, ticks, weeks_back
from reporting.charts.picture import printable, svg
from reporting.charts.tokens import DARK, LIGHT, Theme
from reporting.charts.totals import total
from tests.conftest import ROOT

NUMBERS = Numbers()
SINCE = date(2026, 11, 1)
values = st.lists(st.none() | st.integers(0, 10**7), min_size=1, max_size=60)


@given(values)
def test_a_line_never_joins_over_an_unknown_day(series: list[int | None]) -> None:
    for run in runs(series, [True] * len(series)):
        indexes = [index for index, _ in run.points]
        assert indexes == list(range(indexes[0], indexes[-1] + 1))


@given(values, st.data())
def test_every_known_value_is_drawn_and_nothing_else(series: list[int | None], data: st.DataObject) -> None:
    settled = data.draw(st.lists(st.booleans(), min_size=len(series), max_size=len(series)))
    drawn = {point for run in runs(series, settled) for point in run.points}
    assert drawn == {(index, value) for index, value in enumerate(series) if value is not None}


@given(values)
def test_bands_are_the_unknown_days_between_known_ones(series: list[int | None]) -> None:
    banded = {index for first, last in bands(series) for index in range(first, last + 1)}
    known = [index for index, value in enumerate(series) if value is not None]
    expected = {i for i, value in enumerate(series) if value is None and known and known[0] < i < known[-1]}
    assert banded == expected


def _paths(picture: str, color: str) -> list[str]:
    return re.findall(rf'<path [^>]*d="([^"]*)" stroke="{color}"', picture)


def test_a_gap_is_a_gap_in_the_picture() -> None:
    whole = Days(SINCE, [4, 5, 6, 7, 8, 9], settled_to=date(2026, 11, 30))
    torn = Days(SINCE, [4, 5, None, 7, 8, 9], settled_to=date(2026, 11, 30))
    assert len(_paths(svg(daily(whole, LIGHT, NUMBERS, metric="Views", width=600)), LIGHT.primary)) == 1
    assert len(_paths(svg(daily(torn, LIGHT, NUMBERS, metric="Views", width=600)), LIGHT.primary)) == 2


def test_a_chart_of_nothing_known_still_draws_its_axes() -> None:
    assert "<svg" in svg(daily(Days(SINCE, [None, None]), DARK, NUMBERS, metric="Views", width=300))


def test_an_unknown_bar_has_words_and_no_length() -> None:
    figures = [NetworkFigure("x", None, None, "not offered"), NetworkFigure("tiktok", 0), NetworkFigure("facebook", 9)]
    picture = svg(by_network(figures, LIGHT, NUMBERS, width=300, height=100))
    assert "not offered" in picture
    assert LIGHT.network("x") not in picture
    assert LIGHT.network("facebook") in picture


def _day(platform: str, back: int, views: int | None, *, settled: bool = True) -> dict[str, object]:
    day = SINCE + timedelta(days=back)
    return {"as_of_date": day.isoformat(), "platform": platform, "views": views, "is_settled": settled}


def test_a_total_over_a_gap_is_a_gap_that_names_the_network() -> None:
    rows = [_day("facebook", back, 10) for back in range(4)]
    rows += [_day("instagram", back, None if back == 2 else 5) for back in range(4)]
    found = total(rows, "views", SINCE, SINCE + timedelta(days=3))
    assert found.values == [15, 15, None, 15]
    assert found.gaps == {SINCE + timedelta(days=2): "Instagram not observed"}
    assert found.without == []


def test_a_network_with_few_days_is_left_out_by_name() -> None:
    rows = [_day("facebook", back, 10) for back in range(4)] + [_day("youtube", 1, 7)]
    found = total(rows, "views", SINCE, SINCE + timedelta(days=3))
    assert found.values == [10, 10, 10, 10]
    assert found.without == ["YouTube"]


def test_days_are_settled_up_to_the_first_that_is_not() -> None:
    rows = [_day("facebook", back, 10, settled=back < 2) for back in range(4)]
    found = total(rows, "views", SINCE, SINCE + timedelta(days=3))
    assert found.settled_to == SINCE + timedelta(days=1)
    assert found.settled_days == 2


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "—"),
        (0, "0"),
        (8917, "8,917"),
        (612_040, "612 K"),
        (1_314_000, "1.31 M"),
        (999_950, "1 M"),
        (-23_456, "−23.5 K"),
    ],
)
def test_compact_numbers(value: float | None, said: str) -> None:
    assert NUMBERS.compact(value).replace("\u00a0", " ") == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (118, 100, "+18 %"),
        (96, 100, "−4 %"),
        (5, 0, "new"),
        (0, 0, "0 %"),
        (1300, 100, "× 13"),
        (None, 4, "—"),
        (4, None, "—"),
    ],
)
def test_changes(now: float | None, before: float | None, said: str) -> None:
    assert NUMBERS.change(now, before).replace("\u00a0", " ") == said


def test_rates_and_their_changes() -> None:
    assert NUMBERS.rate(0.0342).replace("\u00a0", " ") == "3.4 %"
    assert NUMBERS.rate(None) == "—"
    assert NUMBERS.points(0.034, 0.031).replace("\u00a0", " ") == "+0.3 pp"


def test_ages_and_moments_in_the_readers_zone() -> None:
    oslo = Numbers.of("en-GB", "Europe/Oslo")
    now = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
    assert oslo.age(now - timedelta(minutes=14), now) == "14 minutes ago"
    assert oslo.age(now - timedelta(hours=2), now) == "today 12:00"
    assert oslo.age(None, now) == "never"
    assert oslo.moment(datetime(2025, 1, 2, 3, 4, tzinfo=UTC), now) == "2 Jan 2025, 04:04"
    assert oslo.span(date(2026, 10, 24), date(2026, 11, 20)) == "24 Oct – 20 Nov 2026"


@pytest.mark.parametrize(("locale", "zone"), [(None, None), ("xx-broken", "Not/AZone"), ("", "")])
def test_a_browser_that_says_nothing_usable_gets_the_default(locale: str | None, zone: str | None) -> None:
    assert Numbers.of(locale, zone) == Numbers("en_GB", "UTC")


@given(st.floats(0, 1e12))
def test_ticks_cover_the_largest_with_few_round_steps(largest: float) -> None:
    found = ticks(largest)
    assert found[0] == 0
    assert found[-1] >= largest
    assert 2 <= len(found) <= 6


@given(st.integers(2, 400))
def test_the_newest_day_is_always_labelled(days: int) -> None:
    shown = weeks_back(days)
    assert shown[-1] == days - 1
    assert 1 <= len(shown) <= 11


def _luminance(color: str) -> float:
    def linear(part: str) -> float:
        share = int(part, 16) / 255
        return share / 12.92 if share <= 0.03928 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(color[1:3]) + 0.7152 * linear(color[3:5]) + 0.0722 * linear(color[5:7])


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_stand_out_from_the_ground(theme: Theme) -> None:
    for color in (theme.text, theme.muted, theme.primary, *(theme.network(name) for name in PLATFORMS)):
        assert _contrast(color, theme.background) >= 4.5
    assert _contrast(theme.compare, theme.background) >= 3


def test_print_shows_what_the_font_has() -> None:
    assert printable("Latte \U0001f600 art\n in 30 s") == "Latte art in 30 s"
    assert printable("Кофе, καφές, kahve") == "Кофе, καφές, kahve"
    assert printable("قهوة") == "□□□□"


def test_the_pages_tokens_are_the_charts_tokens() -> None:
    config = tomllib.loads((ROOT / "dashboards" / ".streamlit" / "config.toml").read_text())["theme"]
    for theme in (LIGHT, DARK):
        page = config[theme.appearance]
        assert page["primaryColor"] == theme.primary
        assert page["backgroundColor"] == theme.background
        assert page["secondaryBackgroundColor"] == theme.surface
        assert page["textColor"] == theme.text
        assert page["borderColor"] == theme.border
        assert page["chartCategoricalColors"] == [theme.network(name) for name in PLATFORMS]
