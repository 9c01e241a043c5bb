"""Files that people download from the networks: look at what was understood, then load."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.header import header
from dashboards.pieces.imports import bring, history

with session.refusals():
    header("Imports", None, "exports from a network's own pages, as CSV or compressed CSV")
    if session.may("imports.make"):
        bring()
    st.subheader("Loaded files", anchor=False)
    history(session.api().all("/imports"))
