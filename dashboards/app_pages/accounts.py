"""Pages and profiles: which are connected, and connecting another."""

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.accounts import account_list, connect, in_shown_order
from dashboards.pieces.header import header

with session.refusals():
    accounts = in_shown_order(session.api().all("/social/accounts"))
    connected = [account for account in accounts if account["status"] == "connected"]
    observed = [account["last_observed_at"] for account in connected if account["last_observed_at"]]
    header("Accounts", {"observed_at": min(observed, default=None)}, f"{len(connected)} connected")
    broken = [account for account in accounts if account["status"] == "reconnect_needed"]
    for account in broken:
        st.warning(
            f"{account['platform_title']} needs to be connected again for {account['name']}. "
            "Its figures end until then.",
            icon=":material/link_off:",
        )
    if not accounts:
        st.markdown("**Connect your first account.** Figures appear within an hour; history follows overnight.")
    account_list(accounts)
    if session.may("accounts.connect"):
        st.subheader("Connect an account", anchor=False)
        connect()
