"""Posts that come again: all of them, and what there is to say and do of one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.deeds import attempt, do, moment_of
from dashboards.pieces.findings import looked_over
from dashboards.pieces.rules import rule_form, rule_in_words
from dashboards.pieces.words import counted, plain, shortened
from dashboards.pieces.writing import account_name, begin, form

NEW = "new"
BADGES = {"active": ":green-badge[Active]", "paused": ":orange-badge[Paused]", "ended": ":gray-badge[Ended]"}

Accounts = Mapping[str, dict[str, Any]]


def recurring(accounts: Accounts) -> None:
    """A card each, what is active first."""
    items = session.api().get("/recurrences")
    active = sum(one["status"] == "active" for one in items)
    told = f"{counted(active, 'post')} {'comes' if active == 1 else 'come'} again" if active else "No post comes again"
    st.markdown(f"**{told}.** Each is planned two weeks ahead, and is in the calendar from the beginning.")
    if session.may("posts.publish") and st.button("Have a post come again", type="primary", icon=":material/repeat:"):
        _opens(NEW)
    for one in sorted(items, key=lambda one: list(BADGES).index(one["status"])):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap="xsmall"):
                st.markdown(f"{BADGES[one['status']]} **{plain(one['name'])}** · {_when(one)}")
                st.text(shortened(one["text"], 110) or "No text")
                st.caption(plain(_names(one["account_ids"], accounts)))
            if st.button("Open", key=f"open_{one['id']}", type="tertiary", icon=":material/arrow_forward:"):
                _opens(one["id"])


def wording(one: Mapping[str, Any], accounts: Accounts) -> None:
    """The words, for who may not change them."""
    with st.container(border=True):
        st.text(one["text"] or "No text")
    st.caption(plain(_names(one["account_ids"], accounts)))


def writes(one: Mapping[str, Any] | None, accounts: Accounts, looking: Any) -> None:
    """The fields, and the deed that keeps them; what networks make of a new one is told in `looking`."""
    of = one["id"] if one else NEW
    begin(_as_post(one) if one else {"id": NEW, "tracking": {}})
    networks = {network["platform"]: network for network in session.api().get("/social/networks")["items"]}
    body = form(accounts, networks)
    st.caption(r"In the text \{date\} becomes the day, and \{n\} the number of the time.")
    rule = rule_form(one["rule"] if one else "FREQ=WEEKLY", of)
    st.caption("The first time")
    began = {"at": one["starts_at"], "local": one["starts_at"], "zone": one["zone"]} if one else None
    when = moment_of(began, of)
    with looking:
        can_go = looked_over(body, accounts, when) if one is None else True
    told = {"name": one["name"] if one else None, "rule": rule, "starts_at": when[0], "zone": when[1], "post": body}
    if one is None and st.button("Have it come again", type="primary", icon=":material/repeat:", disabled=not can_go):
        attempt(lambda: _opens(session.api().post("/recurrences", told)["id"]))
    if one and st.button("Keep changes", type="primary", icon=":material/check:"):
        do("put", f"/recurrences/{of}", told, said="Kept. What was planned is planned anew.")


def acts(one: Mapping[str, Any], *, can_change: bool) -> None:
    """How it stands, and what can be done with it."""
    st.markdown(f"{BADGES[one['status']]} {_when(one)}")
    if not can_change:
        return
    path = f"/recurrences/{one['id']}"
    with st.container(horizontal=True, gap="small"):
        if one["status"] == "active" and st.button("Pause", icon=":material/pause:"):
            do("post", f"{path}/pause", {})
        if one["status"] == "paused" and st.button("Resume", icon=":material/play_arrow:"):
            do("post", f"{path}/resume", {})
        with st.popover("End", icon=":material/stop:"):
            st.markdown("What is planned of it is cancelled, and no more follows. This cannot be taken back.")
            if st.button("End this recurring post"):
                do("post", f"{path}/end", {})


def times(found: Sequence[Mapping[str, Any]]) -> None:
    """The past ones of a month and the next ones; what could not be made says why."""
    st.subheader("Its times", anchor=False)
    numbers, now = session.numbers(), session.now()
    if not found:
        st.caption("No time is to come.")
    for one in found:
        at = numbers.moment(session.moment(one["at"]), now)
        said = "made" if one["post_id"] else "to come"
        st.markdown(f"**{at}** · number {one['number']}, {said}" if not one["problem"] else f"**{at}** · not made")
        for note in filter(None, (one["problem"], one["note"])):
            st.caption(plain(note))


def _as_post(one: Mapping[str, Any]) -> dict[str, Any]:
    """What comes again, as a draft is told."""
    post = one["post"]
    publications = [
        {"account_id": key, "variant": post["variants"].get(key, {}), "assisted": key in post["assisted"]}
        for key in post["account_ids"]
    ]
    return {**post["content"], **post, "id": one["id"], "publications": publications}


def _when(one: Mapping[str, Any]) -> str:
    clock = datetime.fromisoformat(one["starts_at"])
    return plain(f"{rule_in_words(one['rule'])} at {clock:%H:%M}, {one['zone']}")


def _names(account_ids: Sequence[str], accounts: Accounts) -> str:
    return ", ".join(
        account_name(accounts[key]) if key in accounts else "an account that is gone" for key in account_ids
    )


def _opens(which: str) -> None:
    st.session_state.pop("w_text", None)
    st.switch_page("app_pages/recurring.py", query_params={"recurrence": which})
