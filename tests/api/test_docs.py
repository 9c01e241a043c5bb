"""The page for people: complete, and in need of nothing from elsewhere."""

import re
from html import unescape

from api.main import app
from tests.api.conftest import Caller


def test_the_page_names_every_route_and_links_lead_somewhere(nobody: Caller) -> None:
    answer = nobody.get("/docs")
    assert answer.status_code == 200
    text = unescape(answer.text)
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            assert f"<b>{method.upper()}</b> <code>{path}</code>" in text
    targets = set(re.findall(r'href="#([^"]+)"', answer.text))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', answer.text))


def test_the_page_loads_nothing(nobody: Caller) -> None:
    answer = nobody.get("/docs")
    assert "<script" not in answer.text
    assert "src=" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
