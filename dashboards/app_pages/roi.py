"""What came back of what was spent."""

import streamlit as st

from dashboards.pieces import filters, session
from dashboards.pieces.header import header
from dashboards.pieces.roi import BY, MODELS, figures_table, models_table, money_cards, return_chart
from dashboards.pieces.trials import trials
from dashboards.pieces.words import finding

with session.refusals():
    api = session.api()
    top = st.container()
    chosen, dates = filters.choose()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        by = st.segmented_control(
            "By",
            BY,
            default="campaign",
            format_func=BY.__getitem__,
            key="by",
            label_visibility="collapsed",
            bind="query-params",
            required=True,
        )
        model = st.selectbox(
            "Model of attribution",
            list(MODELS),
            format_func=MODELS.__getitem__,
            key="model",
            label_visibility="collapsed",
            bind="query-params",
            width=150,
        )
    data = api.get("/analytics/roi", by=by, model=model, **chosen.query)
    period = data["period"]
    old = {"since": period["previous_since"], "until": period["previous_until"], "platforms": chosen.networks}
    before = api.get("/analytics/roi", by=by, model=model, **old)
    with top:
        header("Return", data, f"sales are credited for {data['attribution_days']} days after a touch", of_figures=True)
    filters.show_dates(dates, period)
    st.markdown(finding(data["finding"]))
    if data["items"]:
        money_cards(data, before)
        wide, narrow = st.columns([2, 3], gap="small")
        with wide.container(border=True, height="stretch"):
            return_chart(data)
        with narrow.container(border=True, height="stretch"):
            models_table(api.get("/analytics/attribution", by=by, **chosen.query), model)
        st.subheader("All figures", anchor=False)
        figures_table(data)
    trials(api)
