"""The list of accounts, and the consent that adds one."""

from collections import Counter
from datetime import date
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.posts import dot
from dashboards.pieces.words import plain
from reporting.charts.tokens import network_title, networks

STATUSES = {
    "connected": "Connected",
    "reconnect_needed": "Connect again",
    "disconnected": "Disconnected",
    "imported": "From files",
}
TELLING = {
    "subscribed": "told by the network within minutes",
    "waiting": "the network is asked to tell within the day",
    "failed": "read every hour",
    "by_app": "told by the network, once its app knows our address",
    "no_address": "read every hour; networks cannot reach ClientNest",
    "not_offered": "read every hour; the network tells nothing",
}


def in_shown_order(accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By network in the order of everywhere, then by name."""
    order = networks()
    return sorted(accounts, key=lambda account: (account["source"], order.index(account["platform"]), account["name"]))


def told_apart(accounts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By id, to choose from: of two on a network with one name the handle or the network's id says which is which."""
    names = Counter((account["platform"], account["name"]) for account in accounts)
    return {
        account["id"]: account
        if names[account["platform"], account["name"]] == 1
        else {**account, "name": f"{account['name']} ({account['username'] or account['external_id']})"}
        for account in accounts
    }


def account_list(accounts: list[dict[str, Any]]) -> None:
    """Choosing a row offers to disconnect it."""
    if not accounts:
        return
    numbers, now, theme = session.numbers(), session.now(), session.theme()
    rows = [
        {
            "mark": dot(theme.network(account["platform"])),
            "Network": account["platform_title"],
            "Account": account["name"],
            "Status": STATUSES[account["status"]],
            "Followers": numbers.full(account["followers"]),
            "Posts": numbers.full(account["posts_count"]),
            "Last post": numbers.moment(session.moment(account["last_post_at"]), now),
            "Observed": numbers.age(session.moment(account["last_observed_at"]), now),
        }
        for account in accounts
    ]
    widths = {"Network": 100, "Account": 200, "Status": 110, "Last post": 190, "Observed": 150}
    columns = {name: st.column_config.TextColumn(name, width=width) for name, width in widths.items()}
    columns |= {name: st.column_config.TextColumn(name, width=96, alignment="right") for name in ("Followers", "Posts")}
    columns["mark"] = st.column_config.ImageColumn("", width=36)
    chosen = st.dataframe(
        rows,
        column_config=columns,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        row_height=38,
        key="accounts",
        alt="Accounts with their status, followers and when they were last observed",
    )
    if any(account["followers"] is None for account in accounts):
        st.caption("A dash is not known yet: files hold no followers, and a new account is observed within the hour.")
    for row in chosen.selection.rows:
        if accounts[row]["source"] == "api":
            _usage(accounts[row])
        if session.may("accounts.disconnect") and accounts[row]["status"] in ("connected", "reconnect_needed"):
            name = f"{accounts[row]['platform_title']} · {accounts[row]['name']}"
            if st.button(f"Disconnect {name}", icon=":material/link_off:"):
                _disconnect(accounts[row]["id"], name)


def _usage(account: dict[str, Any]) -> None:
    """What the account costs, what its network withholds, and until when the connection lasts."""
    found = session.api().get(f"/social/accounts/{account['id']}/usage")
    with st.expander(f"Costs and rights of {plain(account['name'])}", icon=":material/receipt_long:", expanded=True):
        for place, facts in zip(st.columns(2), (_costs(found), _connection(found)), strict=True):
            place.markdown("  \n".join(f"**{title}**: {plain(said)}" for title, said in facts.items()))
        missing = [
            f"{plain(right['capability'])}: {plain(', '.join(right['missing']))}"
            for right in found["rights"]
            if right["missing"]
        ]
        if missing:
            lines = "".join(f"\n- {line}" for line in missing)
            st.warning(f"Not allowed. Connect the account again to allow it.\n{lines}", icon=":material/lock:")
        if found["telling"]["status"] == "failed":
            st.warning(
                f"{account['platform_title']} does not tell what happens: {plain(found['telling']['problem'])} "
                "It is asked again every few hours.",
                icon=":material/notifications_off:",
            )
        for metric in found["parked_metrics"]:
            until = session.numbers().moment(session.moment(metric["until"]), session.now())
            st.caption(f"**{plain(metric['metric'])}** is not asked for until {until}: {plain(metric['reason'])}")


def _costs(found: dict[str, Any]) -> dict[str, str]:
    """What reading the account cost, as the API counts it, and where it stops."""
    facts = {
        title: ", ".join(f"{amount} {unit}" for unit, amount in cost.items()) or "nothing that is billed"
        for title, cost in (("Today", found["cost_today"]), ("This month", found["cost_this_month"]))
    }
    return facts | ({"Reading stops at": f"{limit} USD in a month"} if (limit := found["monthly_usd_limit"]) else {})


def _connection(found: dict[str, Any]) -> dict[str, str]:
    """Until when what lasts, and whether the network tells by itself."""
    numbers, now = session.numbers(), session.now()
    ends = {
        "Renewed by itself before": found["token_expires_at"],
        "Connect again before": found["refresh_expires_at"],
    }
    facts = {title: numbers.moment(session.moment(moment), now) for title, moment in ends.items() if moment}
    if found["api_version_ends"]:
        facts[f"API {found['api_version']} ends"] = numbers.day(date.fromisoformat(found["api_version_ends"]))
    return facts | {"What happens": TELLING[found["telling"]["status"]]}


def connect() -> None:
    """One button for each way in; the consent opens at the network and comes back to ClientNest."""
    place = st.container(horizontal=True)
    for way in session.api().get("/social/apps")["items"]:
        network, login = way["platform"], way["login"]
        key = f"connect_{network}" if login == network else f"connect_{network}_{login}"
        if place.button(way["title"], icon=":material/add_link:", key=key):
            with session.refusals():
                begun = session.api().post("/social/accounts/connect", {"platform": network, "login": login})
                until = session.numbers().clock(session.moment(begun["state_expires_at"]) or session.now())
                st.link_button(
                    f"Continue at {network_title(network)}",
                    begun["authorize_url"],
                    type="primary",
                    icon=":material/open_in_new:",
                )
                st.caption(f"You choose there what ClientNest may do. Come back before {until}, then reload this page.")


@st.dialog("Disconnect?")
def _disconnect(account_id: str, name: str) -> None:
    st.markdown(f"{plain(name)} is not observed any more and nothing can be published to it. Its history stays.")
    if st.button("Disconnect now", type="primary"):
        with session.refusals():
            session.api().delete(f"/social/accounts/{account_id}")
            st.toast("Disconnected.")
            st.rerun()
