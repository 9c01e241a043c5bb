"""The dashboard as a server: its pages, and the route by which a browser stays signed in."""

from pathlib import Path

from starlette.routing import Route
from streamlit.starlette import App

from dashboards.pieces import staying

app = App(Path(__file__).with_name("app.py"), routes=[Route(staying.PATH, staying.answer, methods=["POST", "DELETE"])])
