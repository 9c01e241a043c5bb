"""Many posts from a table: every line is looked at first, and only then brought in."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.deeds import attempt
from dashboards.pieces.findings import MARKS
from dashboards.pieces.words import counted, plain, shortened
from dashboards.pieces.writing import account_name

MOST_SHOWN = 100
# The API takes no more.
MEGABYTES = 5

Accounts = Mapping[str, dict[str, Any]]


def from_table(accounts: Accounts) -> None:
    """The file, what would become of each of its lines, and the deed."""
    api = session.api()
    st.markdown("**One post in each line.** Nothing is made before you have seen what becomes of every line.")
    st.download_button(
        "Table to fill in",
        lambda: api.download("/content/bulk/template.csv"),
        "plan.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    file = st.file_uploader("Plan as CSV", ["csv", "txt", "tsv"], max_upload_size=MEGABYTES, key="table")
    if file is None:
        return
    with st.spinner("Reading the table"):
        seen = api.upload("/content/bulk?dry_run=true", file.name, file.getvalue())
    if seen["made_before"]:
        st.success("The posts of this table are made.", icon=":material/event_available:")
        st.page_link("app_pages/calendar.py", label="See them in the calendar", icon=":material/calendar_month:")
        return
    lines = seen["lines"]
    st.markdown(_verdict(seen))
    if st.button(
        f"Make {counted(len(lines), 'post')}", type="primary", icon=":material/event:", disabled=seen["errors"] > 0
    ):
        with st.spinner("Making the posts"):
            attempt(lambda: _bring(file.name, file.getvalue()))
    _problems(lines, accounts)
    _table(lines, accounts)


def _bring(name: str, content: bytes) -> None:
    made = session.api().upload("/content/bulk", name, content)["made"]
    st.toast(f"{counted(made, 'post')} made.", icon=":material/check:")
    st.rerun()


def _verdict(seen: Mapping[str, Any]) -> str:
    """What would become of the table."""
    lines, errors = len(seen["lines"]), seen["errors"]
    read = f"Read as {seen['encoding'].upper()}, separated by {seen['delimiter']}s."
    if errors:
        return f"**{errors} of {counted(lines, 'line')} must change** before any of them becomes a post. {read}"
    planned = sum(line["becomes"] == "scheduled" for line in seen["lines"])
    drafts = lines - planned
    told = " and ".join(filter(None, (planned and f"{planned} planned", drafts and f"{counted(drafts, 'draft')}")))
    warned = f" {counted(seen['warnings'], 'line')} to look at." if seen["warnings"] else ""
    return f"**{counted(lines, 'line')}: {told}.**{warned} {read}"


def _problems(lines: Sequence[Mapping[str, Any]], accounts: Accounts) -> None:
    """Everything that there is to say, what hinders first."""
    told = [(line, one) for line in lines for one in line["problems"]]
    told.sort(key=lambda pair: (pair[1]["severity"] != "error", pair[0]["line"]))
    for line, one in told[:MOST_SHOWN]:
        account = accounts.get(one["account_id"] or "")
        where = f" · {plain(account_name(account))}" if account else ""
        st.markdown(
            f"{MARKS[one['severity']]} **Line {line['line']}, {plain(one['column'])}**{where} · {plain(one['message'])}"
        )
    if len(told) > MOST_SHOWN:
        st.caption(f"{len(told) - MOST_SHOWN:,} more: mend these first.")


def _table(lines: Sequence[Mapping[str, Any]], accounts: Accounts) -> None:
    """Every line, as it is understood."""
    rows = [
        {
            "Line": line["line"],
            "State": _state(line),
            "Post": shortened(line["text"], 44) or "No text",
            "When": _when(line),
            "Accounts": ", ".join(account_name(accounts[key]) for key in line["account_ids"] if key in accounts) or "—",
        }
        for line in lines
    ]
    widths = {"Line": 56, "State": 110, "Post": 320, "When": 220, "Accounts": 290}
    st.dataframe(
        rows,
        column_config={name: st.column_config.Column(name, width=width) for name, width in widths.items()},
        hide_index=True,
        height="content" if len(rows) <= 20 else 760,
        row_height=38,
        alt="Every line of the table and what would become of it",
    )


def _state(line: Mapping[str, Any]) -> str:
    found = {one["severity"] for one in line["problems"]}
    if "error" in found:
        return "Must change"
    return "Look" if found else {"scheduled": "Planned", "draft": "Draft"}[line["becomes"]]


def _when(line: Mapping[str, Any]) -> str:
    """On the reader's clock."""
    return session.numbers().moment(session.moment(line["at"]), session.now()) if line["at"] else "—"
