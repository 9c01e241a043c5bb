"""How one total becomes another: each part begins where the one before it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from reporting.charts.frame import drawn, framed
from reporting.charts.numbers import UNKNOWN, Numbers
from reporting.charts.tokens import LABEL_SIZE, Theme

# Room right of the longest bar for its value.
DOMAIN = 1.25


@dataclass(frozen=True, slots=True)
class Part:
    """`value` is added to what is before it, None is unknown and adds nothing; a total stands on the axis."""

    name: str
    value: float | None
    is_total: bool = False


def bridge(
    parts: Sequence[Part], theme: Theme, numbers: Numbers, *, width: int | None = None, height: int = 240
) -> alt.LayerChart:
    """From above to below, in the order of `parts`; what takes away has a colour of its own, and its sign."""
    rows: list[dict[str, Any]] = []
    ends = [0.0]
    for part in parts:
        start = 0.0 if part.is_total else ends[-1]
        end = start + (part.value or 0.0)
        color, label = _color(part, theme), _label(part, numbers)
        rows.append({"name": part.name, "from": min(start, end), "to": max(start, end), "color": color, "label": label})
        ends.append(end)
    scale = alt.Scale(domain=[min(ends), max(*ends, 1.0) * DOMAIN], nice=False)
    y = alt.Y(
        "name:N",
        sort=[part.name for part in parts],
        axis=alt.Axis(title=None, domain=False, labelColor=theme.text, labelPadding=8, labelLimit=220),
        scale=alt.Scale(paddingInner=0.5, paddingOuter=0.25),
    )
    bars = drawn(rows).mark_bar(height={"band": 1}, minBandSize=2)
    words = drawn(rows).mark_text(align="left", baseline="middle", dx=8, fontSize=LABEL_SIZE, color=theme.text)
    return framed(
        [
            bars.encode(
                x=alt.X("from:Q", scale=scale, axis=None),
                x2="to:Q",
                y=y,
                color=alt.Color("color:N", scale=None, legend=None),
            ),
            words.encode(x=alt.X("to:Q", scale=scale, axis=None), y=y, text="label:N"),
        ],
        theme,
        width,
        height,
    )


def _color(part: Part, theme: Theme) -> str:
    if part.is_total:
        return theme.primary
    return theme.compare if (part.value or 0) >= 0 else theme.attention


def _label(part: Part, numbers: Numbers) -> str:
    if part.value is None:
        return UNKNOWN
    sign = "+" if part.value > 0 and not part.is_total else ""
    return f"{sign}{numbers.full(part.value)}"
