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
from psycopg.types.json import Jsonb

from clientnest.marts import METRICS
from identity import tokens
from platforms import PLATFORMS
from tests.api.network import serving
from tests.conftest import ROOT, TestWorkspace, free_port, running, until

PASSWORD = "a long walk by the sea"


_MODEL = re.compile(r"^  - name: (\w+)\n(.*?)(?=^  - name: |\Z)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"^      - name: (\w+)\n        data_type: (.+)$", re.MULTILINE)


@pytest.fixture(scope="session")
def marts(database: str) -> str:
    """The libpq URL of a database with empty marts, as their contracts in dbt have them: tests write the rows.

    What was known at a past moment is what is known now: the past of hand-written marts is for tests with real ones.
    """
    with psycopg.connect(database) as connection:
        connection.execute("set role nest_system")
        for path in sorted((ROOT / "dbt_project" / "models" / "marts").rglob("*.yml")):
            for name, model in _MODEL.findall(path.read_text()):
                columns = ", ".join(f'"{column}" {type_}' for column, type_ in _COLUMN.findall(model))
                if columns:
                    connection.execute(f"create table if not exists marts.{name} ({columns})")
                    connection.execute(
                        f"create or replace view known.{name} with (security_invoker) as select * from marts.{name}"
                    )
        connection.execute(
            "create or replace view known_intermediate.int_posts with (security_invoker) as select * from marts.posts"
        )
        connection.execute("grant select on all tables in schema marts, known, known_intermediate to nest_app")
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
        until(lambda: process.poll() is not None or _answers(address), seconds=60, what="the API")
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
                modelled_at=NOW,
                written=1,
                quarantined=0,
            )
        return account_id

    def post(self, account_id: UUID, platform: str, day: date | None, **values: Any) -> str:
        """A post at noon (UTC) of that day; figures that are not named are unknown, as its network's sheet has it."""
        key = values.get("post_key", uuid4().hex)
        score = {name: values.pop(name) for name in ("score", "score_basis", "score_n") if name in values}
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
        self.insert("marts.posts", **{**plain, **values}, **_why_unknown(platform, values))
        if score:
            self.insert(
                "scoring.post_scores",
                post_key=key,
                account_id=account_id,
                score=score["score"],
                basis=score.get("score_basis", "account"),
                n=score.get("score_n", 9),
                scored_at=NOW,
            )
        return str(key)

    def account_day(self, account_id: UUID, platform: str, day: date, **values: Any) -> None:
        plain = {"basis": "daily", "posts_published": 0, "is_settled": True, "observed_at": NOW}
        self.insert(
            "marts.account_metrics_daily",
            account_id=account_id,
            platform=platform,
            as_of_date=day,
            **{**plain, **values},
            **_why_unknown(platform, values),
        )

    def fill_days(self, account_id: UUID, platform: str, count: int) -> None:
        """So many days of an account up to today, all unknown."""
        with psycopg.connect(self.database) as connection:
            connection.execute(
                "insert into marts.account_metrics_daily (workspace_id, account_id, platform, as_of_date, basis,"
                " posts_published, is_settled, observed_at, why_unknown)"
                " select %s, %s, %s, cast(%s as date) - n, 'daily', 0, true, now(), '{}'"
                " from generate_series(0, %s - 1) as n",
                [self.workspace.id, account_id, platform, TODAY, count],
            )


def _why_unknown(platform: str, values: dict[str, Any]) -> dict[str, Jsonb]:
    """Not yet what the network offers, unsupported what it does not, unless the test says why."""
    told = values.pop("why_unknown", {})
    unknown = [metric for metric in METRICS if values.get(metric) is None]
    offered = {metric: "not_yet" if PLATFORMS[platform].offers(metric) else "unsupported" for metric in unknown}
    return {"why_unknown": Jsonb({**offered, **told})}


def new_world(database: str, workspace: TestWorkspace) -> World:
    """A workspace that was modelled, with nothing in it."""
    made = World(database, workspace)
    made.insert(
        "marts.workspaces", name="Test brand", timezone="UTC", currency="EUR", accounts=0, posts=0, modelled_at=NOW
    )
    return made


@pytest.fixture
def world(marts: str, workspace: TestWorkspace) -> World:
    return new_world(marts, workspace)


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem body of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.text)
    assert {"type", "title", "status", "detail"} <= body.keys()
    assert body["status"] == status
    return body


__all__ = ["NOW", "PASSWORD", "TODAY", "Caller", "World", "problem"]
