"""Publications: how each stands, what happened to it, and what a person can do."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.attached import picture
from dashboards.pieces.deeds import do, moment_of
from dashboards.pieces.words import counted, plain, shortened
from reporting.charts.tokens import network_title


class Status(NamedTuple):
    """How a status is called; the colour and the icon that it always comes with."""

    word: str
    colour: str
    icon: str

    @property
    def badge(self) -> str:
        return f":{self.colour}-badge[{self.word}]"


STATUSES = {
    "draft": Status("Draft", "gray", "edit_note"),
    "scheduled": Status("Planned", "blue", "schedule"),
    "publishing": Status("On its way", "blue", "upload"),
    "published": Status("Published", "green", "check_circle"),
    "failed": Status("Failed", "red", "error"),
    "needs_person": Status("Needs you", "orange", "front_hand"),
    "cancelled": Status("Cancelled", "gray", "cancel"),
}
# What somebody has to look at comes first.
URGENT = ("needs_person", "failed")
GROUPS = (*URGENT, "publishing", "scheduled", "published", "cancelled")
# Of a page, and of each status where all are shown.
PAGE, FEW = 30, 10
MODES = {"prepare": "Prepared", "send": "Sent", "look": "Looked at the network", "person": "A person said"}


def finding(found: Mapping[str, Mapping[str, Any]]) -> str:
    """What waits for somebody, and what is to come; `found` has the first page of each status."""
    waiting = found["needs_person"]["items"] + found["failed"]["items"]
    more = any(found[status]["next_cursor"] for status in URGENT)
    told = f"{'More than ' if more else ''}{counted(len(waiting), 'publication')} in need of you"
    planned, underway = (_at_least(found[status]) for status in ("scheduled", "publishing"))
    return f"**{told if waiting else 'Nothing needs you'}.** {planned} planned, {underway} on their way."


def _at_least(page: Mapping[str, Any]) -> str:
    """*30*, *30+*"""
    return f"{len(page['items'])}{'+' if page['next_cursor'] else ''}"


def newest(found: Mapping[str, Mapping[str, Any]]) -> None:
    """Some of each status; what somebody has to look at all together, and first."""
    for status, page in found.items():
        shown = PAGE if status in URGENT else FEW
        _listed(page["items"][:shown])
        if len(page["items"]) > shown or page["next_cursor"]:
            word = STATUSES[status].word
            st.button(f"More: {word.lower()}", key=f"more_{status}", on_click=_choose, args=(status,))


def _choose(status: str) -> None:
    st.session_state.status = status


def in_pages(status: str) -> None:
    """Those that stand so, a page at a time; which one is kept for who comes back."""
    places: list[str | None] = st.session_state.setdefault(f"places_{status}", [None])
    found = session.api().get("/social/publications", status=status, limit=PAGE, cursor=places[-1])
    _listed(found["items"])
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if len(places) > 1 and st.button("Newer", icon=":material/arrow_back:"):
            places.pop()
            st.rerun()
        if found["next_cursor"] and st.button("Older", icon=":material/arrow_forward:", icon_position="right"):
            places.append(found["next_cursor"])
            st.rerun()
        if len(places) > 1 or found["next_cursor"]:
            st.caption(f"Page {len(places)}")


def _listed(items: Sequence[Mapping[str, Any]]) -> None:
    """A line each; a click opens it."""
    numbers, now = session.numbers(), session.now()
    for item in items:
        status = STATUSES[item["status"]]
        at = numbers.moment(session.moment(item["published_at"] or item["scheduled_at"]), now)
        by_hand = " :gray-badge[By hand]" if item["assisted"] else ""
        where = f"{network_title(item['platform'])} · {plain(item['account_name'])}"
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap="xsmall"):
                st.markdown(f"{status.badge}{by_hand} **{at}** · {where}")
                st.text(shortened(item["text"] or item["title"], 110) or "No text")
                if item["problem"]:
                    st.caption(plain(item["problem"]))
            if item["permalink"]:
                st.link_button("At the network", item["permalink"], type="tertiary", icon=":material/open_in_new:")
            if st.button("Open", key=f"open_{item['id']}", type="tertiary", icon=":material/arrow_forward:"):
                st.switch_page("app_pages/publications.py", query_params={"publication": item["id"]})


def facts(one: Mapping[str, Any]) -> None:
    """How it stands and what it says."""
    numbers, now = session.numbers(), session.now()
    local, zone = session.moment(one["scheduled_local"]), one["scheduled_zone"]
    wall = f" ({local:%H:%M} in {zone})" if local and zone != numbers.zone else ""
    st.markdown(
        f"{STATUSES[one['status']].badge} meant for **{numbers.moment(session.moment(one['scheduled_at']), now)}**"
        f"{wall}"
    )
    if one["problem"]:
        st.warning(plain(one["problem"]), icon=":material/front_hand:")
    if one["first_comment_problem"]:
        st.warning(f"First comment: {plain(one['first_comment_problem'])}", icon=":material/comment:")
    with st.container(border=True):
        st.text(one["text"] or one["title"] or "No text")
    if one["permalink"]:
        st.link_button("Open at the network", one["permalink"], icon=":material/open_in_new:")
    if one["assisted"]:
        _package(one)


def _package(one: Mapping[str, Any]) -> None:
    """What a person copies and downloads to post it by hand."""
    api = session.api()
    packed = api.get(f"/social/publications/{one['id']}/package")
    st.subheader("To post by hand", anchor=False)
    for title in ("title", "text", "link", "first_comment"):
        if packed[title]:
            st.caption(title.replace("_", " ").capitalize())
            st.code(packed[title], language=None, wrap_lines=True)
    for number, text in enumerate(packed["parts"], 2):
        st.caption(f"Post {number} of the thread")
        st.code(text, language=None, wrap_lines=True)
    for place, piece in enumerate(packed["media"], 1):
        with st.container(width=220):
            picture(piece["media_id"])
        if piece["part"] is not None:
            st.caption(f"For post {piece['part'] + 2} of the thread")
        if piece["alt_text"]:
            st.caption(plain(piece["alt_text"]))
        ending = piece["content_type"].rpartition("/")[2]
        path = f"/media/{piece['media_id']}/content"
        st.download_button(
            f"Download medium {place}",
            partial(api.download, path),
            f"{place}.{ending}",
            piece["content_type"],
            key=f"download_{place}",
            icon=":material/download:",
            on_click="ignore",
        )


def acts(one: Mapping[str, Any]) -> None:
    """What the reader can do with it as it stands."""
    if not session.may("posts.publish"):
        return
    path, status = f"/social/publications/{one['id']}", one["status"]
    if status == "needs_person":
        _verdict_of_person(path, by_hand=one["assisted"])
    if status == "failed" and st.button("Try again", type="primary", icon=":material/refresh:"):
        do("post", f"{path}/retry", {})
    if status == "scheduled":
        with st.expander("Another moment", icon=":material/event:", expanded=True):
            when = moment_of(
                {"at": one["scheduled_at"], "local": one["scheduled_local"], "zone": one["scheduled_zone"]}, one["id"]
            )
            if st.button("Move", type="primary", icon=":material/event_repeat:"):
                do("patch", path, {"at": when[0], "zone": when[1]})
    if status in ("scheduled", "failed", "needs_person"):
        with st.popover("Cancel", icon=":material/cancel:"):
            st.markdown("It will not go out. This cannot be taken back.")
            if st.button("Cancel this publication"):
                do("post", f"{path}/cancel", {})


def _verdict_of_person(path: str, *, by_hand: bool) -> None:
    st.subheader("Say what became of it", anchor=False)
    if not by_hand:
        st.markdown("Look at the network: is the post there?")
    link = st.text_input("Its address there", placeholder="https://…", key="address_there")
    with st.container(horizontal=True, gap="small"):
        done = "I have posted it" if by_hand else "It is published"
        if st.button(done, type="primary", icon=":material/check:"):
            do("post", f"{path}/mark", {"live": True, "permalink": link or None})
        if st.button("It was not created", icon=":material/close:"):
            do("post", f"{path}/mark", {"live": False})
        if not by_hand and st.button("It is not there: send it again", icon=":material/refresh:"):
            do("post", f"{path}/retry", {"not_live": True})


def timeline(history: Mapping[str, Any]) -> None:
    """Everything that happened, the first thing first, with what networks and people said."""
    numbers, now = session.numbers(), session.now()
    steps = [
        (event["at"], event["type"].rpartition(".")[2].replace("_", " ").capitalize(), None)
        for event in history["events"]
    ]
    for tried in history["tries"]:
        outcome = (tried["outcome"] or "nobody knows yet").replace("_", " ")
        mode = MODES.get(tried["mode"], tried["mode"])
        steps.append((tried["started_at"], f"Attempt {tried['number']}: {mode.lower()}, {outcome}", tried["evidence"]))
    for at, said, evidence in sorted(steps, key=lambda step: step[0]):
        st.markdown(f":material/fiber_manual_record: **{plain(said)}** · {numbers.age(session.moment(at), now)}")
        if evidence:
            with st.expander("Evidence"):
                st.json(evidence)
