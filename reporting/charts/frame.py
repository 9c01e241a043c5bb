"""What all charts share: font, furniture, transparent ground, size."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from reporting.charts.tokens import LABEL_SIZE, Theme


def drawn(rows: list[dict[str, Any]]) -> alt.Chart:
    """A chart of these rows, without a data frame."""
    return alt.Chart({"values": rows})


def framed(layers: Sequence[alt.Chart], theme: Theme, width: int | None, height: int) -> alt.LayerChart:
    """`width` in px; None takes what the page gives."""
    furniture: dict[str, Any] = {
        "labelColor": theme.muted,
        "labelFontSize": LABEL_SIZE,
        "labelPadding": 6,
        "gridColor": theme.grid,
        "gridOpacity": 1,
        "domainColor": theme.axis,
        "tickColor": theme.axis,
        "tickSize": 4,
    }
    config = {
        "font": theme.font,
        "background": "transparent",
        "view": {"stroke": None},
        "axis": furniture,
        "axisY": {"ticks": False},
        "axisX": {"grid": False},
    }
    return alt.LayerChart(
        layer=list(layers),
        width=width or "container",
        height=height,
        padding={"left": 0, "right": 8, "top": 8, "bottom": 0},
        autosize={"type": "fit", "contains": "padding"},
        config=config,
    )
