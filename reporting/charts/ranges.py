"""Estimates with their intervals beside each other, and what is unknown in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from reporting.charts.frame import drawn, framed
from reporting.charts.tokens import LABEL_SIZE, NOTE_SIZE, Theme

# Room right of the widest range for the value.
ROOM = 0.45


@dataclass(frozen=True, slots=True)
class Range:
    """`value` None has no mark, only its `label`, which then says why; without bounds there is a mark and no rule."""

    name: str
    value: float | None
    label: str
    low: float | None = None
    high: float | None = None


def ranges(
    rows: Sequence[Range], theme: Theme, *, even: str, width: int | None = None, height: int = 280
) -> alt.LayerChart:
    """In the order of `rows`, around zero, which `even` names."""
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None] + [0.0]
    low, high = min(ends), max(ends)
    span = (high - low) or 1
    domain = [low - 0.05 * span, high + ROOM * span]
    x = _x("value", domain)
    y = alt.Y(
        "name:N",
        sort=[row.name for row in rows],
        axis=alt.Axis(title=None, domain=False, labelColor=theme.text, labelPadding=8, labelLimit=170),
        scale=alt.Scale(paddingInner=0.5, paddingOuter=0.5),
    )
    known = [_row(row) for row in rows if row.value is not None]
    bounded = [row for row in known if row["low"] is not None]
    unknown = [_row(row) for row in rows if row.value is None]
    zero = [{"value": 0, "even": even}]
    layers = [
        drawn(zero).mark_rule(color=theme.axis).encode(x=x),
        drawn(zero)
        .mark_text(align="left", baseline="top", dx=4, fontSize=NOTE_SIZE, color=theme.muted)
        .encode(x=x, y=alt.value(0), text="even:N"),
        drawn(bounded)
        .mark_rule(strokeWidth=5, strokeCap="round", opacity=0.3, color=theme.primary)
        .encode(x=_x("low", domain), x2="high:Q", y=y),
        drawn(known).mark_point(filled=True, size=70, opacity=1, color=theme.primary).encode(x=x, y=y),
        _text(known, theme.text, "left", 8).encode(x=_x("end", domain), y=y, text="label:N"),
        _text(unknown, theme.muted, "left", 4).encode(x=x, y=y, text="label:N"),
    ]
    return framed(layers, theme, width, height)


def _row(row: Range) -> dict[str, Any]:
    return {
        "name": row.name,
        "value": row.value or 0,
        "low": row.low,
        "high": row.high,
        "end": row.high if row.high is not None else row.value or 0,
        "label": row.label,
    }


def _x(name: str, domain: list[float]) -> alt.X:
    return alt.X(f"{name}:Q", scale=alt.Scale(domain=domain, nice=False), axis=None)


def _text(rows: list[dict[str, Any]], color: str, align: Literal["left", "right"], dx: int) -> alt.Chart:
    chart: alt.Chart = drawn(rows).mark_text(align=align, baseline="middle", dx=dx, fontSize=LABEL_SIZE, color=color)
    return chart
