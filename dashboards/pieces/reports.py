"""A report in the list: what it shows, its file, the same again, and what changed since."""

from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from dashboards.client import Api
from dashboards.pieces import session
from dashboards.pieces.words import METRICS, shortened
from reporting.charts.tokens import network_title

FORMATS = {"pdf": "application/pdf", "csv": "text/csv"}
WHY = {
    "grew": "Grew",
    "new": "New post",
    "late": "Came late",
    "corrected": "Corrected",
    "fell": "Fell",
    "deleted": "Deleted",
}
MOST = 200


def report_row(api: Api, report: dict[str, Any]) -> None:
    numbers, now = session.numbers(), session.now()
    span = numbers.span(date.fromisoformat(report["period_start"]), date.fromisoformat(report["period_end"]))
    kind = report["format"].upper()
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap="xxsmall", width="content"):
            st.markdown(f"**{report['kind'].capitalize()} report**, {span}")
            seen = numbers.age(session.moment(report["observed_at"]), now)
            made = numbers.moment(session.moment(report["created_at"]), now)
            st.caption(f"{kind} · figures observed {seen} · made {made}{_known(report)}")
        with st.container(horizontal=True, width="content", gap="small"):
            if report["recorded_at"]:
                if st.button("Since then", key=f"since {report['id']}", type="tertiary", icon=":material/difference:"):
                    since(api, report["id"])
                if session.may("reports.make") and st.button(
                    "Make again", key=f"again {report['id']}", type="tertiary", icon=":material/replay:"
                ):
                    _again(api, report["id"])
            st.download_button(
                f"Download {kind}",
                partial(api.download, f"/reports/{report['id']}/download"),
                file_name=f"clientnest-{report['kind']}-{report['period_end']}.{report['format']}",
                mime=FORMATS[report["format"]],
                key=report["id"],
                on_click="ignore",
                icon=":material/download:",
            )


@st.dialog("What changed since this report", width="large")
def since(api: Api, report_id: str) -> None:
    """Figures of its posts that are others now."""
    numbers = session.numbers()
    found = api.get(f"/reports/{report_id}/changes", limit=MOST)
    if not found["items"]:
        st.markdown("**Nothing.** Every figure of its posts is what it was.")
        return
    rows = [
        {
            "Post": shortened(change["post"], 40) or "—",
            "Network": network_title(change["platform"]),
            "Figure": METRICS.get(change["metric"], change["metric"].capitalize()),
            "In the report": numbers.full(change["old_value"]),
            "Now": numbers.full(change["new_value"]),
            "Why": WHY[change["why"]],
        }
        for change in found["items"]
    ]
    right = {name: st.column_config.TextColumn(name, alignment="right") for name in ("In the report", "Now")}
    st.dataframe(rows, hide_index=True, column_config=right, alt="Figures that are others than in the report")
    if found["next_cursor"]:
        st.caption(f"The first {MOST}; the API has all.")


def _again(api: Api, report_id: str) -> None:
    with st.spinner("Making it again, as known then"):
        made = api.post(f"/reports/{report_id}/again", {})
    if made["is_identical"]:
        st.toast("The same to the byte, whatever was corrected since.", icon=":material/check_circle:")
    else:
        st.toast("It is not what it was: the new file is in the list.", icon=":material/error:")


def _known(report: dict[str, Any]) -> str:
    known = session.moment(report["known_at"])
    return "" if known is None else f" · as known on {session.numbers().moment(known, session.now())}"
