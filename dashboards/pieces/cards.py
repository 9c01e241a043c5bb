"""Headline figures: the value, its change, its days, and what must be known about it."""

import math
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.words import INSTEAD, METRICS
from reporting.charts.numbers import MINUS
from reporting.charts.tokens import in_order, network_title

# The narrowest card in which a label and a compact number fit.
NARROWEST = 146


def headline(figures: dict[str, dict[str, Any]], shown: tuple[str, ...]) -> None:
    """A card for each figure; one that no network offers is left out."""
    offered = [name for name in shown if figures[name]["status"] != "unsupported"]
    cards = st.grid(len(offered), min_column_width=NARROWEST)
    for name in offered:
        with cards.container(border=True, height="stretch", gap="xsmall"):
            card(name, figures[name])


def card(metric: str, figure: dict[str, Any]) -> None:
    if figure["value"] is None:
        st.metric(METRICS[metric], f":gray[{INSTEAD[figure['status']]}]")
        st.caption(figure["left_out"][0]["reason"] if figure["left_out"] else "Nothing observed yet")
        return
    numbers = session.numbers()
    is_rate = metric == "engagement_rate"
    value, before = figure["value"], figure["previous"]
    change = numbers.points(value, before) if is_rate else numbers.change(value, before)
    reason = figure["previous_reason"]
    st.metric(
        METRICS[metric],
        numbers.rate(value) if is_rate else numbers.compact(value),
        # A hyphen: Streamlit takes a true minus for growth.
        "no comparison" if reason else None if value == before else change.replace(MINUS, "-"),
        delta_color="off",
        delta_arrow="auto" if value != before and change[0] in f"+{MINUS}" else "off",
        help=reason,
        chart_data=sparkline([value for _, value in figure.get("daily", ())]),
    )
    st.caption(remark(figure))


def sparkline(values: list[float | None]) -> list[float] | None:
    """Unknown days are gaps (NaN), never zeros; None where most are, so that there is no line to draw."""
    known = sum(value is not None for value in values)
    if known < 2 or known < len(values) / 2:
        return None
    return [math.nan if value is None else value for value in values]


def remark(figure: dict[str, Any]) -> str:
    """What the number leaves out, else whether it still moves."""
    unsupported = [gap["platform"] for gap in figure["left_out"] if gap["status"] == "unsupported"]
    partly = [gap["platform"] for gap in figure["left_out"] if gap["status"] != "unsupported"]
    parts = []
    if unsupported:
        parts.append(f"Without {_names(unsupported)}")
    if partly:
        parts.append(f"{_names(partly)} in part")
    if not parts:
        parts.append("Settled" if figure["settled"] else "Provisional")
    return " · ".join(parts)


def _names(platforms: list[str]) -> str:
    return ", ".join(network_title(name) for name in in_order(platforms))
