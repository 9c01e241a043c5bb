"""Planning ahead: usual times of accounts, posts that come again, templates, and many posts from a table."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.accounts import in_shown_order, told_apart
from dashboards.pieces.header import header
from dashboards.pieces.plans import from_table
from dashboards.pieces.recurring import recurring
from dashboards.pieces.slots import usual_times
from dashboards.pieces.templates import templates

VIEWS = {
    "Times": usual_times,
    "Recurring": recurring,
    "Templates": templates,
    "Table": from_table,
}

with session.refusals():
    accounts = told_apart(in_shown_order(session.api().all("/social/accounts", status="connected")))
    header("Planning")
    view = st.segmented_control(
        "View",
        [name for name, shown in VIEWS.items() if shown is not from_table or session.may("posts.publish")],
        default="Times",
        key="plan",
        label_visibility="collapsed",
        required=True,
        bind="query-params",
        wrap=True,
    )
    VIEWS[view](accounts)
