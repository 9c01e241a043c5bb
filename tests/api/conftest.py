"""The API as a process of its own over real HTTP, and people and figures for it."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from identity import tokens
from tests.api.network import serving
from tests.conftest import ROOT, TestWorkspace, free_port, running, until

PASSWORD = "a long walk by the sea"


_COLUMN = re.compile(r"^      - name: (\w+)\n        data_type: (.+)$", re.MULTILINE)


@pytest.fixture(scope="session")
def marts(database: str) -> str:
    """The libpq URL of a database with empty marts, as their contracts in dbt have them: tests write the rows."""
    with psycopg.connect(database) as connection:
        connection.execute("set role nest_system")
        for path in sorted((ROOT / "dbt_project" / "models" / "marts").glob("*.yml")):
            columns = ", ".join(f'"{name}" {type_}' for name, type_ in _COLUMN.findall(path.read_text()))
            if columns:
                connection.execute(f"create table if not exists marts.{path.stem} ({columns})")
        connection.execute("grant select on all tables in schema marts to nest_app")
        connection.execute(
            "select app.secure(oid::regclass) from pg_class "
            "where relnamespace = 'marts'::regnamespace and relkind = 'r' and not relrowsecurity"
        )
    return database


@pytest.fixture(scope="session")
def network() -> Iterator[str]:
    """Where Facebook is, for this API."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def url(marts: str, home: Path, network: str) -> Iterator[str]:
    """Where the API answers. It is registered at Facebook and at no other network."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    argv = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "uvicorn",
        "api.main:app",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    env = {
        "NEST_API_PORT": str(port),
        "NEST_PLATFORMS__FACEBOOK__CLIENT_ID": "our-app",
        "NEST_PLATFORMS__FACEBOOK__CLIENT_SECRET": "our-secret",
        "NEST_PLATFORMS__FACEBOOK__BASE_URL": network,
    }
    log = home / "api.log"
    with running(argv, env=env, log=log) as process:
        until(lambda: process.poll() is not None or _answers(address), what="the API")
        assert process.poll() is None, log.read_text()
        yield address


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@dataclass(frozen=True)
class Caller:
    """Somebody who calls the API, perhaps signed in."""

    http: httpx.Client
    workspace_id: UUID | None = None
    user_id: UUID | None = None

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.http.get(path, params=query)

    def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.http.post(path, json=body, **options)


@pytest.fixture
def caller(url: str) -> Iterator[Callable[..., Caller]]:
    """Makes callers: `caller(user_id=…, workspace_id=…)` is signed in as that user; `caller()` is nobody."""
    opened: list[httpx.Client] = []

    def make(*, user_id: UUID | None = None, workspace_id: UUID | None = None, token: str | None = None) -> Caller:
        headers = {}
        if user_id and token is None:
            token = tokens.issue(user_id).value
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if workspace_id:
            headers["X-Workspace-Id"] = str(workspace_id)
        client = httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=30)
        opened.append(client)
        return Caller(client, workspace_id, user_id)

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def nobody(caller: Callable[..., Caller]) -> Caller:
    return caller()


@pytest.fixture
def owner(caller: Callable[..., Caller], workspace: TestWorkspace) -> Caller:
    """The owner of a fresh workspace."""
    return caller(user_id=workspace.user_id, workspace_id=workspace.id)


@pytest.fixture
def stranger(caller: Callable[..., Caller], database: str) -> Caller:
    """The owner of another workspace."""
    user_id, workspace_id, organization_id = uuid4(), uuid4(), uuid4()
    with psycopg.connect(database) as connection:
        connection.execute("insert into app.organizations (id, name) values (%s, 'Other')", [organization_id])
        connection.execute(
            "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Other', '')",
            [user_id, f"{user_id}@example.com"],
        )
        connection.execute(
            "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Other', 'UTC')",
            [workspace_id, organization_id],
        )
        connection.execute(
            "insert into app.memberships (id, workspace_id, user_id, role) values (%s, %s, %s, 'owner')",
            [uuid4(), workspace_id, user_id],
        )
    return caller(user_id=user_id, workspace_id=workspace_id)


@pytest.fixture
def member(caller: Callable[..., Caller], workspace: TestWorkspace, database: str) -> Callable[[str], Caller]:
    """Makes a member of the fresh workspace with a role."""

    def make(role: str) -> Caller:
        user_id = uuid4()
        with psycopg.connect(database) as connection:
            connection.execute(
                "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Member', 'no sign-in')",
                [user_id, f"{user_id}@example.com"],
            )
            connection.execute(
                "insert into app.memberships (id, workspace_id, user_id, role) values (%s, %s, %s, %s)",
                [uuid4(), workspace.id, user_id, role],
            )
        return caller(user_id=user_id, workspace_id=workspace.id)

    return make


TODAY = datetime.now(UTC).date()
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class World:
    """Writes rows into one workspace, as the other rooms would."""

    database: str
    workspace: TestWorkspace

    def insert(self, table: str, **values: Any) -> None:
        values = {"workspace_id": self.workspace.id, **values}
        columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        with psycopg.connect(self.database) as connection:
            connection.execute(f"insert into {table} ({columns}) values ({marks})", list(values.values()))

    def account(self, platform: str, **values: Any) -> UUID:
        """Connected and modelled, with 1,000 followers observed an hour ago, unless told otherwise."""
        account_id = uuid4()
        source, status = values.pop("source", "api"), values.pop("status", "connected")
        shared = {
            "platform": platform,
            "external_id": account_id.hex,
            "name": values.pop("name", f"Brand on {platform}"),
            "source": source,
            "status": status,
        }
        self.insert("app.accounts", id=account_id, **shared)
        observed_at = values.pop("observed_at", NOW - timedelta(hours=1))
        modelled = {
            "followers": 1000,
            "followers_observed_at": observed_at,
            "first_post_at": NOW - timedelta(days=200),
            "last_observed_at": observed_at,
            **values,
        }
        self.insert("marts.accounts", account_id=account_id, **shared, **modelled)
        if source == "api":
            self.insert(
                "marts.data_freshness",
                account_id=account_id,
                platform=platform,
                resource="posts",
                last_observed_at=observed_at,
                last_success_at=observed_at,
                next_expected_at=observed_at + timedelta(hours=6),
                last_status="done",
                settled_to=TODAY - timedelta(days=3),
                written=1,
                quarantined=0,
            )
        return account_id

    def post(self, account_id: UUID, platform: str, day: date | None, **values: Any) -> str:
        """A post at noon (UTC) of that day; figures that are not named are unknown."""
        key = uuid4().hex
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None
        plain = {
            "post_key": key,
            "account_id": account_id,
            "platform": platform,
            "account_name": f"Brand on {platform}",
            "external_id": key,
            "kind": "image",
            "text": "Good morning",
            "published_at": at,
            "published_date": day,
            "hashtags": [],
            "origin": "network",
            "observed_at": NOW - timedelta(hours=1),
            "source": "api",
        }
        self.insert("marts.posts", **{**plain, **values})
        return str(values.get("post_key", key))

    def account_day(self, account_id: UUID, platform: str, day: date, **values: Any) -> None:
        plain = {"basis": "daily", "posts_published": 0, "is_settled": True, "observed_at": NOW}
        self.insert(
            "marts.account_metrics_daily",
            account_id=account_id,
            platform=platform,
            as_of_date=day,
            **{**plain, **values},
        )


@pytest.fixture
def world(marts: str, workspace: TestWorkspace) -> World:
    return World(marts, workspace)


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem body of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.text)
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert body["status"] == status
    return body


__all__ = ["NOW", "PASSWORD", "TODAY", "Caller", "World", "problem"]
