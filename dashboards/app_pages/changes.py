"""What changed after it was first told, and whether days and totals add up."""

import streamlit as st

from dashboards.pieces import filters, session
from dashboards.pieces.changes import WHY, bridges, changes_table, verdict
from dashboards.pieces.header import header
from dashboards.pieces.words import METRICS, counted

MOST = 200
BRIDGED = ("views", "impressions", "reach", "reactions", "likes", "comments", "shares", "saves", "clicks")

with session.refusals():
    api = session.api()
    top = st.container()
    chosen, dates = filters.choose()
    period = api.get("/analytics/engagement", **chosen.query)
    filters.show_dates(dates, period["period"])
    span = {"since": period["period"]["since"], "until": period["period"]["until"]}
    why = st.pills(
        "Why",
        list(WHY),
        selection_mode="multi",
        format_func=WHY.__getitem__,
        key="why",
        label_visibility="collapsed",
        bind="query-params",
    )
    found = api.get("/analytics/changes", **span, platforms=chosen.networks, why=why, limit=MOST)
    count = f"the newest {MOST} changes" if found["next_cursor"] else counted(len(found["items"]), "change")
    with top:
        header("What changed", period, count, of_figures=True)
    if found["items"]:
        changes_table(found["items"])
    else:
        st.info("Nothing that was told was changed in these days.", icon=":material/check_circle:")
    st.subheader("Do the numbers add up?", anchor=False)
    items = api.get("/analytics/reconciliation", platforms=chosen.networks)["items"]
    st.markdown(verdict(items))
    known = [metric for metric in BRIDGED if any(item["metric"] == metric for item in items)]
    if known:
        metric = st.segmented_control(
            "Figure",
            known,
            default=known[0],
            format_func=METRICS.__getitem__,
            key="bridge",
            label_visibility="collapsed",
            required=True,
            wrap=True,
        )
        bridges(items, metric)
