"""Writing a post for every account at once, with everything that is wrong while it is written."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.accounts import in_shown_order, told_apart
from dashboards.pieces.deeds import deeds, moment_of
from dashboards.pieces.findings import looked_over
from dashboards.pieces.header import header
from dashboards.pieces.words import plain
from dashboards.pieces.writing import begin, form

with session.refusals():
    if not session.may("posts.write"):
        header("Compose")
        st.info(
            f"Ask an owner of {plain(session.workspace()['name'])} for the right to write posts.",
            icon=":material/lock:",
        )
        st.stop()
    api = session.api()
    accounts = told_apart(in_shown_order(api.all("/social/accounts", status="connected")))
    networks = {network["platform"]: network for network in api.get("/social/networks")["items"]}
    post_id = st.query_params.get("post")
    post = api.get(f"/content/{post_id}") if post_id else None
    header("Edit a draft" if post else "Compose")
    if not accounts:
        st.info("Connect your first account: then you can publish to it.", icon=":material/link:")
        st.page_link("app_pages/accounts.py", label="Connect an account", icon=":material/link:")
        st.stop()
    begin(post)
    writing, looking = st.columns([3, 2], gap="medium")
    with writing:
        body = form(accounts, networks)
        when = moment_of(post["wish"] if post else None, post_id)
    with looking:
        can_go = looked_over(body, accounts, when)
    with writing:
        deeds(body, post_id, can_go=can_go, when=when)
