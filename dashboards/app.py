"""Navigation and nothing else: which pages there are, and who is looking."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboards.pieces import moment, session, staying
from dashboards.pieces.sign_in import sign_in

HERE = Path(__file__).parent


def pages() -> dict[str, list[StreamlitPage]]:
    """Every page by its section. What the reader may not see is out of sight; who has a link is told whom to ask."""
    return {
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
            _with("posts.write", "compose", "Compose", "edit_square"),
            st.Page("app_pages/content.py", title="Content", icon=":material/article:"),
            st.Page("app_pages/planning.py", title="Planning", icon=":material/event_repeat:"),
            st.Page("app_pages/recurring.py", title="Recurring post", visibility="hidden"),
            st.Page("app_pages/calendar.py", title="Calendar", icon=":material/calendar_month:"),
            st.Page("app_pages/publications.py", title="Publications", icon=":material/outbox:"),
        ],
        "Workspace": [
            st.Page("app_pages/accounts.py", title="Accounts", icon=":material/link:"),
            _with("imports.read", "imports", "Imports", "upload_file"),
            st.Page("app_pages/reports.py", title="Reports", icon=":material/description:"),
            _with("pipeline.read", "data_health", "Data health", "monitor_heart"),
        ],
    }


def _with(right: str, name: str, title: str, icon: str) -> StreamlitPage:
    """A page for those who have a right."""
    shown = session.signed_in() and session.may(right)
    return st.Page(
        f"app_pages/{name}.py",
        title=title,
        icon=f":material/{icon}:",
        visibility="visible" if shown else "hidden",
    )


st.set_page_config(page_title="ClientNest", page_icon=str(HERE / "static" / "mark.svg"), layout="wide")
st.html(HERE / "look.css")
st.logo(HERE / "static" / "logo.svg", icon_image=HERE / "static" / "mark.svg")
session.come_back()
staying.tell_browser()
# Pages are known before signing in too, so that a link to one of them leads there afterwards.
page = st.navigation(pages(), position="sidebar" if session.signed_in() else "hidden", expanded=True)
# Replaced at once after signing in; otherwise the form would stand among the page until that is complete.
gate = st.empty()
if session.signed_in():
    session.choose_workspace()
    with moment.patience(session.numbers()):
        page.run()
else:
    with gate.container(width=420):
        sign_in()
