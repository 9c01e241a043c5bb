"""Signing in, in the place of whatever page was asked for."""

import streamlit as st

from dashboards.client import Api, Refused
from dashboards.pieces import session


def sign_in() -> None:
    st.title("Sign in")
    with st.form("sign_in", border=True):
        email = st.text_input("E-mail", autocomplete="username")
        password = st.text_input("Password", type="password", autocomplete="current-password")
        sent = st.form_submit_button("Sign in", type="primary")
    if not sent:
        return
    try:
        answer = Api().post("/auth/login", {"email": email, "password": password})
    except Refused as refusal:
        st.warning(str(refusal), icon=":material/error:")
        return
    if not answer["workspaces"]:
        st.warning("You are a member of no workspace yet. Ask an owner to invite you.", icon=":material/error:")
        return
    session.enter(answer)
    st.rerun()
