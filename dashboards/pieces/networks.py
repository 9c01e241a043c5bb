"""Every figure of every network in full, with why some are empty."""

from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.words import METRICS, WHY_CAPTION
from reporting.charts.tokens import in_order, network_title

ROWS = (
    "posts",
    "views",
    "reach",
    "impressions",
    "engagements",
    "engagement_rate",
    "reactions",
    "likes",
    "comments",
    "shares",
    "saves",
    "clicks",
    "followers",
)


def networks_table(data: dict[str, Any]) -> None:
    """A row per metric, a column per network; `data` is the answer of /analytics/dashboard."""
    together = {**data["totals"], **data["headline"]}
    rows = []
    for metric in ROWS:
        row = {"Figure": METRICS[metric], "Together": _text(metric, together[metric]["value"])}
        row |= {network["title"]: _text(metric, network[metric]) for network in data["networks"]}
        rows.append(row | {"Why empty": _why(metric, data["networks"])})
    width = 92 if len(data["networks"]) > 4 else 104
    columns = {
        title: st.column_config.TextColumn(title, width=width, alignment="right")
        for title in ("Together", *(network["title"] for network in data["networks"]))
    }
    columns["Figure"] = st.column_config.TextColumn("Figure", width=124)
    columns["Why empty"] = st.column_config.TextColumn("Why empty", width=210)
    st.dataframe(
        rows,
        column_config=columns,
        hide_index=True,
        height="content",
        alt="Every figure of the period by network; a dash is explained in the last column",
    )
    st.caption(WHY_CAPTION)


def _text(metric: str, value: float | None) -> str:
    numbers = session.numbers()
    return numbers.rate(value) if metric == "engagement_rate" else numbers.full(value)


def _why(metric: str, networks: list[dict[str, Any]]) -> str:
    empty = [network for network in networks if network[metric] is None]
    never = in_order([network["platform"] for network in empty if metric in network["unsupported"]])
    late = in_order([network["platform"] for network in empty if metric not in network["unsupported"]])
    parts = []
    if never:
        parts.append(f"no {METRICS[metric].lower()} on {', '.join(map(network_title, never))}")
    if late:
        parts.append(f"not yet on {', '.join(map(network_title, late))}")
    return " · ".join(parts)
