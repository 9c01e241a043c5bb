"""Randomised trials: what a treatment added, with its range, and a way to bring one in."""

from typing import Any

import streamlit as st

from dashboards.client import Api
from dashboards.pieces import session
from dashboards.pieces.words import plain
from reporting.charts.numbers import SPACE, UNKNOWN

# Digits that tell a mean of ones and zeros, and one of money.
DIGITS = 4


def trials(api: Api) -> None:
    """The newest trials, each with a row per arm and outcome."""
    st.subheader("Trials", anchor=False)
    found = api.get("/trials", limit=5)["items"]
    st.caption("What a treatment added against people who were left alone, drawn by lot: more than any model can say.")
    for trial in found:
        with st.container(border=True):
            numbers = session.numbers()
            st.markdown(f"### {plain(trial['name'])}")
            st.caption(f"{trial['people']:,} people · against {plain(trial['control'])} · 95{SPACE}% range")
            st.dataframe(
                [_row(lift) for lift in trial["lifts"]],
                hide_index=True,
                height="content",
                key=f"trial_{trial['id']}",
                alt=f"What each arm added, {numbers.full(len(trial['lifts']))} comparisons",
            )
    if session.may("imports.make"):
        with st.popover("Bring in a trial", icon=":material/upload_file:"):
            _form(api)


def _row(lift: dict[str, Any]) -> dict[str, str]:
    numbers = session.numbers()
    known = lift["low"] is not None
    return {
        "Outcome": lift["outcome"],
        "Arm": lift["arm"],
        "Added each": _signed(lift["difference"]),
        "Range": f"{_signed(lift['low'])} – {_signed(lift['high'])}" if known else UNKNOWN,
        "With": numbers.full(round(lift["mean"], DIGITS)),
        "Without": numbers.full(round(lift["mean_control"], DIGITS)),
        "People": f"{lift['n']:,} and {lift['n_control']:,}",
    }


def _signed(value: float) -> str:
    text = session.numbers().full(round(value, DIGITS))
    return f"+{text}" if value > 0 else text


def _form(api: Api) -> None:
    with st.form("trial", border=False):
        name = st.text_input("Name")
        file = st.file_uploader("CSV, one row per person", type=["csv", "gz"])
        arm = st.text_input("Column of the arm", "arm")
        control = st.text_input("The arm that was left alone")
        if st.form_submit_button("Work it out", type="primary"):
            if not (name and file and control):
                st.warning("Give a name, a file, and the arm that was left alone.")
                return
            with session.refusals():
                api.upload("/trials", file.name, file.getvalue(), name=name, arm=arm, control=control)
                st.rerun()
