"""One post: what it says, every figure, how they grew, and where each observation lies."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.growth import figures, growth, lineage
from dashboards.pieces.header import header
from dashboards.pieces.words import name_of, plain
from reporting.charts.tokens import network_title

key = st.query_params.get("post")
if not key:
    header("Post")
    st.page_link("app_pages/posts.py", label="Choose one of the posts", icon=":material/grid_view:")
    st.stop()

with session.refusals():
    post = session.api().get(f"/social/posts/{key}")
    numbers, now = session.numbers(), session.now()
    at = session.moment(post["published_at"])
    header(name_of(post, 80), post, "published " + ("at an unknown time" if at is None else numbers.moment(at, now)))
    kind = f"{network_title(post['platform'])} {post['kind'] or 'post'}"
    st.markdown(f"{kind} on **{plain(post['account_name'] or 'an unknown account')}**")
    if post["problem"]:
        st.warning(plain(post["problem"]), icon=":material/error:")
    if post["text"]:
        with st.container(border=True):
            st.text(post["text"])
    if post["permalink"]:
        st.link_button("Open at the network", post["permalink"], icon=":material/open_in_new:", type="tertiary")
    figures(post)
    growth(post)
    lineage(post)
