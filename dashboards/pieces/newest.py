"""The newest publications above the posts, and what becomes of them."""

from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.ledger import STATUSES
from dashboards.pieces.words import plain, shortened
from reporting.charts.tokens import network_title

MOVING = ("scheduled", "publishing")
# How many publications are worth a look above the posts.
NEWEST = 12


def publications() -> None:
    """The newest publications; looks again by itself while one of them is on its way."""
    with session.refusals():
        found = _newest()
        if found:
            moving = any(item["status"] in MOVING for item in found)
            st.fragment(_listed, run_every=3 if moving else None)(moving)


def _newest() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = session.api().get("/social/publications", limit=NEWEST)["items"]
    return items


def _listed(was_moving: bool) -> None:
    with session.refusals():
        found = _newest()
        moving = [item for item in found if item["status"] in MOVING]
        open_ones = [item for item in found if item["status"] in ("failed", "needs_person")]
        if was_moving and not moving:
            st.rerun()
        label = f"Published from here: {len(moving)} on their way" if moving else "Published from here"
        with st.expander(label, expanded=bool(moving or open_ones)):
            for item in found:
                _line(item)


def _line(item: dict[str, Any]) -> None:
    now = session.now()
    when = session.numbers().moment(session.moment(item["published_at"] or item["scheduled_at"]), now)
    where = f"{network_title(item['platform'])} · {plain(item['account_name'])}"
    line = f"{STATUSES[item['status']].badge} {plain(shortened(item['text'], 60))} — {where} · {when}"
    if item["permalink"]:
        line += f" · [open]({item['permalink']})"
    st.markdown(line)
    if item["problem"]:
        st.caption(plain(item["problem"]))
