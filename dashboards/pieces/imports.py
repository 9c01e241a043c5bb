"""What was understood of a file, and what became of it."""

from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.words import METRICS, counted, plain
from reporting.charts.tokens import network_title


def bring() -> None:
    """A file: what was understood of it, and the deed that loads it."""
    api = session.api()
    file = st.file_uploader("File", type=["csv", "gz", "txt", "tsv"], label_visibility="collapsed")
    with st.container(horizontal=True):
        account = st.text_input("Account name", help="For exports that name no account.", width=260)
        year = st.text_input("Year", help="For exports whose dates have no year.", width=120)
    if file is None:
        return
    fields = {"account_name": account or None, "year": year or None}
    with st.spinner("Reading the file"):
        seen = api.upload("/imports", file.name, file.getvalue(), dry_run=True, **fields)
    _result(seen, loaded=False)
    if st.button("Load this file", type="primary", icon=":material/upload_file:"):
        with st.spinner("Loading"):
            done = api.upload("/imports", file.name, file.getvalue(), dry_run=False, **fields)
        _result(done, loaded=True)


def _result(found: dict[str, Any], *, loaded: bool) -> None:
    """A dry run says what would be loaded; a load what was."""
    numbers = session.numbers()
    with st.container(border=True):
        st.markdown(f"### {network_title(found['platform'])}: {plain(found['report'].replace('_', ' '))}")
        for sentence in found["understood"]:
            st.markdown(f"- {plain(sentence)}")
        counts = counted(found["records"], "line")
        if loaded:
            counts += f": {numbers.full(found['written'])} new, {numbers.full(found['unchanged'])} already known"
        refused = numbers.full(found["quarantined"])
        st.markdown(f"**{counts}, {refused} cannot be read.**" if found["quarantined"] else f"**{counts}.**")
        if found["sums"]:
            st.caption("Sums over the file: " + " · ".join(_sum(name, value) for name, value in found["sums"].items()))
        if found["broken"]:
            st.dataframe(found["broken"], hide_index=True, alt="Lines that cannot be read, with the reason of each")
    if loaded:
        st.toast("The file is loaded. Figures appear after the next modelling.")


def history(items: list[dict[str, Any]]) -> None:
    """Files that were loaded before, the newest first."""
    if not items:
        st.caption("No file was loaded yet.")
        return
    numbers, now = session.numbers(), session.now()
    st.dataframe(
        [
            {
                "Loaded": numbers.moment(session.moment(item["imported_at"]), now),
                "File": item["filename"],
                "Network": network_title(item["platform"]),
                "Report": item["report"].replace("_", " "),
                "Lines": numbers.full(item["records"]),
                "New": numbers.full(item["written"]),
                "Known": numbers.full(item["unchanged"]),
                "Refused": numbers.full(item["quarantined"]),
            }
            for item in items
        ],
        hide_index=True,
        column_config={
            name: st.column_config.TextColumn(name, alignment="right") for name in ("Lines", "New", "Known", "Refused")
        },
        alt="Imported files, the newest first",
    )


def _sum(name: str, value: float | None) -> str:
    return f"{METRICS.get(name, name).lower()} {session.numbers().full(value)}"
