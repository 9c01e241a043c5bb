"""Keeping, submitting, planning and sending what was written."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st

from dashboards.client import Refused
from dashboards.pieces import session
from dashboards.pieces.words import counted, plain


def deeds(body: Mapping[str, Any], post_id: str | None, *, can_go: bool, when: tuple[str, str]) -> None:
    """The buttons; each says what it did and leads to where that is seen.

    Where posts are approved first, or the reader may not publish, it is written here and planned by others.
    """
    count = len(body["account_ids"])
    goes_out = session.may("posts.publish") and must_approve() == "none"
    with st.container(horizontal=True, gap="small"):
        if st.button("Save draft", icon=":material/save:"):
            attempt(lambda: _opens(_save(body, post_id, when)))
        submits: Literal["primary", "secondary"] = "secondary" if goes_out else "primary"
        if st.button("Submit for review", type=submits, icon=":material/rate_review:", disabled=not can_go):
            attempt(lambda: _submit(body, post_id, when))
        if not goes_out:
            return
        if st.button("Next free slot", icon=":material/low_priority:", disabled=not can_go):
            attempt(lambda: _planned("/social/queue", body, post_id, when, {}))
        if st.button("Schedule", type="primary", icon=":material/event:", disabled=not can_go):
            attempt(lambda: _planned("/social/schedule", body, post_id, when, {"at": when[0], "zone": when[1]}))
        with st.popover("Publish now", icon=":material/send:", disabled=not can_go):
            st.markdown(f"Publish to {counted(count, 'account')} now?")
            if st.button(f"Yes, publish to {counted(count, 'account')}"):
                now = {"at": session.now().isoformat(), "zone": when[1]}
                attempt(lambda: _planned("/social/schedule", body, post_id, when, now))


def plan(post_id: str, when: tuple[str, str]) -> None:
    """Plan a draft as it stands, without writing it anew: an approval stays."""
    with st.container(horizontal=True, gap="small"):
        if st.button("Schedule", type="primary", icon=":material/event:"):
            attempt(lambda: _sent("/social/schedule", {"post_id": post_id, "at": when[0], "zone": when[1]}))
        if st.button("Next free slot", icon=":material/low_priority:"):
            attempt(lambda: _sent("/social/queue", {"post_id": post_id}))


def must_approve() -> str:
    """Who must approve the posts of the workspace before they go out: none, internal or client."""
    return str(session.api().get("/approval")["approval"])


def moment_of(wish: Mapping[str, Any] | None, of: str | None) -> tuple[str, str]:
    """The wall clock that is chosen for `of`, and its zone."""
    home = session.workspace()["timezone"]
    begin = datetime.now(ZoneInfo(home)) + timedelta(days=1)
    if wish:
        home = wish["zone"]
        begin = datetime.fromisoformat(wish["local"] or wish["at"])
    with st.container(horizontal=True, gap="small"):
        day = st.date_input("Day", begin.date(), key=f"w_day_{of}")
        clock = st.time_input("Time", begin.time() if wish else time(9), key=f"w_clock_{of}", step=300)
        zones = zones_with(home)
        zone = st.selectbox("Zone", zones, zones.index(home), key=f"w_zone_{of}")
    return f"{datetime.combine(day, clock):%Y-%m-%dT%H:%M}", zone


def zones_with(home: str) -> list[str]:
    """The reader's own and the workspace's first."""
    known = available_timezones()
    first = [zone for zone in dict.fromkeys((home, session.workspace()["timezone"], session.numbers().zone))]
    return [*first, *sorted(known - set(first))]


def _save(body: Mapping[str, Any], post_id: str | None, when: tuple[str, str] | None) -> str:
    """The draft's id."""
    wish = {"at": when[0], "zone": when[1]} if when else {}
    api = session.api()
    told = {**body, **wish}
    kept = api.put(f"/content/{post_id}", told) if post_id else api.post("/content/create", told)
    return str(kept["id"])


def _submit(body: Mapping[str, Any], post_id: str | None, when: tuple[str, str]) -> None:
    kept = _save(body, post_id, when)
    session.api().post(f"/content/{kept}/submit", {})
    _opens(kept)


def _planned(
    path: str, body: Mapping[str, Any], post_id: str | None, when: tuple[str, str], told: Mapping[str, Any]
) -> None:
    if post_id:
        what: dict[str, Any] = {"post_id": _save(body, post_id, when)}
    else:
        what = {"post": dict(body)}
    _sent(path, {**what, **told})


def _sent(path: str, body: Mapping[str, Any]) -> None:
    """Ask for it, and lead to where it is seen."""
    done = session.api().post(path, body)
    numbers, now = session.numbers(), session.now()
    first = min(session.moment(one["scheduled_at"]) or now for one in done["publications"])
    notes = [one["note"] for one in done["publications"] if one["note"]]
    notes += [one["message"] for one in done["warnings"]]
    st.session_state.planned = (f"Planned for {numbers.moment(first, now)}.", list(dict.fromkeys(notes)))
    _leave("publications")


def told_before() -> None:
    """What the last planning said, once, on the page that it led to."""
    planned = st.session_state.pop("planned", None)
    if planned:
        st.success(plain(planned[0]), icon=":material/event_available:")
        for note in planned[1]:
            st.warning(plain(note), icon=":material/schedule:")


def _opens(post_id: str) -> None:
    st.toast("Saved.", icon=":material/check:")
    _leave("content", post=post_id)


def _leave(page: str, **query: str) -> None:
    st.session_state.pop("w_text", None)
    st.switch_page(f"app_pages/{page}.py", query_params=query)


def do(verb: str, path: str, *body: Mapping[str, Any], said: str | None = None) -> None:
    """Ask the API for it, and show the page anew; or say why not."""
    attempt(lambda: _done(verb, path, *body, said=said))


def _done(verb: str, path: str, *body: Mapping[str, Any], said: str | None) -> None:
    getattr(session.api(), verb)(path, *body)
    if said:
        st.toast(said, icon=":material/check:")
    st.rerun()


def attempt(deed: Callable[[], None]) -> None:
    """Do it, or say why not."""
    try:
        deed()
    except Refused as refusal:
        st.warning(plain(str(refusal)), icon=":material/error:")
