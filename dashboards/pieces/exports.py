"""The warehouse in the reader's own hands: what it means, and every mart as a file."""

from functools import partial

import streamlit as st

from dashboards.client import Api

PARQUET = "application/vnd.apache.parquet"


def exports(api: Api) -> None:
    """One mart at a time: all at once is `./nest export`."""
    found = api.get("/exports/marts")
    names = [mart["name"] for mart in found["items"]]
    if not names:
        st.caption("Nothing was modelled yet.")
        return
    st.caption("Every mart as a file for other tools, and one page that says what each table and column means.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        default = names.index("posts") if "posts" in names else 0
        name = st.selectbox("Mart", names, index=default, format_func=lambda mart: mart.replace("_", " "), width=260)
        _file(api, "Download as Parquet", f"/exports/marts/{name}.parquet", f"{name}.parquet", PARQUET)
        if found["dictionary"]:
            _file(api, "Dictionary of the warehouse", found["dictionary"], "clientnest-warehouse.html", "text/html")


def _file(api: Api, label: str, path: str, name: str, kind: str) -> None:
    st.download_button(
        label, partial(api.download, path), file_name=name, mime=kind, on_click="ignore", icon=":material/download:"
    )
