"""Reports: the weekly one as PDF and CSV, made by itself and on request."""

from datetime import date
from functools import partial

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.header import header

FORMATS = {"pdf": "application/pdf", "csv": "text/csv"}

with session.refusals():
    api = session.api()
    numbers, now = session.numbers(), session.now()
    header("Reports", None, "made every Monday, and whenever you ask")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rest = "Empty: the last whole week."
        until = st.date_input("Seven days up to", None, format="YYYY-MM-DD", width=220, help=rest)
        if st.button("Make the weekly report", type="primary", icon=":material/note_add:"):
            with st.spinner("Making the report"):
                api.post("/reports", {"kind": "weekly", "period_end": until.isoformat() if until else None})
            st.toast("The report is ready.")
    reports = api.all("/reports")
    if not reports:
        st.info("No reports yet. Make the first one: it takes a few seconds.", icon=":material/description:")
    for report in reports:
        span = numbers.span(date.fromisoformat(report["period_start"]), date.fromisoformat(report["period_end"]))
        with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            with st.container(gap="xxsmall", width="content"):
                st.markdown(f"**{report['kind'].capitalize()} report**, {span}")
                seen = numbers.age(session.moment(report["observed_at"]), now)
                made = numbers.moment(session.moment(report["created_at"]), now)
                st.caption(f"{report['format'].upper()} · figures observed {seen} · made {made}")
            st.download_button(
                f"Download {report['format'].upper()}",
                partial(api.download, f"/reports/{report['id']}/download"),
                file_name=f"clientnest-{report['kind']}-{report['period_end']}.{report['format']}",
                mime=FORMATS[report["format"]],
                key=report["id"],
                on_click="ignore",
                icon=":material/download:",
            )
