"""A figure per day: this period, the period before, what was not observed, what is still provisional."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

import altair as alt

from reporting.charts.frame import drawn, framed
from reporting.charts.numbers import Numbers, ticks, weeks_back
from reporting.charts.tokens import NOTE_SIZE, Theme, network_title

# The share of the width from which a label fits over a band.
WIDE_BAND = 0.14


@dataclass(frozen=True, slots=True)
class PostMark:
    """A post on the baseline."""

    day: date
    title: str
    platform: str


@dataclass(frozen=True, slots=True)
class Days:
    """Values of consecutive days from `since` on; None where a day is unknown.

    `previous` lines up day by day with `values`. Days after `settled_to` are provisional; None: all are.
    `gaps` names why a day is unknown, such as "Instagram not observed".
    """

    since: date
    values: Sequence[float | None]
    previous: Sequence[float | None] = ()
    settled_to: date | None = None
    posts: Sequence[PostMark] = ()
    gaps: dict[date, str] = field(default_factory=dict)

    def day(self, index: int) -> date:
        return self.since + timedelta(days=index)

    def is_settled(self, index: int) -> bool:
        return self.settled_to is not None and self.day(index) <= self.settled_to


@dataclass(frozen=True, slots=True)
class Run:
    """Days that may be joined by one line: `points` are (index, value), none of them unknown."""

    name: str
    points: tuple[tuple[int, float], ...]
    settled: bool


def runs(values: Sequence[float | None], settled: Sequence[bool]) -> list[Run]:
    """Stretches without an unknown day, cut where provisional days begin.

    A provisional stretch starts at the last settled point before it, so that the line has no hole of its own.
    """
    found: list[Run] = []
    known = [(i, value, settled[i]) for i, value in enumerate(values) if value is not None]
    for number, (_, group) in enumerate(groupby(enumerate(known), lambda pair: pair[1][0] - pair[0])):
        stretch = [point for _, point in group]
        firm = [(i, value) for i, value, sure in stretch if sure]
        loose = [(i, value) for i, value, sure in stretch if not sure]
        if firm:
            found.append(Run(f"{number} settled", tuple(firm), True))
        if loose:
            found.append(Run(f"{number} provisional", tuple(firm[-1:] + loose), False))
    return found


def bands(values: Sequence[float | None]) -> list[tuple[int, int]]:
    """First and last index of every stretch of unknown days that has known days on both sides.

    Before the first and after the last known day nothing is claimed.
    """
    known = [i for i, value in enumerate(values) if value is not None]
    return [(a + 1, b - 1) for a, b in pairwise(known) if b - a > 1]


def daily(
    days: Days, theme: Theme, numbers: Numbers, *, metric: str, width: int | None = None, height: int = 280
) -> alt.LayerChart:
    """`metric` is its name in words. With a `width` (px) the chart is for print and has nothing to hover."""
    known = [value for value in (*days.values, *days.previous) if value is not None]
    marks = ticks(max(known, default=0))
    x = _x(days, numbers)
    y = alt.Y(
        "value:Q",
        scale=alt.Scale(domain=[marks[0], marks[-1]], nice=False),
        axis=alt.Axis(
            values=marks, labelExpr=_labels({mark: numbers.compact(mark) for mark in marks}), title=None, domain=False
        ),
    )
    settled = [days.is_settled(i) for i in range(len(days.values))]
    now = runs(days.values, settled)
    before = runs(days.previous, [True] * len(days.previous))
    layers: list[alt.Chart] = [
        *_unknown(days, theme, x),
        *_lines(before, x, y, color=theme.compare, width=1.5),
        *_lines([run for run in now if run.settled], x, y, color=theme.primary, width=2.25),
        *_lines([run for run in now if not run.settled], x, y, color=theme.primary, width=2.25, dash=[2, 4]),
        *_end_point(now, theme, x, y),
        *_posts(days, theme, numbers, x),
    ]
    if width is None:
        layers.extend(_hover(days, theme, numbers, x, y, metric))
    return framed(layers, theme, width, height)


def _x(days: Days, numbers: Numbers) -> alt.X:
    count = max(len(days.values), 2)
    shown = weeks_back(count)
    return alt.X(
        "day:Q",
        scale=alt.Scale(domain=[0, count - 1], nice=False),
        axis=alt.Axis(
            values=shown,
            labelExpr=_labels({i: numbers.short_day(days.day(i)) for i in shown}),
            title=None,
            grid=False,
            labelOverlap=False,
            labelFlush=True,
        ),
    )


def _labels(texts: dict[Any, str]) -> str:
    """A Vega expression that looks the value up."""
    pairs = ", ".join(f"'{value}': '{text}'" for value, text in texts.items())
    return f"({{{pairs}}})[datum.value]"


def _lines(
    parts: Sequence[Run], x: alt.X, y: alt.Y, *, color: str, width: float, dash: list[float] | None = None
) -> list[alt.Chart]:
    rows = [{"run": run.name, "day": i, "value": value} for run in parts for i, value in run.points]
    alone = [{"day": i, "value": value} for run in parts if len(run.points) == 1 for i, value in run.points]
    layers = []
    if rows:
        line = drawn(rows).mark_line(
            color=color, strokeWidth=width, strokeDash=dash or [1, 0], strokeCap="round", strokeJoin="round"
        )
        layers.append(line.encode(x=x, y=y, detail="run:N"))
    if alone:
        layers.append(drawn(alone).mark_circle(color=color, size=24, opacity=1).encode(x=x, y=y))
    return layers


def _end_point(now: Sequence[Run], theme: Theme, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    if not now or now[-1].settled:
        return []
    index, value = now[-1].points[-1]
    mark = drawn([{"day": index, "value": value}]).mark_point(
        size=46, filled=True, fill=theme.background, stroke=theme.primary, strokeWidth=2, opacity=1
    )
    return [mark.encode(x=x, y=y)]


def _unknown(days: Days, theme: Theme, x: alt.X) -> list[alt.Chart]:
    rows = [
        {
            "day": first - 1,
            "to": last + 1,
            "middle": (first + last) / 2,
            "words": days.gaps.get(days.day(first), "not observed").replace(" ", "\n", 1),
            "wide": last - first + 2 >= len(days.values) * WIDE_BAND,
        }
        for first, last in bands(days.values)
    ]
    if not rows:
        return []
    layers = [drawn(rows).mark_rect(color=theme.surface).encode(x=x, x2="to:Q")]
    if labelled := [row | {"day": row["middle"]} for row in rows if row["wide"]]:
        text = drawn(labelled).mark_text(
            baseline="top", fontSize=NOTE_SIZE, color=theme.muted, lineHeight=14, lineBreak="\n"
        )
        layers.append(text.encode(x=x, y=alt.value(8), text="words:N"))
    return layers


def _posts(days: Days, theme: Theme, numbers: Numbers, x: alt.X) -> list[alt.Chart]:
    rows = [
        {
            "day": (post.day - days.since).days,
            "post": post.title,
            "network": network_title(post.platform),
            "published": numbers.weekday(post.day),
        }
        for post in days.posts
        if 0 <= (post.day - days.since).days < len(days.values)
    ]
    if not rows:
        return []
    tick = drawn(rows).mark_tick(orient="vertical", color=theme.muted, thickness=2, size=9, yOffset=-5)
    shown = ["post:N", "network:N", "published:N"]
    return [tick.encode(x=x, y=alt.value("height"), tooltip=[alt.Tooltip(f) for f in shown])]


def _hover(days: Days, theme: Theme, numbers: Numbers, x: alt.X, y: alt.Y, metric: str) -> list[alt.Chart]:
    """The nearest day: a rule, and day, value, comparison and status in words."""
    rows = []
    for i, value in enumerate(days.values):
        before = days.previous[i] if i < len(days.previous) else None
        rows.append(
            {
                "day": i,
                "value": value or 0,
                "Day": numbers.weekday(days.day(i)),
                metric: numbers.full(value),
                "Before": numbers.full(before),
                "State": "not observed" if value is None else "settled" if days.is_settled(i) else "provisional",
            }
        )
    nearest = alt.selection_point(
        name="nearest", nearest=True, on="pointerover", fields=["day"], empty=False, clear="pointerout"
    )
    return [
        drawn(rows)
        .mark_rule(color=theme.axis, strokeWidth=1)
        .encode(
            x=x,
            opacity=alt.condition(nearest, alt.value(1), alt.value(0)),
            tooltip=[alt.Tooltip(f"{name}:N") for name in ("Day", metric, "Before", "State")],
        )
        .add_params(nearest)
    ]
