"""Everything that was written, in a list; and one post with its way through review."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.attached import row_of
from dashboards.pieces.deeds import do, moment_of, must_approve, plan
from dashboards.pieces.ledger import STATUSES
from dashboards.pieces.words import counted, name_of, plain
from dashboards.pieces.writing import account_name

STAGES = {"draft": "Draft", "in_review": "In review", "approved": "Approved"}
APPROVALS = {"none": "Nobody", "internal": "A colleague", "client": "A colleague, then the client"}
ACTIONS = {
    "submitted": ("Submitted", "rate_review"),
    "approved": ("Approved", "check_circle"),
    "returned": ("Returned", "undo"),
    "commented": ("Comment", "chat_bubble"),
    "withdrawn": ("Withdrawn", "remove_circle"),
    "edited": ("Edited", "edit"),
}


def library_table(posts: Sequence[Mapping[str, Any]]) -> None:
    """Selecting a row opens the post."""
    numbers, now = session.numbers(), session.now()
    rows = [
        {
            "Post": name_of(post, 48),
            "Words": STAGES[post["stage"]],
            "Stands": _stands(post["publications"]),
            "Tags": ", ".join(post["tags"]),
            "Changed": numbers.moment(session.moment(post["updated_at"]), now),
        }
        for post in posts
    ]
    widths = {"Post": 330, "Words": 90, "Stands": 210, "Tags": 170, "Changed": 140}
    chosen = st.dataframe(
        rows,
        column_config={name: st.column_config.TextColumn(name, width=width) for name, width in widths.items()},
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="library",
        row_height=38,
        height="content" if len(rows) <= 20 else 760,
        alt="Posts as they are written, the newest first",
    )
    for row in chosen.selection.rows:
        st.switch_page("app_pages/content.py", query_params={"post": posts[row]["id"]})


def _stands(publications: Sequence[Mapping[str, Any]]) -> str:
    """*2 published, 1 failed*"""
    counts: dict[str, int] = {}
    for one in publications:
        counts[one["status"]] = counts.get(one["status"], 0) + 1
    return ", ".join(f"{count} {STATUSES[status].word.lower()}" for status, count in counts.items()) or "no account yet"


def approval_rule() -> None:
    """Who must approve posts, and another choice for who may choose."""
    rule = must_approve()
    told = f"Must approve: {APPROVALS[rule].lower()}"
    if not session.may("approval.choose"):
        st.caption(f":material/verified_user: {told}")
        return
    with st.popover(told, icon=":material/verified_user:"):
        wanted = st.radio(
            "Who must approve posts", list(APPROVALS), list(APPROVALS).index(rule), format_func=APPROVALS.get
        )
        if st.button("Keep this rule", disabled=wanted == rule):
            do("put", "/approval", {"approval": wanted})


def written(post: Mapping[str, Any], accounts: Mapping[str, dict[str, Any]]) -> None:
    """The words, and the accounts they are for."""
    with st.container(border=True):
        if post["title"]:
            st.markdown(f"### {plain(post['title'])}")
        st.text(post["text"] or "No text")
        row_of(post["media"], 146)
        for part in post["parts"]:
            st.divider()
            st.text(part["text"] or "No text")
            row_of(part["media"], 146)
        for said, icon in ((post["link"], "link"), (post["first_comment"], "comment")):
            if said:
                st.markdown(f":material/{icon}: {plain(said)}")
    for one in post["publications"]:
        account = accounts.get(one["account_id"])
        name = plain(account_name(account)) if account else "An account that is gone"
        st.markdown(f"{STATUSES[one['status']].badge} {name}" + (" · by hand" if one["assisted"] else ""))
        if one["variant"].get("text"):
            with st.container(border=True):
                st.caption("Written otherwise there")
                st.text(one["variant"]["text"])
        if one["status"] != "draft":
            st.page_link(
                "app_pages/publications.py", label="Open this publication", query_params={"publication": one["id"]}
            )


def review(post: Mapping[str, Any]) -> None:
    """What can be done with it now, and who said what."""
    path, stage = f"/content/{post['id']}", post["stage"]
    may_write, may_review = session.may("posts.write"), session.may("posts.review")
    unplanned = all(one["status"] == "draft" for one in post["publications"])
    trail = session.api().get(f"{path}/reviews")
    steps = trail["items"]
    # Empty again after each step.
    comment = st.text_area("Comment", height=80, key=f"said_{len(steps)}", placeholder="For who reads it next")
    with st.container(horizontal=True, gap="small"):
        if may_write and stage == "draft" and st.button("Submit for review", icon=":material/rate_review:"):
            do("post", f"{path}/submit", {"comment": comment or None})
        if may_review and stage == "in_review":
            may_approve = _is_asked(post, trail["awaits"])
            if may_approve and st.button("Approve", type="primary", icon=":material/check:"):
                do("post", f"{path}/approve", {"comment": comment or None})
            if st.button("Return", icon=":material/undo:", disabled=not comment, help="Say what must be otherwise."):
                do("post", f"{path}/return", {"comment": comment})
        if may_write and stage == "in_review" and st.button("Withdraw", icon=":material/remove_circle:"):
            do("post", f"{path}/withdraw", {})
        if st.button("Comment only", icon=":material/chat_bubble:", disabled=not comment):
            do("post", f"{path}/comment", {"comment": comment})
        if may_write and unplanned and st.button("Edit", icon=":material/edit:"):
            st.switch_page("app_pages/compose.py", query_params={"post": post["id"]})
    if unplanned and post["publications"] and session.may("posts.publish") and _may_go(stage):
        with st.expander("Plan it", icon=":material/event:", expanded=stage == "approved"):
            plan(post["id"], moment_of(post["wish"], post["id"]))
    _trail(steps)


def _is_asked(post: Mapping[str, Any], awaits: str | None) -> bool:
    """Whether the reader's approval comes next: not for words of their own, unless they own the workspace."""
    role = session.workspace()["role"]
    own = post["author_id"] == st.session_state.user["id"] and role != "owner"
    return not own and (awaits is None or (awaits == "client") == (role == "client"))


def _may_go(stage: str) -> bool:
    """Whether the words are approved, where that is asked for."""
    return stage == "approved" or (stage == "draft" and must_approve() == "none")


def _trail(steps: Sequence[Mapping[str, Any]]) -> None:
    st.subheader("Reviews", anchor=False)
    if not steps:
        st.caption("Nobody has said anything yet.")
    numbers, now = session.numbers(), session.now()
    for step in steps:
        word, icon = ACTIONS[step["action"]]
        who = "you" if step["person_id"] == st.session_state.user["id"] else plain(step["person"])
        side = " for the client" if step["side"] == "client" else ""
        st.markdown(
            f":material/{icon}: **{word}**{side} by {who}, {numbers.age(session.moment(step['created_at']), now)}"
        )
        if step["comment"]:
            st.text(step["comment"])


def summary(posts: Sequence[Mapping[str, Any]], more: bool) -> str:
    """What waits for somebody, in one sentence."""
    waiting = sum(post["stage"] == "in_review" for post in posts)
    trouble = sum(one["status"] in ("failed", "needs_person") for post in posts for one in post["publications"])
    told = f"**{counted(waiting, 'post')} in review**" if waiting else "**Nothing waits for approval**"
    told += f", {counted(trouble, 'publication')} in trouble" if trouble else ""
    return told + (" among the newest shown." if more else ".")
