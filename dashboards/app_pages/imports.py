"""Files that people download from the networks: look at what was understood, then load."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.header import header
from dashboards.pieces.imports import history, result

with session.refusals():
    api = session.api()
    header("Imports", None, "exports from a network's own pages, as CSV or compressed CSV")
    file = st.file_uploader("File", type=["csv", "gz", "txt", "tsv"], label_visibility="collapsed")
    with st.container(horizontal=True):
        account = st.text_input("Account name", help="For exports that name no account.", width=260)
        year = st.text_input("Year", help="For exports whose dates have no year.", width=120)
    if file is not None:
        fields = {"account_name": account or None, "year": year or None}
        with st.spinner("Reading the file"):
            seen = api.upload("/imports", file.name, file.getvalue(), dry_run=True, **fields)
        result(seen, loaded=False)
        if st.button("Load this file", type="primary", icon=":material/upload_file:"):
            with st.spinner("Loading"):
                done = api.upload("/imports", file.name, file.getvalue(), dry_run=False, **fields)
            result(done, loaded=True)
    st.subheader("Loaded files", anchor=False)
    history(api.all("/imports"))
