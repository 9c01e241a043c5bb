"""What goes out on which day, in the zone of the workspace or another."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.accounts import in_shown_order, told_apart
from dashboards.pieces.deeds import zones_with
from dashboards.pieces.header import header
from dashboards.pieces.month import agenda, days_of, finding, grid
from dashboards.pieces.writing import account_name

VIEWS = {"month": "Month", "week": "Week", "list": "List"}

with session.refusals():
    api = session.api()
    top = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        view = st.segmented_control(
            "View",
            list(VIEWS),
            default="list" if "Mobi" in st.context.headers.get("User-Agent", "") else "month",
            format_func=VIEWS.__getitem__,
            key="view",
            label_visibility="collapsed",
            required=True,
            bind="query-params",
        )
        zones = zones_with(session.workspace()["timezone"])
        zone = st.selectbox("Zone", zones, key="zone", label_visibility="collapsed", width=200)
        today = datetime.now(ZoneInfo(zone)).date()
        day: date = st.date_input("Day", today, key="day", label_visibility="collapsed", width=150)
        accounts = told_apart(in_shown_order(api.all("/social/accounts")))
        only = st.multiselect(
            "Accounts",
            list(accounts),
            format_func=lambda one: account_name(accounts[one]),
            key="only",
            label_visibility="collapsed",
            placeholder="All accounts",
            width=240,
        )
    since, until = days_of(view, day)
    found = api.get("/calendar", **{"from": since.isoformat(), "to": until.isoformat(), "zone": zone})
    days = [
        {**one, "items": [item for item in one["items"] if not only or item["account_id"] in only]}
        for one in found["days"]
    ]
    with top:
        numbers = session.numbers()
        header("Calendar", None, numbers.span(since, until), f"times of {found['zone']}")
        st.markdown(finding(days))
    if view == "list":
        agenda(days, accounts, today)
        if not any(one["items"] for one in days):
            st.info("Nothing in these days.", icon=":material/event_busy:")
    else:
        grid(days, accounts, today)
    st.caption("Grey: a slot that is free. A warning sign: something else of the account within 15 minutes.")
