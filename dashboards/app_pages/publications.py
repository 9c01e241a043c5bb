"""What goes out and went out: first what needs somebody; or one of them with all that happened to it."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.deeds import told_before
from dashboards.pieces.header import header
from dashboards.pieces.ledger import GROUPS, PAGE, STATUSES, acts, facts, finding, in_pages, newest, timeline
from dashboards.pieces.words import name_of
from reporting.charts.tokens import network_title

with session.refusals():
    api = session.api()
    publication_id = st.query_params.get("publication")
    if publication_id:
        one = api.get(f"/social/publications/{publication_id}")
        header(name_of(one, 80), None, f"{network_title(one['platform'])} · {one['account_name']}")
        st.page_link("app_pages/publications.py", label="All publications", icon=":material/arrow_back:")
        left, right = st.columns([3, 2], gap="medium")
        with left:
            facts(one)
            st.page_link("app_pages/content.py", label="What was written", query_params={"post": one["post_id"]})
        with right:
            acts(one)
            st.subheader("What happened", anchor=False)
            timeline(api.get(f"/social/publications/{publication_id}/history"))
        st.stop()
    header("Publications")
    told_before()
    found = {status: api.get("/social/publications", status=status, limit=PAGE) for status in GROUPS}
    st.markdown(finding(found))
    status = st.segmented_control(
        "Status",
        list(GROUPS),
        format_func=lambda name: STATUSES[name].word,
        key="status",
        label_visibility="collapsed",
        bind="query-params",
        wrap=True,
    )
    if status:
        in_pages(status)
    else:
        newest(found)
    if not any(page["items"] for page in found.values()):
        st.info("Nothing here.", icon=":material/event_busy:")
        if session.may("posts.write"):
            st.page_link("app_pages/compose.py", label="Compose a post", icon=":material/edit_square:")
