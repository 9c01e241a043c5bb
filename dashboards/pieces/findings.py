"""What there is to say of a draft before it goes out, and how it will look."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.attached import row_of
from dashboards.pieces.words import counted, plain
from dashboards.pieces.writing import account_name
from reporting.charts.numbers import SPACE
from reporting.charts.tokens import network_title

MARKS = {"error": ":red-badge[Must change]", "warning": ":orange-badge[Look]"}


def looked_over(body: Mapping[str, Any], accounts: Mapping[str, dict[str, Any]], when: tuple[str, str]) -> bool:
    """What the networks make of it while it is written; whether it can go out."""
    if not body["account_ids"] or not (body["text"] or body["media"] or body["variants"]):
        st.markdown("**Choose accounts and write.** What each network makes of it appears here.")
        return False
    checked = session.api().post("/content/check", {**body, "at": when[0], "zone": when[1]})
    st.markdown(_verdict(checked, len(body["account_ids"])))
    st.markdown(_lengths(checked["counts"], accounts))
    _findings(checked["findings"], accounts)
    _previews(body, accounts, checked["counts"])
    return bool(checked["can_go"])


def _findings(found: Sequence[Mapping[str, Any]], accounts: Mapping[str, dict[str, Any]]) -> None:
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


def _verdict(checked: Mapping[str, Any], accounts: int) -> str:
    """One sentence over all accounts."""
    wrong = sum(one["severity"] == "error" for one in checked["findings"])
    if wrong:
        return f"**{counted(wrong, 'thing')} must change** before it can go out."
    return f"**It can go out** on {counted(accounts, 'account')}."


def _previews(
    body: Mapping[str, Any], accounts: Mapping[str, dict[str, Any]], counts: Sequence[Mapping[str, Any]]
) -> None:
    """How it reads on each account, and how much of it there is."""
    for account_id in body["account_ids"]:
        account = accounts[account_id]
        seen = {**body, **body["variants"].get(account_id, {})}
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"### {plain(account_name(account))}")
            st.caption(_counted([one for one in counts if one["account_id"] == account_id]))
            if seen["title"]:
                st.markdown(f"**{plain(seen['title'])}**")
            st.text(seen["text"] or "No text")
            row_of(seen["media"], 96)
            for part in seen["parts"]:
                st.divider()
                st.text(part["text"] or "No text")
                row_of(part["media"], 96)
            for said, icon in ((seen["link"], "link"), (seen["first_comment"], "comment")):
                if said:
                    st.markdown(f":material/{icon}: {plain(said)}")


def _lengths(counts: Sequence[Mapping[str, Any]], accounts: Mapping[str, dict[str, Any]]) -> str:
    """*212 / 280 X · 212 / 2,200 Instagram*: the text on each account; what is too long in red."""
    told = [one for one in _tightest(counts) if one["field"] == "text"]
    networks = [accounts[one["account_id"]]["platform"] for one in told]
    said = []
    for one, network in zip(told, networks, strict=True):
        alone = networks.count(network) == 1
        name = network_title(network) if alone else account_name(accounts[one["account_id"]])
        said.append(f"{_share(one)}{SPACE}{plain(name)}")
    return " · ".join(said)


def _counted(counts: Sequence[Mapping[str, Any]]) -> str:
    """*Text 212 / 280 weighted characters · Hashtags 2 / 30*, of one account; what there is nothing of is left out."""
    said = []
    for one in _tightest(counts):
        if one["counted"]:
            unit = "" if one["unit"] == one["limit"] else f" {plain(one['unit'])}"
            said.append(f"{_called(one)} {_share(one)}{unit}")
    return " · ".join(said)


def _called(one: Mapping[str, Any]) -> str:
    """What is counted, in words."""
    name: str = one["limit"].replace("_", " ")
    *path, last = one["field"].split(".")
    if last.isdigit():
        name += f" {int(last) + 1}"
    if path[:1] != ["parts"]:
        return name.capitalize()
    post = f"Post {int(path[1]) + 2} of the thread"
    return post if last == "text" else f"{post}: {name}"


def _share(one: Mapping[str, Any]) -> str:
    numbers = session.numbers()
    said = f"**{numbers.full(one['counted'])}{SPACE}/{SPACE}{numbers.full(one['maximum'])}**"
    return f":red[{said}]" if one["counted"] > one["maximum"] else said


def _tightest(counts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of several limits of the same thing the lowest one."""
    found: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    for one in sorted(counts, key=lambda one: -one["maximum"]):
        found[one["account_id"], one["field"], one["limit"]] = one
    return [one for one in counts if one in found.values()]
