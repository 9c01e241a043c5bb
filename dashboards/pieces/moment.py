"""As known on: a past day that all pages of figures are shown as of, kept in the address."""

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from reporting.charts.numbers import Numbers

KEY = "known_on"
# Beside the widget's own: what a widget has from the address, it forgets on the next page.
KEPT = "known_on_kept"


def chosen() -> date | None:
    """The chosen day before today; None is now. The address tells it once, to whoever comes by a link."""
    if KEPT not in st.session_state:
        st.session_state[KEPT] = _day(st.query_params.get(KEY))
    found: date | None = st.session_state[KEPT]
    return found if found is not None and found < _today() else None


def as_of() -> str | None:
    """The end of the chosen day where the reader is, as the API takes it."""
    day = chosen()
    return None if day is None else datetime.combine(day + timedelta(days=1), time.min, _zone()).isoformat()


def picker(numbers: Numbers) -> None:
    """A popover whose label is the choice."""
    day = chosen()
    st.session_state[KEY] = day
    label = "As known now" if day is None else f"As known on {numbers.day(day, _today())}"
    with st.popover(label, icon=":material/history:", type="secondary" if day else "tertiary"):
        st.date_input(
            "As known on",
            value=None,
            max_value=_today(),
            format="YYYY-MM-DD",
            key=KEY,
            on_change=_choose,
            bind="query-params",
            persist_state="session",
            help="Every figure as the networks had told it by the end of that day. Empty: as known now.",
        )
        if day is not None:
            st.button("Back to now", on_click=_now, icon=":material/update:", type="tertiary")


def banner(numbers: Numbers) -> None:
    """Said on every page that shows the past."""
    day = chosen()
    if day is not None:
        st.info(
            f"**As known on {numbers.day(day, _today())}.** What was observed or corrected later is left out.",
            icon=":material/history:",
        )


def patience(numbers: Numbers) -> AbstractContextManager[None]:
    """While a page of the past is put together, which takes longer than one of today: says so."""
    day = chosen()
    if day is None:
        return nullcontext()
    return st.spinner(f"Working out what was known on {numbers.day(day, _today())}", show_time=True)


def _choose() -> None:
    st.session_state[KEPT] = st.session_state[KEY]


def _now() -> None:
    st.session_state[KEPT] = None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _zone() -> ZoneInfo:
    return ZoneInfo(Numbers.of(None, st.context.timezone).zone)


def _today() -> date:
    return datetime.now(UTC).astimezone(_zone()).date()
