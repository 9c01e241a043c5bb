"""Reports: the weekly one as PDF and CSV, made by itself and on request."""

import streamlit as st

from dashboards.pieces import moment as known
from dashboards.pieces import session
from dashboards.pieces.header import header
from dashboards.pieces.reports import report_row

with session.refusals():
    api = session.api()
    header("Reports", None, "made every Monday, and whenever you ask", of_figures=True)
    if session.may("reports.make"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            rest = "Empty: the last whole week."
            until = st.date_input("Seven days up to", None, format="YYYY-MM-DD", width=220, help=rest)
            if st.button("Make the weekly report", type="primary", icon=":material/note_add:"):
                end = until.isoformat() if until else None
                with st.spinner("Making the report"):
                    api.post("/reports", {"kind": "weekly", "period_end": end, "as_of": known.as_of()})
                st.toast("The report is ready.")
    reports = api.all("/reports")
    if not reports:
        st.info("No reports yet. Making one takes a few seconds.", icon=":material/description:")
    for report in reports:
        report_row(api, report)
