"""The top of a page: its name, and how fresh everything on it is."""

from datetime import date, datetime
from typing import Any

import streamlit as st

from dashboards.pieces import moment as known
from dashboards.pieces import session


def header(title: str, fresh: dict[str, Any] | None = None, *more: str, of_figures: bool = False) -> None:
    """`fresh` holds `observed_at`, `next_expected_at`, `settled_to` of the API; `more` is added to its line. A page
    `of_figures` can be asked as known on a past day."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="top"):
        with st.container(gap="xxsmall", width="content"):
            st.title(title, anchor=False)
            parts = [*freshness(fresh), *more] if fresh else list(more)
            if parts:
                st.caption((":material/check_circle: " if fresh else "") + " · ".join(parts))
        if of_figures:
            known.picker(session.numbers())
    if of_figures:
        known.banner(session.numbers())


def freshness(fresh: dict[str, Any]) -> list[str]:
    """*Observed 14 minutes ago*, *next at 16:00*, *days up to 18 Nov are settled*."""
    numbers, now = session.numbers(), session.now()
    observed = session.moment(fresh.get("observed_at"))
    if observed is None:
        return ["Nothing observed yet"]
    parts = [f"Observed {numbers.age(observed, now)}"]
    expected = session.moment(fresh.get("next_expected_at"))
    if expected is not None:
        parts.append(f"due since {numbers.moment(expected, now)}" if expected < now else _next(expected))
    if fresh.get("settled_to"):
        settled = date.fromisoformat(fresh["settled_to"])
        parts.append(f"days up to {numbers.day(settled, numbers.today(now))} are settled")
    return parts


def _next(expected: datetime) -> str:
    numbers, now = session.numbers(), session.now()
    return f"next {numbers.moment(expected, now).replace('today ', 'at ')}"
