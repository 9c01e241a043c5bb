"""Networks are asked to call us, do so over HTTP, and what they tell makes the account's next reading due."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import dagster as dg
import httpx
import psycopg
import pytest

from clientnest.database import run, system_unit_of_work
from clientnest.models import Account
from clientnest.settings import settings
from ingestion.load import asking, ingest_workspaces, sources
from ingestion.load.result import LoadAccount
from orchestration.defs.ingestion.factory import PLANNED
from orchestration.defs.schedules import told_by_networks
from orchestration.defs.upkeep import daily_upkeep, not_subscribed, upkeep
from platforms import PLATFORMS
from platforms.access import account_client
from platforms.platform import Window
from platforms.posting import Outgoing
from tests.conftest import free_port, running, until
from tests.orchestration.conftest import Warehouse
from tests.sandbox.stage import Stage


@dataclass(frozen=True, slots=True)
class Door:
    """The API as networks reach it, and what was asked of it."""

    url: str
    log: Path

    def was_asked(self, call: str) -> bool:
        """Such as `GET /webhooks/x`."""
        return call in self.log.read_text()


@pytest.fixture(scope="module")
def door(warehouse: Warehouse, outside: Stage, home: Path) -> Iterator[Door]:
    port, log = free_port(), home / "door.log"
    url = f"http://127.0.0.1:{port}"
    argv = [
        sys.executable,
        "-m",
        "uvicorn",
        "api.main:app",
        "--port",
        str(port),
        "--log-config",
        str(home / "log.json"),
    ]
    (home / "log.json").write_text(json.dumps(_ACCESS))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NEST_PUBLIC_URL", url)
        settings.cache_clear()
        with running(argv, log=log):
            until(lambda: _answers(url), seconds=60, what="the API")
            yield Door(url, log)
    settings.cache_clear()


# What was asked goes to stderr.
_ACCESS = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"uvicorn.access": {"handlers": ["stderr"], "level": "INFO"}},
}


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(autouse=True)
def alone(warehouse: Warehouse) -> Iterator[None]:
    """No account of another test is connected."""
    warehouse.disconnect_all()
    yield
    warehouse.disconnect_all()


def _connect(warehouse: Warehouse, outside: Stage, network: str) -> UUID:
    brand = outside.networks[network]["accounts"][0]
    return warehouse.connect(brand["external_id"], brand["access_token"], network)


def _sensed() -> dg.RunRequest | dg.SkipReason:
    answer = not_subscribed(dg.build_sensor_context())
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


def _keep_up() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert upkeep.execute_in_process(instance=instance).success


def _rename(account_id: UUID, external_id: str, title: str) -> None:
    """As a person does at the network."""

    async def rename() -> None:
        async with system_unit_of_work() as session:
            account = await session.get_one(Account, account_id)
        edit = PLATFORMS[account.platform].edit
        assert edit is not None
        async with account_client(account) as client:
            await edit(client, external_id, Outgoing(title))

    run(rename())


def _subscription(warehouse: Warehouse, account_id: UUID) -> tuple[object, ...]:
    (row,) = warehouse.rows(
        "select subscribed_at, until, renew_at, problem from app.subscriptions where account_id = %s", account_id
    )
    return row


def test_a_connected_channel_is_subscribed_and_what_its_hub_tells_is_due_at_once(
    warehouse: Warehouse, outside: Stage, door: Door
) -> None:
    account_id = _connect(warehouse, outside, "youtube")
    first = _sensed()
    assert isinstance(first, dg.RunRequest)
    again = _sensed()
    assert isinstance(again, dg.RunRequest)
    # The same account is not asked for twice while its run is on the way.
    assert again.run_key == first.run_key
    _keep_up()
    assert isinstance(_sensed(), dg.SkipReason)
    subscribed, ends, renewed, problem = _subscription(warehouse, account_id)
    assert problem is None
    assert isinstance(subscribed, datetime)
    assert (ends, renewed) == (subscribed + timedelta(days=10), subscribed + timedelta(days=5))
    until(lambda: door.was_asked("GET /webhooks/youtube?hub.mode=subscribe"), what="the hub's question")

    now = datetime.now(UTC)
    window = Window(now - timedelta(days=60), now)
    results = ingest_workspaces("youtube", ["posts", "post_metrics"], window)
    assert [result.problem for result in results] == [None, None]
    (metrics,) = (source for source in sources(PLATFORMS["youtube"]) if source.table == "post_metrics")
    whose = LoadAccount(account_id, results[0].workspace_id)
    before = asking.readings(whose, PLATFORMS["youtube"], metrics, window)
    video = max(before, key=lambda one: one.post.published_at).post.external_id
    assert all(one.wait for one in before)

    _rename(account_id, video, f"Named anew {uuid4()}")
    told = "select kind from app.inbound_events where platform = 'youtube' and subject_external_id = %s"
    until(lambda: warehouse.rows(told, video) == [("video",)], what="the hub's call")
    due = [one for one in asking.readings(whose, PLATFORMS["youtube"], metrics, window) if not one.wait]
    assert [one.post.external_id for one in due] == [video]
    request = told_by_networks(dg.build_sensor_context())
    assert isinstance(request, dg.RunRequest)
    assert PLANNED in request.tags
    assert {key.path[-1].split("_")[0] for key in request.asset_selection or ()} == {"youtube"}


def test_x_is_shown_our_secret_and_then_tells_of_a_post(warehouse: Warehouse, outside: Stage, door: Door) -> None:
    account_id = _connect(warehouse, outside, "x")
    _keep_up()
    assert door.was_asked("GET /webhooks/x?crc_token=")
    # Renewed, nothing is told twice.
    with psycopg.connect(warehouse.url) as connection:
        connection.execute("update app.subscriptions set renew_at = now() where account_id = %s", [account_id])
    assert isinstance(_sensed(), dg.RunRequest)
    _keep_up()
    with outside.http("x") as http:
        post = http.post("/2/tweets", json={"text": f"Told of {uuid4()}"}).raise_for_status().json()["data"]["id"]
    told = "select kind, account_external_id from app.inbound_events where subject_external_id = %s"
    until(lambda: bool(warehouse.rows(told, post)), what="X's call")
    assert warehouse.rows(told, post) == [("post.create", outside.account("x"))]


def test_a_network_that_fails_is_asked_again_hours_later_and_stops_nobody_else(
    warehouse: Warehouse, outside: Stage, door: Door
) -> None:
    video, post = _connect(warehouse, outside, "youtube"), _connect(warehouse, outside, "x")
    fault = {"network": "youtube", "operation": "hub.subscribe", "kind": "http_500", "times": None}
    httpx.post(f"{outside.control}/faults", json=fault).raise_for_status()
    _keep_up()
    httpx.delete(f"{outside.control}/faults", params={"network": "youtube"}).raise_for_status()
    subscribed, ends, renewed, problem = _subscription(warehouse, video)
    assert (subscribed, ends) == (None, None)
    assert problem
    assert isinstance(renewed, datetime)
    assert timedelta(hours=5) < renewed - datetime.now(UTC) < timedelta(hours=6)
    assert _subscription(warehouse, post)[3] is None
    assert isinstance(_sensed(), dg.SkipReason)
    # A person who connects again is not left waiting.
    with psycopg.connect(warehouse.url) as connection:
        connection.execute("update app.accounts set connected_at = now() where id = %s", [video])
    assert isinstance(_sensed(), dg.RunRequest)
    _keep_up()
    assert _subscription(warehouse, video)[3] is None


def test_another_address_of_ours_is_told_to_everybody(
    warehouse: Warehouse, outside: Stage, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    _connect(warehouse, outside, "youtube")
    _keep_up()
    assert isinstance(_sensed(), dg.SkipReason)
    monkeypatch.setenv("NEST_PUBLIC_URL", f"{door.url}/behind-a-proxy/")
    settings.cache_clear()
    assert isinstance(_sensed(), dg.RunRequest)
    monkeypatch.delenv("NEST_PUBLIC_URL")
    settings.cache_clear()
    assert isinstance(_sensed(), dg.SkipReason)
    monkeypatch.undo()
    settings.cache_clear()


def test_what_networks_told_a_quarter_ago_is_forgotten(warehouse: Warehouse) -> None:
    now = datetime.now(UTC)
    with psycopg.connect(warehouse.url) as connection:
        for days in (91, 89):
            connection.execute(
                "insert into app.inbound_events (id, platform, event_id, kind, received_at, body)"
                " values (%s, 'tiktok', %s, %s, %s, '{}')",
                [uuid4(), uuid4().hex, f"{days} days old", now - timedelta(days=days)],
            )
    _keep_up()
    kept = "select kind from app.inbound_events where kind = any(%s)"
    assert warehouse.rows(kept, ["91 days old", "89 days old"]) == [("89 days old",)]


def test_upkeep_comes_every_day() -> None:
    assert str(daily_upkeep.cron_schedule).split()[2:] == ["*", "*", "*"]
    assert isinstance(
        daily_upkeep(dg.build_schedule_context(scheduled_execution_time=datetime.now(UTC))), dg.RunRequest
    )
