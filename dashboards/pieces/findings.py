"""What there is to say of a draft before it goes out, and how it will look."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.attached import picture
from dashboards.pieces.words import counted, plain
from dashboards.pieces.writing import account_name

MARKS = {"error": ":red-badge[Must change]", "warning": ":orange-badge[Look]"}


def findings(found: Sequence[Mapping[str, Any]], accounts: Mapping[str, dict[str, Any]]) -> None:
    """Every problem of every account, the hindering ones first, with the limit's source."""
    for one in sorted(found, key=lambda one: one["severity"] != "error"):
        account = accounts.get(one["account_id"] or "")
        where = f"**{plain(account_name(account))}** · " if account else ""
        st.markdown(f"{MARKS[one['severity']]} {where}{plain(one['message'])}")
        if one["maximum"] is not None:
            amounts = (
                f"{one['counted']:,} of {one['maximum']:,}" if one["counted"] is not None else f"{one['maximum']:,}"
            )
            source = f" · [{one['as_of']}]({one['source']})" if one["source"] else ""
            st.caption(f"{plain(one['field'])}: {amounts} {plain(one['unit'] or '')}{source}")


def verdict(checked: Mapping[str, Any], accounts: int) -> str:
    """One sentence over all accounts."""
    wrong = sum(one["severity"] == "error" for one in checked["findings"])
    if wrong:
        return f"**{counted(wrong, 'thing')} must change** before it can go out."
    return f"**It can go out** on {counted(accounts, 'account')}."


def previews(
    body: Mapping[str, Any], accounts: Mapping[str, dict[str, Any]], networks: Mapping[str, dict[str, Any]]
) -> None:
    """How it reads on each account."""
    for account_id in body["account_ids"]:
        account = accounts[account_id]
        seen = {**body, **body["variants"].get(account_id, {})}
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"### {plain(account_name(account))}")
            st.caption(_length(seen["text"], networks[account["platform"]]))
            if seen["title"]:
                st.markdown(f"**{plain(seen['title'])}**")
            st.text(seen["text"] or "No text")
            if seen["media"]:
                row = st.container(horizontal=True, gap="xsmall")
                for piece in seen["media"]:
                    with row.container(width=96):
                        picture(piece["media_id"])
            for said, icon in ((seen["link"], "link"), (seen["first_comment"], "comment")):
                if said:
                    st.markdown(f":material/{icon}: {plain(said)}")


def _length(text: str, network: Mapping[str, Any]) -> str:
    """As typed; the network's own count decides, and is told by the check where it is passed."""
    numbers = session.numbers()
    limits = [one for one in network["limits"] if one["field"] == "text" and one["kind"] is None]
    said = f"{numbers.full(len(text))} characters typed"
    return said + "".join(f" · up to {numbers.full(one['maximum'])} {plain(one['unit'])}" for one in limits[:1])
