"""Who follows the accounts, as far as the networks tell."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.audience import dimension_chart, names_of
from dashboards.pieces.header import header

MOST = 10

with session.refusals():
    api = session.api()
    found = api.get("/analytics/audience")
    accounts = names_of(api.all("/social/accounts"))
    header("Audience", found, "networks withhold small groups", of_figures=True)
    items = found["items"]
    if not items:
        st.info("No network has told who follows these accounts yet.", icon=":material/hourglass_empty:")
        st.stop()
    known = [name for name in accounts if any(item["account_id"] == name for item in items)]
    account = st.selectbox("Account", known, format_func=accounts.__getitem__, key="account", bind="query-params")
    own = [item for item in items if item["account_id"] == account]
    places = st.grid(2, min_column_width=330)
    for dimension in dict.fromkeys(item["dimension"] for item in own):
        values = [item for item in own if item["dimension"] == dimension]
        with places.container(border=True, height="stretch"):
            dimension_chart(dimension, values, MOST)
