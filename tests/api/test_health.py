"""Whether the API can do its work, and how the pipeline is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psutil
import psycopg

from tests.api.conftest import NOW, Caller, World


def test_the_api_says_that_it_is_well(nobody: Caller) -> None:
    answer = nobody.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_health_tells_of_loads_quarantine_and_resources(owner: Caller, world: World) -> None:
    account_id = world.account("facebook", name="Nordlys")
    load_id = uuid4()
    world.insert(
        "app.loads",
        id=load_id,
        account_id=account_id,
        platform="facebook",
        resource="posts",
        window_start=NOW - timedelta(days=1),
        window_end=NOW,
        status="failed",
        problem="The network did not answer.",
        pages=1,
        records=3,
        written=2,
        unchanged=0,
        quarantined=1,
    )
    for line in range(25):
        world.insert(
            "raw.quarantine",
            account_id=account_id,
            source="facebook_posts",
            load_id=load_id,
            lake_path="api/x.parquet",
            lake_page=1,
            lake_record=line,
            reason="likes is no number: 'many'",
            record="x" * 2000,
        )
    body = owner.get("/pipeline/health").json()
    assert [(r["account_name"], r["resource"], r["last_status"]) for r in body["resources"]] == [
        ("Nordlys", "posts", "done")
    ]
    (load,) = body["loads"]
    assert (load["status"], load["problem"], load["account_name"]) == (
        "failed",
        "The network did not answer.",
        "Nordlys",
    )
    assert body["quarantine"]["count"] == 25
    assert [item["lake_record"] for item in body["quarantine"]["items"]] == list(range(24, 4, -1))
    assert len(body["quarantine"]["items"][0]["record"]) == 500


def test_the_worker_is_alive_while_its_beat_is_young(owner: Caller, database: str) -> None:
    name = f"worker-{uuid4()}"
    with psycopg.connect(database) as connection:
        connection.execute("insert into app.worker_heartbeats (name) values (%s)", [name])
    worker = owner.get("/pipeline/health").json()["worker"]
    assert worker["status"] == "alive"
    with psycopg.connect(database) as connection:
        connection.execute("delete from app.worker_heartbeats where name = %s", [name])


def test_what_was_due_is_held_against_the_ledger(owner: Caller, world: World) -> None:
    account = world.account("x")

    def planned(status: str, ago: timedelta, attempt: int) -> None:
        post, moment = uuid4(), datetime.now(UTC) - ago
        world.insert("app.posts", id=post, author_id=world.workspace.user_id, text="Beans")
        world.insert(
            "app.publications",
            id=uuid4(),
            post_id=post,
            account_id=account,
            status=status,
            scheduled_at=moment,
            due_at=moment,
            scheduled_zone="UTC",
            attempt=attempt,
        )

    nothing: dict[str, Any] = {
        **{"planned": 0, "due": 0, "oldest_due_seconds": None, "untouched": 0, "needs_person": 0},
        "networks_away": [],
    }
    assert owner.get("/pipeline/health").json()["publishing"] == nothing
    planned("scheduled", -timedelta(hours=1), 0)
    planned("scheduled", timedelta(minutes=10), 0)
    planned("publishing", timedelta(minutes=5), 2)
    planned("published", timedelta(hours=1), 1)
    planned("needs_person", timedelta(hours=2), 3)
    told = owner.get("/pipeline/health").json()["publishing"]
    assert 600 <= told.pop("oldest_due_seconds") < 700
    assert told == {"planned": 1, "due": 2, "untouched": 1, "needs_person": 1, "networks_away": []}


def test_the_api_stays_small(owner: Caller, world: World) -> None:
    """What the process has for itself, after every kind of reading."""
    world.post(world.account("instagram"), "instagram", NOW.date(), likes=1)
    for path in ("/analytics/dashboard", "/social/posts", "/social/analytics", "/pipeline/health", "/openapi.json"):
        assert owner.get(path).status_code == 200
    port = str(owner.http.base_url.port)
    (api,) = [child for child in psutil.Process().children() if {"api.main:app", port} <= set(child.cmdline())]
    assert api.memory_full_info().uss < 180_000_000
