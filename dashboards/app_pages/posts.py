"""Every post of the chosen days, wherever it was made, and the way to a new one."""

import streamlit as st

from dashboards.pieces import filters, session
from dashboards.pieces.header import header
from dashboards.pieces.newest import publications
from dashboards.pieces.posts import posts_table
from dashboards.pieces.words import counted

ORDERS = {
    "newest": ("Newest", "published_at", "desc"),
    "best": ("Best score", "score", "desc"),
    "weakest": ("Weakest score", "score", "asc"),
    "viewed": ("Most viewed", "views", "desc"),
    "engaged": ("Most engaged", "engagements", "desc"),
}
PAGE = 100

with session.refusals():
    api = session.api()
    top = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom")
    chosen, dates = filters.choose()
    with st.container(horizontal=True, gap="small"):
        order = st.segmented_control(
            "Order",
            list(ORDERS),
            default="newest",
            format_func=lambda name: ORDERS[name][0],
            key="order",
            label_visibility="collapsed",
            bind="query-params",
            required=True,
            wrap=True,
        )
        words = st.text_input("Find", placeholder="Find in text", key="q", label_visibility="collapsed", width=220)
    period = api.get("/analytics/engagement", **chosen.query)["period"]
    filters.show_dates(dates, period)
    _, sort, direction = ORDERS[order]
    found = api.get(
        "/social/posts",
        since=period["since"],
        until=period["until"],
        platform=chosen.networks,
        q=words or None,
        sort=sort,
        order=direction,
        limit=PAGE,
    )
    with top:
        count = f"the first {PAGE} posts" if found["next_cursor"] else counted(len(found["items"]), "post")
        header("Posts", found["freshness"], count, of_figures=True)
        if session.may("posts.write") and st.button("Compose", type="primary", icon=":material/edit_square:"):
            st.switch_page("app_pages/compose.py")
    publications()
    if found["items"]:
        posts_table(found["items"], "posts")
    else:
        st.info("No posts in these days. Choose a longer period, or all networks.", icon=":material/search_off:")
