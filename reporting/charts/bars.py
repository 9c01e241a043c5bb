"""Bars with the value beside them and the change in a column of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from reporting.charts.frame import drawn, framed
from reporting.charts.numbers import UNKNOWN, Numbers
from reporting.charts.tokens import LABEL_SIZE, Theme, network_title

# Room right of the longest bar for its value and the column of changes.
DOMAIN = 1.9


@dataclass(frozen=True, slots=True)
class Bar:
    """`value` None has no bar, only its `label`, which then says why. Without a `color` it is the accent."""

    name: str
    value: float | None
    label: str
    change: str = ""
    color: str | None = None


@dataclass(frozen=True, slots=True)
class NetworkFigure:
    """`reason` says in words why a value is unknown ("not offered", "not observed")."""

    platform: str
    value: float | None
    previous: float | None = None
    reason: str = "not observed"


def by_network(
    figures: Sequence[NetworkFigure],
    theme: Theme,
    numbers: Numbers,
    *,
    width: int | None = None,
    height: int = 280,
    is_rate: bool = False,
) -> alt.LayerChart:
    """Sorted by value; networks without one stand last, with the reason where the bar would be."""
    tell, compare = (numbers.rate, numbers.points) if is_rate else (numbers.compact, numbers.change)
    rows = [
        Bar(
            network_title(figure.platform),
            figure.value,
            figure.reason if figure.value is None else tell(figure.value),
            _change(compare(figure.value, figure.previous)),
            theme.network(figure.platform),
        )
        for figure in sorted(figures, key=lambda figure: (figure.value is None, -(figure.value or 0)))
    ]
    return bars(rows, theme, width=width, height=height)


def bars(rows: Sequence[Bar], theme: Theme, *, width: int | None = None, height: int = 280) -> alt.LayerChart:
    """In the order of `rows`. A zero has no bar and the label 0."""
    drawable = [
        {
            "name": row.name,
            "value": row.value or 0,
            "color": row.color or theme.primary,
            "label": row.label,
            "change": row.change,
            "known": row.value is not None,
        }
        for row in rows
    ]
    largest = max((row.value or 0 for row in rows), default=0) or 1
    x = alt.X("value:Q", scale=alt.Scale(domain=[0, largest * DOMAIN], nice=False), axis=None)
    y = alt.Y(
        "name:N",
        sort=[row.name for row in rows],
        axis=alt.Axis(title=None, domain=False, labelColor=theme.text, labelPadding=8),
        scale=alt.Scale(paddingInner=0.5, paddingOuter=0.25),
    )
    known = [row for row in drawable if row["known"]]
    unknown = [row for row in drawable if not row["known"]]
    color = alt.Color("color:N", scale=None, legend=None)
    layers = [
        drawn(known).mark_bar(cornerRadiusEnd=2, height={"band": 1}).encode(x=x, y=y, color=color),
        _text(known, theme.text, dx=8).encode(x=x, y=y, text="label:N"),
        _text(unknown, theme.muted, dx=2).encode(x=x, y=y, text="label:N"),
    ]
    if any(row.change for row in rows):
        layers.append(_text(known, theme.muted, align="right").encode(x=alt.value("width"), y=y, text="change:N"))
    return framed(layers, theme, width, height)


def _change(text: str) -> str:
    return "" if text == UNKNOWN else text


def _text(
    rows: list[dict[str, Any]], color: str, *, align: Literal["left", "right"] = "left", dx: int = 0
) -> alt.Chart:
    chart: alt.Chart = drawn(rows).mark_text(align=align, baseline="middle", dx=dx, fontSize=LABEL_SIZE, color=color)
    return chart
