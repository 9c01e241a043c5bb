"""A single post's figures: now, over time, and where they come from."""

from datetime import date
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.cards import NARROWEST
from dashboards.pieces.words import INSTEAD, METRICS, counted
from reporting.charts.daily import Days, daily
from reporting.charts.numbers import days_between

COUNTS = ("views", "reach", "impressions", "reactions", "likes", "comments", "shares", "saves", "clicks")


# What a score compares a post with.
BASES = {
    "account+kind": "of this kind on the account",
    "account": "on the account",
    "platform": "on the network",
}


def published(post: dict[str, Any]) -> list[str]:
    """When it went out, and when the network was last asked about it."""
    numbers, now = session.numbers(), session.now()
    at, asked = session.moment(post["published_at"]), session.moment(post["confirmed_at"])
    told = ["published " + ("at an unknown time" if at is None else numbers.moment(at, now))]
    return told if asked is None else [*told, f"last asked {numbers.age(asked, now)}"]


def tombstone(post: dict[str, Any]) -> None:
    gone = session.moment(post["deleted_at"])
    if gone is not None:
        when = session.numbers().moment(gone, session.now())
        st.info(
            f"**Deleted at the network**, found gone {when}. Its figures stay as they were last seen.",
            icon=":material/delete:",
        )


def figures(post: dict[str, Any]) -> None:
    """Every figure that the network offers, and a line about those it does not."""
    numbers = session.numbers()
    offered = [
        metric
        for metric in (*COUNTS, "engagements", "engagement_rate")
        if post["why_unknown"].get(metric) != "unsupported"
    ]
    cards = st.grid("auto", min_column_width=NARROWEST)
    for metric in offered:
        value = post[metric]
        known = numbers.rate(value) if metric == "engagement_rate" else numbers.full(value)
        text = f":gray[{INSTEAD[post['why_unknown'].get(metric, 'not_yet')]}]" if value is None else known
        with cards.container(border=True, height="stretch", gap="xsmall"):
            st.metric(METRICS[metric], text)
            if metric == "engagement_rate" and value is not None:
                st.caption(f"Engagements by {post['engagement_rate_by']}")
    if post["score"] is not None:
        with cards.container(border=True, height="stretch", gap="xsmall"):
            st.metric("Score", numbers.full(round(post["score"])))
            st.caption(f"Of 100, against {counted(post['score_n'], 'post')} {BASES[post['score_basis']]}")
    never = [METRICS[m].lower() for m in COUNTS if post["why_unknown"].get(m) == "unsupported"]
    if never:
        st.caption(f"The network offers no {', '.join(never)}.")


def growth(post: dict[str, Any]) -> None:
    """The counter that says most, as it was seen from day to day; a day without observation is a gap."""
    seen = post["observations"]
    metric = next((m for m in COUNTS if any(found[m] is not None for found in seen)), None)
    if metric is None:
        return
    by_day = {date.fromisoformat(f["as_of_date"]): f[metric] for f in seen if f[metric] is not None}
    days = days_between(min(by_day), max(by_day))
    if len(days) < 2:
        return
    with st.container(border=True):
        st.markdown(f"### {METRICS[metric]} so far")
        st.caption("The network's counter on each day on which it was observed")
        chart = daily(
            Days(days[0], [by_day.get(day) for day in days], settled_to=days[-1]),
            session.theme(),
            session.numbers(),
            metric=METRICS[metric],
        )
        st.altair_chart(chart, theme=None, width="stretch", alt=f"{METRICS[metric]} of this post by day")


def lineage(post: dict[str, Any]) -> None:
    """From a figure to the lake file, page and record that it was read from."""
    with st.expander(f"Observations and where they lie ({len(post['observations'])})"):
        if not post["observations"]:
            st.caption("Not observed yet.")
            return
        numbers, now = session.numbers(), session.now()
        shown = [m for m in COUNTS if any(f[m] is not None for f in post["observations"])]
        rows = [
            {"Observed": numbers.moment(session.moment(found["observed_at"]), now)}
            | {METRICS[metric]: numbers.full(found[metric]) for metric in shown}
            | {
                "Lake file": found["lake_path"] or "—",
                "Page": numbers.full(found["lake_page"]),
                "Record": numbers.full(found["lake_record"]),
            }
            for found in reversed(post["observations"])
        ]
        st.dataframe(rows, hide_index=True, alt="Observations of this post, the newest first")
