"""Staying signed in when a page is loaded again: by a cookie that no script can read.

A page cannot set one. Its browser is given a ticket, good once and for a minute, and fetches the cookie with it
from a route of this server.
"""

import secrets
import time
from dataclasses import dataclass

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

COOKIE = "nest_session"
PATH = "/session"
_GOOD_FOR = 60.0
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class _Ticket:
    token: str
    # Seconds that the token lasts, and the moment (monotonic) up to which the ticket is taken.
    lasts: int
    until: float


_tickets: dict[str, _Ticket] = {}


def begin(token: str, lasts: int) -> None:
    """Have the browser keep the token for so many seconds."""
    now = time.monotonic()
    for old in [name for name, ticket in list(_tickets.items()) if ticket.until < now]:
        _tickets.pop(old, None)
    name = secrets.token_urlsafe(32)
    _tickets[name] = _Ticket(token, lasts, now + _GOOD_FOR)
    st.session_state.to_browser = f"fetch('{PATH}', {{method: 'POST', body: '{name}'}})"


def end() -> None:
    """Have the browser forget it."""
    st.session_state.to_browser = f"fetch('{PATH}', {{method: 'DELETE'}})"


def tell_browser() -> None:
    """What there is to fetch, once."""
    if script := st.session_state.pop("to_browser", None):
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)


def kept() -> str | None:
    """The token that the browser brought along when this page was opened; asked once."""
    if st.session_state.get("cookie_asked"):
        return None
    st.session_state.cookie_asked = True
    return st.context.cookies.get(COOKIE)


async def answer(request: Request) -> Response:
    """POST a ticket for the cookie, DELETE for none."""
    response = Response(status_code=204, headers={"Cache-Control": "no-store"})
    if request.method == "DELETE":
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response
    ticket = _tickets.pop((await request.body())[:_LONGEST].decode(errors="replace"), None)
    if ticket is None or ticket.until < time.monotonic():
        return Response("Sign in again.", status_code=403)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, ticket.token, max_age=ticket.lasts, httponly=True, samesite="strict", secure=secure)
    return response
