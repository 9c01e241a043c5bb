"""How fresh everything is, what came in, and what was refused and why."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.exports import exports
from dashboards.pieces.header import header
from dashboards.pieces.health import (
    load_table,
    networks_away,
    outstanding_line,
    quarantine_table,
    queue_table,
    resource_table,
    worker_line,
)
from dashboards.pieces.words import counted

with session.refusals():
    api = session.api()
    health = api.get("/pipeline/health")
    resources = health["resources"]
    observed = [row["last_observed_at"] for row in resources if row["last_observed_at"]]
    header("Data health", {"observed_at": min(observed, default=None)}, counted(len(resources), "resource"))
    failing = [row for row in resources if row["last_status"] == "failed"]
    refused = health["quarantine"]["count"]
    if failing:
        st.markdown(f"**{len(failing)} of {len(resources)} resources failed last time.** Their figures are older.")
    elif resources:
        st.markdown(f"**Every resource was read last time.** In quarantine: {counted(refused, 'record')}.")
    else:
        st.markdown("**Nothing was read yet.** Connect an account, or import a file.")
    worker_line(health["worker"])
    outstanding_line(health["publishing"])
    networks_away(health["publishing"]["networks_away"])
    st.subheader("Freshness", anchor=False)
    resource_table(resources)
    st.subheader("Queues", anchor=False)
    queue_table(api.get("/queues")["items"])
    st.subheader("The warehouse", anchor=False)
    exports(api)
    st.subheader("Quarantine", anchor=False)
    quarantine_table(health["quarantine"])
    st.subheader("Last loads", anchor=False)
    load_table(health["loads"])
