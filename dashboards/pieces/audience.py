"""A dimension of an audience as bars."""

from typing import Any

import streamlit as st

from dashboards.pieces import session
from reporting.charts.bars import Bar, bars
from reporting.charts.tokens import network_title


def names_of(accounts: list[dict[str, Any]]) -> dict[str, str]:
    """What to call each account, by id."""
    return {account["id"]: f"{network_title(account['platform'])} · {account['name']}" for account in accounts}


def dimension_chart(dimension: str, values: list[dict[str, Any]], most: int) -> None:
    """The largest values of one dimension; what is not shown is counted in the caption."""
    numbers = session.numbers()
    unit = values[0]["unit"]
    title = dimension.replace("_", " ").capitalize()
    st.markdown(f"### {title}")
    known = [value for value in values if value["amount"] is not None]
    rest = len(values) - min(len(known), most)
    more = f" · {rest} smaller or withheld not shown" if rest > 0 else ""
    observed = numbers.age(session.moment(values[0]["observed_at"]), session.now())
    st.caption(f"In {unit} · observed {observed}{more}")
    if not known:
        st.info("The network hides small numbers.", icon=":material/visibility_off:")
        return
    rows = [Bar(value["value"], value["amount"], _told(value["amount"], unit)) for value in known[:most]]
    chart = bars(rows, session.theme(), height=26 * len(rows) + 12)
    st.altair_chart(chart, theme=None, width="stretch", alt=f"{title} of the audience in {unit}, the largest first")


def _told(amount: float, unit: str) -> str:
    numbers = session.numbers()
    return numbers.rate(amount / 100) if unit == "percent" else numbers.compact(amount)
