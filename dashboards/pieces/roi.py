"""Money out and money in: headline figures, return with its range, the models side by side, every figure."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.words import plain, shortened
from reporting.charts.numbers import MINUS, SPACE
from reporting.charts.ranges import Range, ranges
from reporting.charts.tokens import network_title

BY = {"campaign": "Campaign", "post": "Post", "platform": "Network", "account": "Account"}
MODELS = {
    "last_touch": "Last touch",
    "first_touch": "First touch",
    "linear": "Linear",
    "time_decay": "Time decay",
    "position": "Position",
}
PARTS = {"elsewhere": "Belongs to none of these", "unattributed": "No touch led to it", "total": "Together"}
FIGURES = {
    "revenue": "Money in",
    "cost": "Money out",
    "roi": "Return",
    "conversions": "Conversions",
    "conversion_rate": "Conversion rate",
    "cost_per_conversion": "Cost each",
}
RATES = ("roi", "conversion_rate")
# What is unknown with a figure makes these unknown too.
CAUSES = {"conversion_rate": ("clicks", "conversions"), "cost_per_conversion": ("cost", "conversions")}
MOST = 8
# Grouped, two decimals.
MONEY = "accounting"
NARROWEST = 146


def name_of(item: dict[str, Any], length: int = 28) -> str:
    """What a group is called."""
    if item["part"] != "group":
        return PARTS[item["part"]]
    if item["name"] is not None and item["name"] == item["platform"]:
        return network_title(item["platform"])
    return shortened(item["name"], length) or "Without a name"


def money_cards(data: dict[str, Any], before: dict[str, Any]) -> None:
    """The total of the period beside that of as many days before."""
    cards = st.grid(len(FIGURES), min_column_width=NARROWEST)
    for metric in FIGURES:
        with cards.container(border=True, height="stretch", gap="xsmall"):
            _card(metric, data["total"], before["total"], data["currency"])


def _card(metric: str, now: dict[str, Any], before: dict[str, Any], currency: str) -> None:
    numbers, value, old = session.numbers(), now[metric], before[metric]
    is_money = metric in ("revenue", "cost", "cost_per_conversion")
    label = f"{FIGURES[metric]}, {currency}" if is_money else FIGURES[metric]
    if value is None:
        st.metric(label, ":gray[Unknown]")
        st.caption(reason(metric, now).capitalize())
        return
    change = (numbers.points if metric in RATES else numbers.change)(value, old)
    st.metric(
        label,
        told(metric, value),
        # A hyphen: Streamlit takes a true minus for growth.
        None if old is None or value == old else change.replace(MINUS, "-"),
        delta_color="off",
        delta_arrow="auto" if value != old and change[0] in f"+{MINUS}" else "off",
    )
    interval = now.get(f"{metric}_interval")
    if interval:
        st.caption(f"{told(metric, interval[0])} – {told(metric, interval[1])}, 95{SPACE}% range")
    else:
        st.caption("Before: unknown" if old is None else f"Before: {told(metric, old)}")


def told(metric: str, value: float) -> str:
    numbers = session.numbers()
    if metric in RATES:
        return numbers.rate(value)
    return numbers.compact(value) if abs(value) >= 1000 else numbers.full(round(value, 2))


def reason(metric: str, item: dict[str, Any]) -> str:
    """Why a figure of a group is unknown, in words."""
    known = {one["metric"]: one["reason"] for one in item["unknown"]}
    wanted = (metric, *CAUSES.get(metric, ()))
    return next((known[name] for name in wanted if name in known), "nothing to divide by")


def return_chart(data: dict[str, Any]) -> None:
    """Return of each group with its range, those with the most money in first."""
    st.markdown(f"### Return by {BY[data['by']].lower()}")
    st.caption(
        f"What came back beyond what was spent, of what was spent · bar: 95{SPACE}% range, had buyers fallen otherwise"
    )
    groups = [item for item in data["items"] if item["part"] == "group"][:MOST]
    if not groups:
        st.info("Nothing was spent or earned in these days.", icon=":material/hourglass_empty:")
        return
    rows = [_range(item, name) for item, name in zip(groups, _names(groups), strict=True)]
    st.altair_chart(
        ranges(rows, session.theme(), even="break even", height=34 * len(rows) + 40),
        theme=None,
        width="stretch",
        alt="Return of each, with its range; where one is unknown the row says why",
    )


def _range(item: dict[str, Any], name: str) -> Range:
    low, high = item["roi_interval"] or (None, None)
    label = reason("roi", item) if item["roi"] is None else session.numbers().rate(item["roi"])
    return Range(name, item["roi"], label, low, high)


def _names(items: Sequence[dict[str, Any]]) -> list[str]:
    """Different names for different groups."""
    found: list[str] = []
    for item in items:
        name = name_of(item)
        found.append(name if name not in found else f"{name} ({found.count(name) + len(found)})")
    return found


def models_table(found: dict[str, Any], chosen: str) -> None:
    """Money in under each model: the same total, shared out in five ways."""
    st.markdown("### What each model gives")
    st.caption(f"Money in, {found['currency']} · every model shares out the same sales · shown above: {MODELS[chosen]}")
    rows = [
        {"name": name_of(item), **{model: item["models"][model]["revenue"] for model in MODELS}}
        for item in (*found["items"][:MOST], found["total"])
    ]
    columns: dict[str, Any] = {"name": st.column_config.TextColumn(BY[found["by"]], width=126)}
    columns |= {model: st.column_config.NumberColumn(title, format=MONEY, width=82) for model, title in MODELS.items()}
    st.dataframe(
        rows,
        column_config=columns,
        hide_index=True,
        placeholder="—",
        height="content",
        key="models",
        alt="Money in by model of attribution; the last row is the total, the same under every model",
    )
    meanings = {one["model"]: one for one in found["models"]}
    with st.popover("What the models mean", type="tertiary", icon=":material/help:"):
        for model, title in MODELS.items():
            st.markdown(f"**{title}**, version {meanings[model]['version']}: {plain(meanings[model]['meaning'])}")


def figures_table(data: dict[str, Any]) -> None:
    """Every figure of every group; a dash is explained in the last column."""
    shown = ("revenue", "cost", "roi", "clicks", "conversions", "conversion_rate", "cost_per_conversion")
    rows = []
    for item in (*data["items"], data["total"]):
        row = {"name": name_of(item), **{metric: item[metric] for metric in shown}}
        for rate in RATES:
            row[rate] = None if item[rate] is None else 100 * item[rate]
        row["why"] = " · ".join(dict.fromkeys(reason(metric, item) for metric in shown if item[metric] is None))
        rows.append(row)
    number, currency = st.column_config.NumberColumn, data["currency"]
    columns = {
        "name": st.column_config.TextColumn(BY[data["by"]], width=160),
        "revenue": number(f"In, {currency}", format=MONEY, width=92),
        "cost": number(f"Out, {currency}", format=MONEY, width=92),
        "roi": number("Return", format="%.1f %%", width=80),
        "clicks": number("Clicks", format="localized", width=68),
        "conversions": number("Conversions", format="%.1f", width=92),
        "conversion_rate": number("Rate", format="%.1f %%", width=68),
        "cost_per_conversion": number("Cost each", format=MONEY, width=82),
        "why": st.column_config.TextColumn("Why empty", width=264),
    }
    st.dataframe(
        rows,
        column_config=columns,
        hide_index=True,
        placeholder="—",
        height="content",
        key="figures",
        alt="Money in and out with clicks and conversions; a dash is explained in the last column",
    )
    more = f" {data['more']:,} more are in the total." if data["more"] else ""
    st.caption(
        "A sale counts on its day, a cost on the day it begins. What nobody entered is unknown, not free; "
        f"a 0 is a real zero.{more}"
    )
