"""What works: kinds of post, how fast they gather, hashtags, networks side by side, competitors."""

import streamlit as st

from dashboards.pieces import filters, session
from dashboards.pieces.header import header
from dashboards.pieces.insights import (
    best_format,
    comparison_table,
    competitors_table,
    decay_table,
    formats_table,
    hashtags_table,
    section,
)

EMPTY = "Not known yet: it needs posts with figures."

with session.refusals():
    api = session.api()
    top = st.container()
    chosen, dates = filters.choose()
    comparison = api.get("/analytics/comparison", **chosen.query)
    filters.show_dates(dates, comparison["period"])
    fresh = api.get("/analytics/engagement", **chosen.query)
    with top:
        header("Insights", fresh, of_figures=True)
    kinds = api.get("/analytics/formats", platforms=chosen.networks, span="365_days")["items"]
    st.markdown(best_format(kinds))
    st.subheader("Networks side by side", anchor=False)
    comparison_table(comparison)
    section("Kinds of post, last 12 months", kinds, formats_table, EMPTY)
    section(
        "How fast posts gather", api.get("/analytics/decay", platforms=chosen.networks)["items"], decay_table, EMPTY
    )
    tags = api.get("/analytics/hashtags", **chosen.query)["items"]
    section("Hashtags", tags, hashtags_table, "No post of these days has a hashtag.")
    rivals = api.get("/analytics/competitors", **chosen.query)["items"]
    if rivals:
        st.subheader("Competitors", anchor=False)
        usual = api.get("/analytics/benchmarks", platforms=chosen.networks, span="365_days")["items"]
        competitors_table(rivals, usual)
