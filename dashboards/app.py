"""Navigation and nothing else: which pages there are, and who is looking."""

from pathlib import Path

import streamlit as st

from dashboards.pieces import moment, session, staying
from dashboards.pieces.sign_in import sign_in

HERE = Path(__file__).parent
PAGES = {
    "Measure": [
        st.Page("app_pages/overview.py", title="Overview", icon=":material/space_dashboard:", default=True),
        st.Page("app_pages/posts.py", title="Posts", icon=":material/grid_view:"),
        st.Page("app_pages/insights.py", title="Insights", icon=":material/lightbulb:"),
        st.Page("app_pages/roi.py", title="Return", icon=":material/savings:"),
        st.Page("app_pages/audience.py", title="Audience", icon=":material/groups:"),
        st.Page("app_pages/changes.py", title="What changed", icon=":material/difference:"),
        st.Page("app_pages/post.py", title="Post", visibility="hidden"),
    ],
    "Publish": [
        st.Page("app_pages/compose.py", title="Compose", icon=":material/edit_square:"),
        st.Page("app_pages/content.py", title="Content", icon=":material/article:"),
        st.Page("app_pages/calendar.py", title="Calendar", icon=":material/calendar_month:"),
        st.Page("app_pages/publications.py", title="Publications", icon=":material/outbox:"),
    ],
    "Workspace": [
        st.Page("app_pages/accounts.py", title="Accounts", icon=":material/link:"),
        st.Page("app_pages/imports.py", title="Imports", icon=":material/upload_file:"),
        st.Page("app_pages/reports.py", title="Reports", icon=":material/description:"),
        st.Page("app_pages/data_health.py", title="Data health", icon=":material/monitor_heart:"),
    ],
}

st.set_page_config(page_title="ClientNest", page_icon=str(HERE / "static" / "mark.svg"), layout="wide")
st.html(HERE / "look.css")
st.logo(HERE / "static" / "logo.svg", icon_image=HERE / "static" / "mark.svg")
session.come_back()
staying.tell_browser()
# Pages are known before signing in too, so that a link to one of them leads there afterwards.
page = st.navigation(PAGES, position="sidebar" if session.signed_in() else "hidden", expanded=True)
# Replaced at once after signing in; otherwise the form would stand among the page until that is complete.
gate = st.empty()
if session.signed_in():
    session.choose_workspace()
    with moment.patience(session.numbers()):
        page.run()
else:
    with gate.container(width=420):
        sign_in()
