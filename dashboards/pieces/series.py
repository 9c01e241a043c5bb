"""The main chart of a page, and the breakdown beside it."""

from datetime import date
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.networks import reason
from dashboards.pieces.words import METRICS, name_of
from reporting.charts.bars import NetworkFigure, by_network
from reporting.charts.daily import Days, PostMark, daily
from reporting.charts.totals import Total, total

CHOICES = ("views", "reach", "engagements", "followers")


def per_day(metric: str, data: dict[str, Any], before: list[dict[str, Any]], posts: list[dict[str, Any]]) -> None:
    """`data` is the answer of /analytics/dashboard, `before` the days of the period it is compared with."""
    period = {name: value for name, value in data["period"].items() if name != "days"}
    since, until, old_since, old_until = (
        date.fromisoformat(period[name]) for name in ("since", "until", "previous_since", "previous_until")
    )
    now = total(data["days"], metric, since, until)
    old = total(before, metric, old_since, old_until)
    count = data["period"]["days"]
    numbers = session.numbers()
    title = METRICS[metric] if metric == "followers" else f"{METRICS[metric]} per day"
    st.markdown(f"### {title}")
    st.markdown(f":small[:primary[**This period**] :gray[· {_key(now, old, since, count, bool(posts))}]]")
    if all(value is None for value in now.values):
        st.info(f"No {METRICS[metric].lower()} are known for these days.", icon=":material/hourglass_empty:")
        return
    days = Days(since, now.values, old.values, now.settled_to, _marks(posts), now.gaps)
    known = [value for value in now.values if value is not None]
    st.altair_chart(
        daily(days, session.theme(), numbers, metric=METRICS[metric]),
        theme=None,
        width="stretch",
        alt=f"{title}, {numbers.span(since, until)}: from {numbers.full(min(known))} to {numbers.full(max(known))}",
    )


def breakdown(metric: str, networks: list[dict[str, Any]], days: int) -> None:
    """The same figure by network."""
    st.markdown(f"### {METRICS[metric]} by network")
    whose = "At the end of the period" if metric == "followers" else "Of the posts published in these days"
    st.caption(f"{whose}, with the change against {days} days before")
    if not networks:
        st.info("No accounts yet.", icon=":material/link:")
        return
    figures = [
        NetworkFigure(
            network["platform"],
            network[metric],
            network["followers_previous"] if metric == "followers" else (network["previous"] or {}).get(metric),
            reason(metric, network),
        )
        for network in networks
    ]
    st.altair_chart(
        by_network(figures, session.theme(), session.numbers()),
        theme=None,
        width="stretch",
        alt=f"{METRICS[metric]} by network, the largest first",
    )


def _key(now: Total, old: Total, since: date, days: int, has_posts: bool) -> str:
    """The rest of the caption that is the legend."""
    parts = ["what happened on each day"]
    if any(value is not None for value in old.values):
        parts.append(f"grey: {days} days before")
    if now.settled_to is None or any(value is not None for value in _after(now)):
        parts.append("dotted: provisional")
    if has_posts:
        parts.append("ticks: posts")
    if early := now.ends_early(since):
        parts.append(f"ends {session.numbers().short_day(early[0])}: {early[1]}")
    if now.without:
        parts.append(f"without {', '.join(now.without)}")
    return " · ".join(parts)


def _after(now: Total) -> list[float | None]:
    """What comes after the last settled day, which is counted from the first."""
    return now.values[now.settled_days :]


def _marks(posts: list[dict[str, Any]]) -> list[PostMark]:
    return [
        PostMark(date.fromisoformat(post["published_at"][:10]), name_of(post), post["platform"])
        for post in posts
        if post["published_at"]
    ]
