"""Posts in a table: one row opens its post."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.words import WHY_CAPTION, name_of, why_empty
from reporting.charts.tokens import network_title

SHOWN = ("views", "reach", "engagements", "engagement_rate")


def posts_table(posts: Sequence[dict[str, Any]], key: str) -> None:
    """Selecting a row opens the post."""
    rows = [_row(post) for post in posts]
    columns = {
        "mark": st.column_config.ImageColumn("", width=36),
        "post": st.column_config.TextColumn("Post", width=222),
        "views": st.column_config.NumberColumn("Views", format="localized", width=76),
        "reach": st.column_config.NumberColumn("Reach", format="localized", width=78),
        "engagements": st.column_config.NumberColumn("Engaged", format="localized", width=78),
        "rate": st.column_config.NumberColumn("Rate", format="%.1f %%", width=64),
        "score": st.column_config.NumberColumn(
            "Score", format="%.0f", width=56, help="0 to 100 against the account's own history of that kind"
        ),
        "network": st.column_config.TextColumn("Network", width=84),
        "published": st.column_config.TextColumn("Published", width=136),
        "why": st.column_config.TextColumn("Why empty", width=176),
    }
    chosen = st.dataframe(
        rows,
        column_config=columns,
        hide_index=True,
        placeholder="—",
        on_select="rerun",
        selection_mode="single-row",
        key=key,
        row_height=38,
        height="content" if len(rows) <= 20 else 760,
        alt="Posts with their figures; a dash is explained in the last column",
    )
    if any(row["why"] for row in rows):
        st.caption(WHY_CAPTION)
    if chosen.selection.rows:
        post = posts[chosen.selection.rows[0]]
        st.switch_page("app_pages/post.py", query_params={"post": post["post_key"]})


def _row(post: dict[str, Any]) -> dict[str, Any]:
    numbers, now = session.numbers(), session.now()
    at = session.moment(post["published_at"] or post["scheduled_at"])
    rate = post["engagement_rate"]
    status = "" if post["status"] == "published" else f"{post['status'].replace('_', ' ')} · "
    if post["deleted_at"]:
        status = "deleted at the network · "
    return {
        "mark": dot(session.theme().network(post["platform"])),
        "post": name_of(post, 29),
        "views": post["views"],
        "reach": post["reach"],
        "engagements": post["engagements"],
        "rate": None if rate is None else 100 * rate,
        "score": post["score"],
        "network": network_title(post["platform"]),
        "published": "unknown" if at is None else numbers.moment(at, now),
        "why": (status + why_empty(post["why_unknown"], SHOWN)).removesuffix(" · "),
    }


def dot(color: str) -> str:
    """A disc in a network's colour, as an image that needs no server."""
    disc = f'<circle cx="10" cy="10" r="5" fill="{color}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20">{disc}</svg>'
    return f"data:image/svg+xml,{quote(svg)}"
