"""Every figure of every network in full, and in words where there is none."""

from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.words import INSTEAD, METRICS

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
        row = {"Figure": METRICS[metric], "Together": _together(metric, together[metric])}
        rows.append(row | {network["title"]: _of(metric, network) for network in data["networks"]})
    columns = {
        title: st.column_config.TextColumn(title, alignment="right")
        for title in ("Together", *(network["title"] for network in data["networks"]))
    }
    columns["Figure"] = st.column_config.TextColumn("Figure", width=124)
    st.dataframe(
        rows,
        column_config=columns,
        hide_index=True,
        height="content",
        alt="Every figure of the period by network; where one is unknown the cell says why",
    )
    st.caption("Of the posts published in these days; followers at their end. A 0 is a real zero.")


def _together(metric: str, figure: dict[str, Any]) -> str:
    return INSTEAD[figure["status"]].lower() if figure["value"] is None else _text(metric, figure["value"])


def _of(metric: str, network: dict[str, Any]) -> str:
    if network[metric] is not None:
        return _text(metric, network[metric])
    return reason(metric, network)


def reason(metric: str, network: dict[str, Any]) -> str:
    """Why a network has no such figure for the period."""
    if metric in network["unsupported"]:
        return "not offered"
    return "no posts" if metric != "followers" and not network["posts"] else "not yet"


def _text(metric: str, value: float) -> str:
    numbers = session.numbers()
    return numbers.rate(value) if metric == "engagement_rate" else numbers.full(value)
