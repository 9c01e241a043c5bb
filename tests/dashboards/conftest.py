"""Pages over the real API, with a world in which everything that can be unknown is."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from identity import tokens
from tests.api.conftest import marts, new_world
from tests.conftest import ROOT, TestWorkspace, free_port, running, until
from tests.reporting.conftest import Filled, fill

__all__ = ["marts"]

PASSWORD = "a long walk by the sea"
# A registration is enough to begin a consent; nobody is asked here.
REGISTRATION = {"NEST_PLATFORMS__FACEBOOK__CLIENT_ID": "app", "NEST_PLATFORMS__FACEBOOK__CLIENT_SECRET": "secret"}

APP = ROOT / "dashboards" / "app.py"


@pytest.fixture(scope="session")
def url(marts: str, home: Path) -> Iterator[str]:
    """Where the API answers."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = home / "api-of-pages.log"
    argv = [sys.executable, "-m", "uvicorn", "api.main:app", "--port", str(port), "--log-level", "warning"]
    with running(argv, env={**REGISTRATION, "NEST_API_PORT": str(port)}, log=log) as process:
        until(lambda: process.poll() is not None or _answers(address), seconds=60, what="the API")
        assert process.poll() is None, log.read_text()
        yield address


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(autouse=True)
def own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is run puts itself in the place of `__main__`, which processes started later would run again."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@dataclass(frozen=True)
class Owner:
    """Somebody who signed up, and what the API answered them."""

    email: str
    answer: dict[str, Any]

    @property
    def workspace(self) -> TestWorkspace:
        first = self.answer["workspaces"][0]
        return TestWorkspace(first["id"], self.answer["user"]["id"], first["id"])

    def opens(self, name: str, **query: str) -> AppTest:
        """A page, signed in: `owner.opens("posts", since="2026-01-01", until="2026-01-31")`."""
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.session_state["token"] = self.answer["access_token"]
        app.session_state["user"] = self.answer["user"]
        app.session_state["workspaces"] = self.answer["workspaces"]
        app.switch_page(f"app_pages/{name}.py")
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        assert not app.exception, app.exception
        return app


@pytest.fixture(scope="session")
def address(url: str) -> Iterator[str]:
    """The API, told to pages as an installation would."""
    before = os.environ.get("NEST_API_URL")
    os.environ["NEST_API_URL"] = url
    yield url
    if before is None:
        del os.environ["NEST_API_URL"]
    else:
        os.environ["NEST_API_URL"] = before


@pytest.fixture(scope="module")
def newcomer(address: str) -> Owner:
    """The owner of a workspace with nothing in it but what the file's own tests put there."""
    return _registered(address)


@pytest.fixture(scope="session")
def owner(address: str) -> Owner:
    """The owner of a workspace full of figures: ask for `filled` too to know which."""
    return _registered(address)


@pytest.fixture(scope="session")
def filled(marts: str, owner: Owner) -> Filled:
    return fill(new_world(marts, owner.workspace))


def _registered(address: str) -> Owner:
    email = f"{uuid4()}@example.com"
    person = {
        "email": email,
        "password": PASSWORD,
        "name": "Kari",
        "organization": "Studio Havn",
        "workspace": "Nordlys Coffee",
        "timezone": "Europe/Oslo",
    }
    answer = httpx.post(f"{address}/auth/register", json=person, trust_env=False, timeout=30)
    assert answer.status_code == 201, answer.text
    return Owner(email, answer.json())


@pytest.fixture
def colleague(address: str, marts: str, newcomer: Owner) -> Callable[[str], Owner]:
    """Makes somebody with a role in the newcomer's workspace."""

    def make(role: str) -> Owner:
        user_id = uuid4()
        with psycopg.connect(marts) as connection:
            connection.execute(
                "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Siv', 'no sign-in')",
                [user_id, f"{user_id}@example.com"],
            )
            connection.execute(
                "insert into app.memberships (id, workspace_id, user_id, role) values (%s, %s, %s, %s)",
                [uuid4(), newcomer.workspace.id, user_id, role],
            )
        token = tokens.issue(user_id).value
        asks = {"Authorization": f"Bearer {token}"}
        profile = httpx.get(f"{address}/users/profile", headers=asks, trust_env=False).json()
        return Owner(f"{user_id}@example.com", {"access_token": token, **profile})

    return make


def call(address: str, owner: Owner, method: str, path: str, body: Any = None) -> Any:
    """What the API answers somebody, who must not be refused."""
    headers = {"Authorization": f"Bearer {owner.answer['access_token']}", "X-Workspace-Id": str(owner.workspace.id)}
    answer = httpx.request(method, address + path, json=body, headers=headers, trust_env=False)
    answer.raise_for_status()
    return answer.json()


@pytest.fixture
def approved_first(address: str, newcomer: Owner) -> Iterator[None]:
    """Posts of the newcomer's workspace are approved by a colleague."""
    call(address, newcomer, "PUT", "/approval", {"approval": "internal"})
    yield
    call(address, newcomer, "PUT", "/approval", {"approval": "none"})


def words(page: AppTest) -> str:
    """Everything that the page says outside its tables and charts."""
    parts = [*page.title, *page.subheader, *page.markdown, *page.caption, *page.info, *page.warning]
    return "\n".join(str(part.value) for part in parts)
