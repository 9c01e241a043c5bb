"""Publishing one post now, and what becomes of it."""

from typing import Any

import streamlit as st

from dashboards.client import Refused
from dashboards.pieces import session
from dashboards.pieces.words import counted, plain, shortened
from reporting.charts.tokens import network_title

STATUSES = {
    "scheduled": ":blue-badge[Waiting]",
    "publishing": ":blue-badge[On its way]",
    "published": ":green-badge[Published]",
    "failed": ":red-badge[Failed]",
    "needs_person": ":orange-badge[Needs you]",
    "cancelled": ":gray-badge[Cancelled]",
}
MOVING = ("scheduled", "publishing")
# How many publications are worth a look above the posts.
NEWEST = 12


@st.dialog("Publish a post", width="medium")
def compose() -> None:
    """Goes out at once, to every account that is chosen."""
    try:
        accounts = session.api().all("/social/accounts", status="connected")
    except Refused as refusal:
        st.warning(str(refusal))
        return
    if not accounts:
        st.info("Connect your first account: then you can publish to it.", icon=":material/link:")
        return
    names = {account["id"]: f"{network_title(account['platform'])} · {account['name']}" for account in accounts}
    chosen = st.multiselect("Accounts", list(names), format_func=names.__getitem__)
    text = st.text_area("Text", height=140)
    title = st.text_input("Title", help="For networks whose posts have one, such as YouTube.")
    media = st.text_input("Picture or video", placeholder="https://…", help="Where ClientNest can fetch it.")
    label = f"Publish to {counted(len(chosen), 'account')} now"
    if st.button(label, type="primary", disabled=not chosen or not (text or media)):
        body = {"account_ids": chosen, "text": text, "title": title or None, "media_url": media or None}
        try:
            session.api().post("/social/publish", body)
        except Refused as refusal:
            st.warning(str(refusal), icon=":material/error:")
        else:
            st.toast("On its way.", icon=":material/send:")
            st.rerun()


def publications() -> None:
    """The newest publications; looks again by itself while one of them is on its way."""
    with session.refusals():
        found = _newest()
        if found:
            moving = any(item["status"] in MOVING for item in found)
            st.fragment(_listed, run_every=3 if moving else None)(moving)


def _newest() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = session.api().get("/social/publications", limit=NEWEST)["items"]
    return items


def _listed(was_moving: bool) -> None:
    with session.refusals():
        found = _newest()
        moving = [item for item in found if item["status"] in MOVING]
        open_ones = [item for item in found if item["status"] in ("failed", "needs_person")]
        if was_moving and not moving:
            st.rerun()
        label = f"Published from here: {len(moving)} on their way" if moving else "Published from here"
        with st.expander(label, expanded=bool(moving or open_ones)):
            for item in found:
                _line(item)


def _line(item: dict[str, Any]) -> None:
    now = session.now()
    when = session.numbers().moment(session.moment(item["published_at"] or item["scheduled_at"]), now)
    where = f"{network_title(item['platform'])} · {plain(item['account_name'])}"
    line = f"{STATUSES[item['status']]} {plain(shortened(item['text'], 60))} — {where} · {when}"
    if item["permalink"]:
        line += f" · [open]({item['permalink']})"
    st.markdown(line)
    if item["problem"]:
        st.caption(plain(item["problem"]))
