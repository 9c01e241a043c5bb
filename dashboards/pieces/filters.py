"""Period and networks, kept in the address, so that a link shows what its sender saw."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from dashboards.pieces import session
from reporting.charts.tokens import in_order, network_title
from reporting.charts.tokens import networks as all_networks

PERIODS = {"7d": "7 days", "28d": "28 days", "90d": "90 days", "365d": "12 months"}
DEFAULT = "28d"


@dataclass(frozen=True, slots=True)
class Chosen:
    """`query` is what the API is asked for: a period and, where some were chosen, networks."""

    period: dict[str, Any]
    networks: list[str]

    @property
    def query(self) -> dict[str, Any]:
        return {**self.period, "platforms": self.networks}


def choose() -> tuple[Chosen, Any]:
    """One row of filters. The place given back is for the dates, which the API knows: `show_dates`."""
    row = st.container(horizontal=True, gap="small", vertical_alignment="center")
    with row:
        days = st.segmented_control(
            "Period",
            list(PERIODS),
            default=DEFAULT,
            format_func=PERIODS.__getitem__,
            key="period",
            on_change=_forget_dates,
            label_visibility="collapsed",
            bind="query-params",
            persist_state="session",
        )
    place = row.container(width="content")
    with row:
        networks = _networks()
    since, until = st.query_params.get("since"), st.query_params.get("until")
    if since and until:
        return Chosen({"since": since, "until": until}, networks), place
    return Chosen({"days": int((days or DEFAULT).removesuffix("d"))}, networks), place


def show_dates(place: Any, period: dict[str, Any]) -> None:
    """A popover whose label is the range that is shown, to choose exact days; what it is compared with beside it."""
    since, until = date.fromisoformat(period["since"]), date.fromisoformat(period["until"])
    with place, st.popover(session.numbers().span(since, until), icon=":material/calendar_month:"), st.form("dates"):
        chosen = st.date_input("From and to, both included", (since, until), format="YYYY-MM-DD")
        if st.form_submit_button("Show these days") and isinstance(chosen, tuple):
            if len(chosen) == 2:
                st.query_params.update({"since": chosen[0].isoformat(), "until": chosen[1].isoformat()})
                st.rerun()
            st.warning("Choose the last day too.")


def _networks() -> list[str]:
    names = in_order(all_networks())
    with st.popover(_networks_label(names), icon=":material/hub:"):
        picked = st.pills(
            "Networks",
            names,
            selection_mode="multi",
            format_func=network_title,
            key="networks",
            label_visibility="collapsed",
            bind="query-params",
            persist_state="session",
        )
    return in_order(picked)


def _networks_label(names: list[str]) -> str:
    """The choice in words; on the first run only the address knows it, by the networks' titles."""
    chosen = st.session_state.get("networks")
    titles = st.query_params.get_all("networks") if chosen is None else [network_title(name) for name in chosen]
    return ", ".join(network_title(name) for name in names if network_title(name) in titles) or "All networks"


def _forget_dates() -> None:
    for name in ("since", "until"):
        st.query_params.pop(name, None)
