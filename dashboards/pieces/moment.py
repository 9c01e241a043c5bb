"""As known on: a past day that all pages of figures are shown as of, kept in the address."""

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from reporting.charts.numbers import Numbers

KEY = "known_on"


def chosen() -> date | None:
    """The chosen day before today; None is now. On the first run only the address knows it."""
    found = st.session_state.get(KEY)
    if KEY not in st.session_state and (asked := st.query_params.get(KEY)):
        try:
            found = date.fromisoformat(asked)
        except ValueError:
            return None
    return found if isinstance(found, date) and found < _today() else None


def as_of() -> str | None:
    """The end of the chosen day where the reader is, as the API takes it."""
    day = chosen()
    return None if day is None else datetime.combine(day + timedelta(days=1), time.min, _zone()).isoformat()


def picker(numbers: Numbers) -> None:
    """A popover whose label is the choice."""
    day = chosen()
    label = "As known now" if day is None else f"As known on {numbers.day(day, _today())}"
    with st.popover(label, icon=":material/history:", type="secondary" if day else "tertiary"):
        st.date_input(
            "As known on",
            value=None,
            max_value=_today(),
            format="YYYY-MM-DD",
            key=KEY,
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


def _now() -> None:
    st.session_state[KEY] = None


def _zone() -> ZoneInfo:
    return ZoneInfo(Numbers.of(None, st.context.timezone).zone)


def _today() -> date:
    return datetime.now(UTC).astimezone(_zone()).date()
