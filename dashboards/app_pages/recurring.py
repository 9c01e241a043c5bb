"""One post that comes again: its words, its rule and its times."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.accounts import in_shown_order, told_apart
from dashboards.pieces.header import header
from dashboards.pieces.recurring import NEW, acts, times, wording, writes

with session.refusals():
    api = session.api()
    accounts = told_apart(in_shown_order(api.all("/social/accounts", status="connected")))
    which = st.query_params.get("recurrence", NEW)
    one = api.get(f"/recurrences/{which}") if which != NEW else None
    header(one["name"] if one else "A post that comes again")
    st.page_link(
        "app_pages/planning.py",
        label="All recurring posts",
        icon=":material/arrow_back:",
        query_params={"plan": "Recurring"},
    )
    left, right = st.columns([3, 2], gap="medium")
    can_change = session.may("posts.publish") and (one is None or one["status"] != "ended")
    if one:
        with right:
            acts(one, can_change=can_change)
            times(one["times"])
    with left:
        if can_change:
            writes(one, accounts, looking=right)
        elif one:
            wording(one, accounts)
