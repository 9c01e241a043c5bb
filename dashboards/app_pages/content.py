"""What is written: drafts, what waits for approval, what went out; or one of them."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.header import header
from dashboards.pieces.library import STAGES, approval_rule, library_table, review, summary, written
from dashboards.pieces.words import counted, name_of

PAGE = 100

with session.refusals():
    api = session.api()
    post_id = st.query_params.get("post")
    if post_id:
        post = api.get(f"/content/{post_id}")
        header(name_of(post, 80), None, STAGES[post["stage"]], *post["tags"])
        st.page_link("app_pages/content.py", label="All content", icon=":material/arrow_back:")
        accounts = {account["id"]: account for account in api.all("/social/accounts")}
        left, right = st.columns([3, 2], gap="medium")
        with left:
            written(post, accounts)
        with right:
            review(post)
        st.stop()
    top = st.container()
    with st.container(horizontal=True, gap="small"):
        stage = st.segmented_control(
            "Stage",
            list(STAGES),
            format_func=STAGES.__getitem__,
            key="stage",
            label_visibility="collapsed",
            bind="query-params",
            wrap=True,
        )
        tags = [one["tag"] for one in api.get("/content/tags")]
        tag = st.selectbox(
            "Tag", tags, index=None, placeholder="Any tag", key="tag", label_visibility="collapsed", width=180
        )
        words = st.text_input("Find", placeholder="Find in text", key="q", label_visibility="collapsed", width=220)
    found = api.get("/content/library", stage=stage, tag=tag, q=words or None, limit=PAGE)
    posts, more = found["items"], found["next_cursor"] is not None
    with top:
        header("Content", None, f"the newest {PAGE} posts" if more else counted(len(posts), "post"))
        with st.container(horizontal=True, gap="small"):
            if session.may("posts.write") and st.button("Compose", type="primary", icon=":material/edit_square:"):
                st.switch_page("app_pages/compose.py")
            approval_rule()
    st.markdown(summary(posts, more))
    if posts:
        library_table(posts)
    else:
        st.info("Nothing written that fits.", icon=":material/edit_note:")
