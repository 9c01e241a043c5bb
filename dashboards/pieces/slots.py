"""Usual times of accounts: when posts go out that only ask for the next free slot."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.deeds import do, zones_with
from dashboards.pieces.posts import dot
from dashboards.pieces.words import counted
from dashboards.pieces.writing import account_name

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WORKDAYS = 5
CLOCKS = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)]

Accounts = Mapping[str, dict[str, Any]]
Slots = Sequence[Mapping[str, Any]]


def usual_times(accounts: Accounts) -> None:
    """Every account's week in a table, and another week for one of them."""
    api = session.api()
    slots = {account: api.get(f"/social/accounts/{account}/slots")["slots"] for account in accounts}
    if not accounts:
        st.info("Connect your first account: then you can choose its times.", icon=":material/link:")
        return
    chosen = sum(bool(mine) for mine in slots.values())
    told = f"{chosen} of {len(accounts)} accounts have usual times" if chosen else "No account has usual times yet"
    st.markdown(f"**{told}.** *Next free slot* plans a post for the first of them that nothing takes.")
    _table(accounts, slots)
    if session.may("posts.publish"):
        _choice(accounts, slots)


def _table(accounts: Accounts, slots: Mapping[str, Slots]) -> None:
    theme = session.theme()
    rows = [
        {
            "mark": dot(theme.network(account["platform"])),
            "Account": account_name(account),
            "Usual times": in_words(slots[key]) or "None",
            "Zone": ", ".join(dict.fromkeys(slot["zone"] for slot in slots[key])),
            "Next free": _next_free(key) if slots[key] else "",
        }
        for key, account in accounts.items()
    ]
    widths = {"Account": 240, "Usual times": 380, "Zone": 140, "Next free": 190}
    columns: dict[str, Any] = {name: st.column_config.TextColumn(name, width=width) for name, width in widths.items()}
    columns["mark"] = st.column_config.ImageColumn("", width=36)
    st.dataframe(
        rows,
        column_config=columns,
        hide_index=True,
        height="content",
        row_height=38,
        alt="Accounts with their usual times and the next of them that is free",
    )


def _next_free(account: str) -> str:
    """On the reader's clock."""
    free = session.api().get(f"/social/accounts/{account}/slots/next-free")
    return session.numbers().moment(session.moment(free[0]["at"]), session.now()) if free else "none within a year"


def in_words(slots: Slots) -> str:
    """*Mon–Fri 09:00 · Tue, Sat 17:30*"""
    days: dict[str, list[int]] = {}
    for slot in slots:
        days.setdefault(_clock(slot), []).append(slot["weekday"])
    return " · ".join(f"{_days(sorted(set(found)))} {clock}" for clock, found in sorted(days.items()))


def _days(found: list[int]) -> str:
    if len(found) == len(WEEKDAYS):
        return "Daily"
    if found == list(range(_WORKDAYS)):
        return "Mon–Fri"
    return ", ".join(WEEKDAYS[day] for day in found)


def _choice(accounts: Accounts, slots: Mapping[str, Slots]) -> None:
    """Seven days to fill; times in another zone than the chosen one stay."""
    st.subheader("Choose times", anchor=False)
    with st.container(horizontal=True, gap="small"):
        account = st.selectbox(
            "Account", list(accounts), format_func=lambda one: account_name(accounts[one]), key="times_of", width=320
        )
        zones = zones_with(next((slot["zone"] for slot in slots[account]), session.workspace()["timezone"]))
        zone = st.selectbox("Zone", zones, key=f"times_zone_{account}", width=240)
    mine = [slot for slot in slots[account] if slot["zone"] == zone]
    others = [slot for slot in slots[account] if slot["zone"] != zone]
    days = st.grid(4, min_column_width=160)
    wanted = []
    for weekday, name in enumerate(WEEKDAYS):
        there = [_clock(slot) for slot in mine if slot["weekday"] == weekday]
        clocks = days.multiselect(
            name,
            sorted({*CLOCKS, *there}),
            there,
            key=f"times_{account}_{zone}_{weekday}",
            accept_new_options=True,
            placeholder="None",
        )
        wanted += [{"weekday": weekday, "local_time": clock, "zone": zone} for clock in clocks]
    if others:
        st.caption(f"{counted(len(others), 'time')} in another zone stay as they are.")
    if st.button("Keep these times", type="primary", icon=":material/check:"):
        do("put", f"/social/accounts/{account}/slots", {"slots": [*others, *wanted]}, said="Kept.")


def _clock(slot: Mapping[str, Any]) -> str:
    return str(slot["local_time"]).removesuffix(":00")
