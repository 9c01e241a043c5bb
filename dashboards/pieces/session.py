"""Who is looking: their token, workspace, language, zone and theme."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboards.client import Api, Refused
from dashboards.pieces import moment as known
from dashboards.pieces import staying
from reporting.charts.numbers import Numbers
from reporting.charts.tokens import Theme
from reporting.charts.tokens import theme as theme_named

UNAUTHENTICATED = 401


def signed_in() -> bool:
    return "token" in st.session_state


def enter(answer: dict[str, Any]) -> None:
    """Remember what POST /auth/login answered, here and in the browser."""
    _remember(answer["access_token"], answer)
    staying.begin(answer["access_token"], answer["expires_in"])


def come_back() -> None:
    """Go on as whom the browser remembers, if it does and that still holds."""
    if not signed_in() and (token := staying.kept()):
        with contextlib.suppress(Refused):
            _remember(token, Api(token).get("/users/profile"))


def _remember(token: str, profile: dict[str, Any]) -> None:
    st.session_state.token = token
    st.session_state.user = profile["user"]
    st.session_state.workspaces = profile["workspaces"]


def leave() -> None:
    staying.end()
    for name in ("token", "user", "workspaces", "workspace_id"):
        st.session_state.pop(name, None)


def api() -> Api:
    return Api(st.session_state.token, workspace()["id"], as_of=known.as_of())


def workspace() -> dict[str, Any]:
    """The chosen workspace; the first where none was chosen."""
    workspaces: list[dict[str, Any]] = st.session_state.workspaces
    wanted = st.session_state.get("workspace_id")
    return next((found for found in workspaces if found["id"] == wanted), workspaces[0])


def may(right: str) -> bool:
    """Whether the reader has this right in the chosen workspace: what they may not do is not offered."""
    return right in workspace()["rights"]


def choose_workspace() -> None:
    """The chooser and the way out, at the foot of the sidebar."""
    names = {found["id"]: found["name"] for found in st.session_state.workspaces}
    with st.sidebar:
        st.selectbox(
            "Workspace",
            list(names),
            format_func=names.__getitem__,
            key="workspace_id",
            label_visibility="collapsed",
            persist_state="session",
        )
        st.button("Sign out", on_click=leave, type="tertiary", icon=":material/logout:")


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Shows what the API says instead of what failed; the rest of the page stays."""
    try:
        yield
    except Refused as refusal:
        if refusal.status == UNAUTHENTICATED:
            leave()
            st.rerun()
        st.warning(str(refusal), icon=":material/error:")


def numbers() -> Numbers:
    return Numbers.of(st.context.locale, st.context.timezone)


def theme() -> Theme:
    return theme_named(st.context.theme.type)


def now() -> datetime:
    return datetime.now(UTC)


def moment(text: str | None) -> datetime | None:
    """A moment as the API writes it."""
    return datetime.fromisoformat(text) if text else None
