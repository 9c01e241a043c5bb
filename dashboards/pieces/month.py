"""The calendar on the screen: days with what goes out on them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.ledger import STATUSES
from dashboards.pieces.posts import dot
from dashboards.pieces.words import plain, shortened
from reporting.charts.tokens import network_title

WEEK = 7
ICONS = {status: told.icon for status, told in STATUSES.items()} | {"recurring": "repeat"}


def days_of(view: str, day: date) -> tuple[date, date]:
    """The first and the last day of the weeks that are shown."""
    first = day if view == "week" else day.replace(day=1)
    first -= timedelta(days=first.weekday())
    if view == "week":
        return first, first + timedelta(days=WEEK - 1)
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first, last + timedelta(days=WEEK - 1 - last.weekday())


def finding(days: Sequence[Mapping[str, Any]]) -> str:
    """How much is planned, and where it collides."""
    items = [item for day in days for item in day["items"]]
    planned = sum(item["status"] == "scheduled" for item in items)
    collisions = sum(item["collides"] for item in items)
    said = f"**{planned} planned**" if planned else "**Nothing planned**"
    return f"{said} in these days" + (f", {collisions} within 15 minutes of another." if collisions else ".")


def grid(days: Sequence[Mapping[str, Any]], accounts: Mapping[str, dict[str, Any]], today: date) -> None:
    """A row a week, a column a day."""
    for start in range(0, len(days), WEEK):
        for place, day in zip(st.columns(WEEK, gap="xsmall"), days[start : start + WEEK], strict=True):
            with place.container(border=True, height="stretch", gap="xsmall"):
                _day(day, accounts, today)


def agenda(days: Sequence[Mapping[str, Any]], accounts: Mapping[str, dict[str, Any]], today: date) -> None:
    """One under another, only days with something on them: for narrow screens."""
    for day in days:
        if day["items"]:
            with st.container(border=True, gap="xsmall"):
                _day(day, accounts, today)


def _day(day: Mapping[str, Any], accounts: Mapping[str, dict[str, Any]], today: date) -> None:
    found = date.fromisoformat(day["day"])
    name = session.numbers().weekday(found)
    st.markdown(f":small[:primary[**{name}**]]" if found == today else f":small[:gray[{name}]]")
    for place, item in enumerate(day["items"]):
        account = accounts.get(item["account_id"] or "")
        clock = datetime.fromisoformat(item["local"]).strftime("%H:%M")
        network = network_title(account["platform"]) if account else "No account"
        if item["kind"] == "free":
            st.markdown(f":small[:gray[{clock} {network} · free]]")
        else:
            _entry(item, clock, account, f"{day['day']}_{place}")
            name = f"{network} · {account['name']}" if account else network
            mark = f"![]({dot(session.theme().network(account['platform']))})" if account else ""
            st.markdown(f"{mark}:small[:gray[{plain(name)}]]  \n:small[:gray[{plain(shortened(item['text'], 40))}]]")


def _entry(item: Mapping[str, Any], name: str, account: Mapping[str, Any] | None, key: str) -> None:
    """A line that opens what it names."""
    status = STATUSES.get(item["status"])
    told = [status.word if status else "Comes again", account["name"] if account else "", shortened(item["text"], 120)]
    told += ["Within 15 minutes of another on this account" if item["collides"] else "", item["note"] or ""]
    mark = ":orange[:material/warning:] " if item["collides"] else ""
    label = f"{mark}:{status.colour if status else 'gray'}[:material/{ICONS[item['status']]}:] {name}"
    clicked = st.button(label, key=f"entry_{key}", type="tertiary", help=plain(" · ".join(filter(None, told))))
    if clicked and item["publication_id"] and item["kind"] == "publication":
        st.switch_page("app_pages/publications.py", query_params={"publication": item["publication_id"]})
    if clicked and item["recurrence_id"]:
        st.switch_page("app_pages/recurring.py", query_params={"recurrence": item["recurrence_id"]})
    if clicked and item["post_id"]:
        st.switch_page("app_pages/content.py", query_params={"post": item["post_id"]})
