"""The spine walked from one end to the other: one command, every network, from the wire to the figure.

Everything here is what `./nest up` starts, in a home of its own; each test leaves it running for the next.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import psycopg
import pytest

from platforms import PLATFORMS
from tests.commands.conftest import Nest, ports_of_an_installation
from tests.conftest import until

SERVED = ("api", "worker", "dashboard")
# 20 s are promised of a machine that does nothing else, which one that runs tests is not.
SERVED_AGAIN_WITHIN = timedelta(seconds=60)
# Where `raw` keeps what a network says of a post: a table and a column of it, or a metric in a table of values.
IN_RAW = {
    "facebook": {
        "views": ("post_metrics_insights", "post_media_view"),
        "likes": ("post_metrics_insights", "post_reactions_by_type_total.like"),
        "comments": ("post_metrics", "comments"),
        "shares": ("post_metrics", "shares"),
    },
    "instagram": {name: ("post_metrics", name) for name in ("views", "likes", "comments", "shares")},
    "linkedin": {name: ("post_metrics", name) for name in ("impressions", "likes", "comments", "shares")},
    "youtube": {name: ("post_metrics", name) for name in ("views", "likes", "comments")},
    "tiktok": {name: ("post_metrics", name) for name in ("views", "likes", "comments", "shares")},
    "x": {name: ("post_metrics", name) for name in ("impressions", "likes", "comments")}
    | {"shares": ("post_metrics", "reposts + quotes")},
    "bluesky": {
        "likes": ("post_metrics", "likes"),
        "comments": ("post_metrics", "comments"),
        "shares": ("post_metrics", "reposts + quotes"),
    },
}
# What the world itself calls it, where that is another word.
IN_LEDGER = {
    ("facebook", "likes"): ("reactions_like",),
    ("x", "shares"): ("reposts", "quotes"),
    ("bluesky", "shares"): ("reposts", "quotes"),
}
MEDIA = {"instagram": "sample.jpg", "tiktok": "sample.mp4", "youtube": "sample.mp4"}


@dataclass
class Stack:
    """What `./nest up --detach` left running."""

    nest: Nest

    @cached_property
    def status(self) -> dict[str, Any]:
        done = self.nest("status", "--json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    @property
    def control(self) -> str:
        return str(self.status["urls"]["sandbox_control"])

    def api(self) -> httpx.Client:
        """Signed in as the demo's owner."""
        demo, url = self.status["demo"], self.status["urls"]["api"]
        who = {"email": demo["email"], "password": demo["password"]}
        signed = httpx.post(f"{url}/auth/login", json=who, timeout=30, trust_env=False)
        assert signed.status_code == 200, signed.text
        headers = {
            "Authorization": f"Bearer {signed.json()['access_token']}",
            "X-Workspace-Id": demo["workspace_id"],
        }
        return httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)

    def get(self, path: str, **params: Any) -> Any:
        with self.api() as api:
            answer = api.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ledger(self, network: str, at: datetime | None = None) -> list[dict[str, Any]]:
        """Every post of a network and its true counters at that moment."""
        params = {"network": network} | ({"at": at.isoformat()} if at else {})
        answer = httpx.get(f"{self.control}/ledger", params=params, timeout=60, trust_env=False)
        return list(answer.raise_for_status().json()["posts"])

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.status["database_url"]) as connection:
            connection.execute("set role nest_system")
            return connection.execute(query.encode(), values).fetchall()

    def processes(self) -> list[psutil.Process]:
        """All that belong to this home, whoever started them."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                ours = str(self.nest.home)
                if ours in " ".join(process.cmdline()) or process.environ().get("NEST_HOME") == ours:
                    found += [process, *process.children(recursive=True)]
        return [process for process in set(found) if process.pid != os.getpid() and _lives(process)]

    def up(self) -> None:
        """Until everything runs."""
        done = self.nest("up", "--detach", seconds=900)
        assert done.returncode == 0, done.stdout + done.stderr
        self.__dict__.pop("status", None)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="nest-whole-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        made = Stack(Nest(Path(folder) / "home", ports_of_an_installation()))
        try:
            made.up()
            yield made
            done = made.nest("down", seconds=120)
            assert (done.returncode, done.stdout) == (0, "Everything is stopped.\n")
            assert [process.cmdline() for process in made.processes()] == []
        finally:
            for process in made.processes():
                with suppress(psutil.NoSuchProcess):
                    process.kill()


def test_everything_runs_and_says_where(stack: Stack) -> None:
    found = stack.status
    assert found["running"]
    assert {name: process["state"] for name, process in found["processes"].items()} | {
        "dagster-record": "done"
    } == dict.fromkeys(found["processes"], "running") | {
        "migrations": "done",
        "models": "done",
        "dagster-record": "done",
    }
    assert {process["restarts"] for process in found["processes"].values()} == {0}
    assert set(found["last_ingestion"]) == set(PLATFORMS)
    assert all(network["observed_at"] and not network["failed_today"] for network in found["last_ingestion"].values())
    assert found["oldest_due_unpublished"] is None
    for name in ("api", "api_docs", "dashboard", "dagster", "sandbox_control"):
        path = {"api": "/healthz", "sandbox_control": "/clock"}.get(name, "")
        answer = httpx.get(found["urls"][name] + path, timeout=30, trust_env=False, follow_redirects=True)
        assert answer.status_code == 200, f"{name}: {answer.text[:300]}"
    assert stack.rows("select count(distinct platform) from app.accounts where source = 'api'") == [(len(PLATFORMS),)]
    assert stack.get("/reports")["items"]
    assert stack.nest("doctor").stdout == "✓ Nothing is wrong that can be seen from here.\n"


def test_the_demo_has_earned_and_has_a_past(stack: Stack) -> None:
    """What a newcomer sees of return, of what changed, and of a past day is there, with nothing missing."""
    figures = stack.get("/analytics/roi", by="campaign", days=28)
    campaigns = [one for one in figures["items"] if one["part"] == "group"]
    assert len(campaigns) == 3
    assert all(one[name] is not None for one in campaigns for name in ("revenue", "cost", "roi", "clicks"))
    shop = httpx.get(f"{stack.control}/shop/ledger", timeout=60, trust_env=False).json()
    assert figures["total"]["clicks"] == sum(click["who"] == "person" for click in shop["clicks"]) > 100
    assert all(stack.get("/analytics/changes", why=why)["items"] for why in ("corrected", "fell"))
    then = (datetime.now(UTC) - timedelta(days=6)).isoformat()
    now, past = (stack.get("/analytics/engagement", days=28, **asked) for asked in ({}, {"as_of": then}))
    assert past["observed_at"] < now["observed_at"]


def _observed(stack: Stack, network: str, metric: str, period: dict[str, Any]) -> list[tuple[str, int, datetime]]:
    """What `raw` last heard about each post that was published in the period: its id, the value, and when."""
    table, named = IN_RAW[network][metric]
    by_value = table == "post_metrics_insights" or network == "instagram"
    value, condition = ("value", f"metric = '{named}'") if by_value else (named, "true")
    return stack.rows(
        f"""
        select distinct on (external_id) external_id, ({value})::bigint, observed_at
        from raw.{network}_{table}
        where {condition} and ({value}) is not null and external_id in (
            select external_id from raw.{network}_posts
            where (published_at at time zone 'UTC')::date between %s and %s
        )
        order by external_id, observed_at desc
        """,
        period["since"],
        period["until"],
    )


def _truth(stack: Stack, network: str, metric: str, seen: list[tuple[str, int, datetime]]) -> int:
    """The sum over the same posts, each as the world itself counts it at the moment when it was observed."""
    total = 0
    for moment in {moment for _, _, moment in seen}:
        counters = {post["external_id"]: post["counters"] for post in stack.ledger(network, moment)}
        for external_id, _, at in seen:
            if at == moment:
                total += sum(counters[external_id][name] for name in IN_LEDGER.get((network, metric), (metric,)))
    return total


def test_the_figures_of_the_overview_are_those_of_raw_and_of_the_ledger(stack: Stack) -> None:
    def compared() -> dict[tuple[str, str], tuple[Any, int, int]]:
        board = stack.get("/analytics/dashboard", days=90)
        shown = {network["platform"]: network for network in board["networks"]}
        found = {}
        for network, metrics in IN_RAW.items():
            for metric in metrics:
                seen = _observed(stack, network, metric, board["period"])
                raw = sum(value for _, value, _ in seen)
                found[network, metric] = (shown[network][metric], raw, _truth(stack, network, metric, seen))
        for metric in ("likes", "comments", "shares", "impressions"):
            total = sum(shown[network][metric] for network in IN_RAW if metric in IN_RAW[network])
            found["all", metric] = (board["totals"][metric]["value"], total, total)
        return found

    # The hourly refresh may be between loading and building just now.
    until(lambda: all(len(set(figures)) == 1 for figures in compared().values()), 180, "equality")
    assert all(figures[0] > 0 for figures in compared().values())


def test_a_post_for_each_network_arrives_once_and_comes_back_with_figures(stack: Stack) -> None:
    mark = f"Walk {uuid4().hex[:8]}"
    accounts = {account["platform"]: account for account in stack.get("/social/accounts")["items"]}
    assert set(accounts) == set(PLATFORMS)
    with stack.api() as api:
        for network, account in accounts.items():
            post = {"account_ids": [account["id"]], "text": f"{mark} on {network}", "title": mark}
            if network in MEDIA:
                post["media_url"] = f"{stack.control}/{MEDIA[network]}"
            answer = api.post("/social/publish", json=post)
            assert answer.status_code == 202, answer.text

    def listed() -> dict[str, list[dict[str, Any]]]:
        items = stack.get("/social/posts", q=mark, limit=200)["items"]
        return {network: [post for post in items if post["platform"] == network] for network in accounts}

    assert {network: len(posts) for network, posts in listed().items()} == dict.fromkeys(accounts, 1)
    until(
        lambda: {post["status"] for posts in listed().values() for post in posts} == {"published"}, 120, "publication"
    )
    for network in accounts:
        arrived = [post for post in stack.ledger(network) if mark in post["text"]]
        assert len(arrived) == 1, network
        assert arrived[0]["external_id"] == listed()[network][0]["external_id"], network

    # Long enough for somebody to have seen each of them: a network may say nothing about what nobody saw.
    httpx.post(f"{stack.control}/clock", json={"advance": "PT30M"}, trust_env=False).raise_for_status()
    done = stack.nest("ingest", seconds=600)
    assert done.returncode == 0, done.stdout + done.stderr
    for network, posts in listed().items():
        (post,) = posts
        assert post["origin"] == "clientnest", network
        assert post["observed_at"] is not None, network
        assert post["comments"] is not None, network
    assert all(len([post for post in stack.ledger(network) if mark in post["text"]]) == 1 for network in accounts)


def test_after_a_kill_of_everything_nothing_is_lost(stack: Stack) -> None:
    def kept() -> dict[str, set[Any]]:
        return {
            "accounts": set(stack.rows("select id, platform, external_id, status from app.accounts")),
            "tokens": set(stack.rows("select account_id, access from app.account_tokens")),
            "publications": set(stack.rows("select id, status, external_id from app.publications")),
            "loads": set(stack.rows("select id, status, written from app.loads where status <> 'running'")),
            "posts": set(stack.rows("select account_id, external_id from marts.posts")),
            "reports": set(stack.rows("select id from app.reports")),
            "files": {path.relative_to(stack.nest.home) for path in (stack.nest.home / "lake").rglob("*.parquet")},
            "world": {post["external_id"] for network in PLATFORMS for post in stack.ledger(network)},
        }

    counting = " union all ".join(
        f"select '{table}', count(*) from raw.{table}"
        for (table,) in stack.rows("select table_name from information_schema.tables where table_schema = 'raw'")
    )
    before, counts, password = kept(), dict(stack.rows(counting)), stack.status["demo"]["password"]
    processes = stack.processes()
    assert len(processes) >= len(stack.status["processes"]) - 3
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    until(lambda: not stack.processes(), 30, "the end of everything")
    assert json.loads(stack.nest("status", "--json").stdout)["running"] is False

    began = datetime.now(UTC)
    stack.up()
    served = [datetime.fromisoformat(stack.status["processes"][name]["since"]) for name in SERVED]
    assert max(served) - began < SERVED_AGAIN_WITHIN
    after = kept()
    assert {name: before[name] - after[name] for name in before} == {name: set() for name in before}
    assert all(counts[table] <= count for table, count in stack.rows(counting))
    assert stack.status["demo"]["password"] == password
    assert stack.get("/users/profile")["user"]["email"] == stack.status["demo"]["email"]
