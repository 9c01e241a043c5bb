"""Signing in, in the place of whatever page was asked for."""

import streamlit as st

from dashboards.client import Api, Refused
from dashboards.pieces import session


def sign_in() -> None:
    """The form; the page that was asked for follows in the same run as a sign-in that works."""
    st.title("Sign in", anchor=False)
    with st.form("sign_in"):
        st.text_input("E-mail", key="email", autocomplete="username")
        st.text_input("Password", key="password", type="password", autocomplete="current-password")
        st.form_submit_button("Sign in", type="primary", on_click=_enter)
    if refusal := st.session_state.pop("refusal", None):
        st.warning(refusal, icon=":material/error:")


def _enter() -> None:
    state = st.session_state
    try:
        answer = Api().post("/auth/login", {"email": state.email, "password": state.password})
    except Refused as refusal:
        state.refusal = str(refusal)
        return
    if answer["workspaces"]:
        session.enter(answer)
    else:
        state.refusal = "You are a member of no workspace yet. Ask an owner to invite you."
