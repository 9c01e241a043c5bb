"""One post: what it says, every figure, how they grew, and where each observation lies."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.changes import changes_table
from dashboards.pieces.growth import figures, growth, lineage, published, tombstone
from dashboards.pieces.header import header
from dashboards.pieces.words import name_of, plain
from reporting.charts.tokens import network_title

key = st.query_params.get("post")
if not key:
    header("Post")
    st.page_link("app_pages/posts.py", label="Choose one of the posts", icon=":material/grid_view:")
    st.stop()

with session.refusals():
    api = session.api()
    post = api.get(f"/social/posts/{key}")
    header(name_of(post, 80), post, *published(post), of_figures=True)
    kind = f"{network_title(post['platform'])} {post['kind'] or 'post'}"
    st.markdown(f"{kind} on **{plain(post['account_name'] or 'an unknown account')}**")
    if post["problem"]:
        st.warning(plain(post["problem"]), icon=":material/error:")
    tombstone(post)
    if post["text"]:
        with st.container(border=True):
            st.text(post["text"])
    if post["permalink"]:
        st.link_button("Open at the network", post["permalink"], icon=":material/open_in_new:", type="tertiary")
    figures(post)
    growth(post)
    changed = api.get("/analytics/changes", post_key=key, limit=100)["items"]
    if changed:
        st.subheader("What changed", anchor=False)
        changes_table(changed, with_post=False)
    lineage(post)
