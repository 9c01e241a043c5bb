"""What runs by itself: which days, and when a file was brought in."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import dagster as dg
import psycopg
import pytest

from commands.stack import dagster_home
from commands.stack.installation import Installation, Secrets
from orchestration.defs.ingestion.factory import PLANNED
from orchestration.defs.schedules import VANISHING, hourly_refresh, imported_files, told_by_networks, vanishing_refresh
from platforms import PLATFORMS
from tests.conftest import ROOT
from tests.orchestration.conftest import Warehouse
from tests.sandbox.stage import Stage

START, END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


@pytest.mark.parametrize(
    ("moment", "first", "last"),
    [
        ("2026-11-21T23:07:00+00:00", "2026-11-18", "2026-11-21"),
        ("2026-11-22T00:07:00+00:00", "2026-11-19", "2026-11-22"),
        ("2026-11-22T01:07:00+01:00", "2026-11-19", "2026-11-22"),
        ("2026-11-22T00:37:00+01:00", "2026-11-18", "2026-11-21"),
        ("2026-03-01T00:07:00+00:00", "2026-02-26", "2026-03-01"),
    ],
)
def test_a_refresh_asks_for_today_and_the_days_that_may_be_corrected(moment: str, first: str, last: str) -> None:
    context = dg.build_schedule_context(scheduled_execution_time=datetime.fromisoformat(moment))
    request = hourly_refresh(context)
    assert isinstance(request, dg.RunRequest)
    assert (request.tags[START], request.tags[END]) == (first, last)
    assert PLANNED in request.tags


def test_what_vanishes_is_read_several_times_before() -> None:
    moment = datetime(2026, 11, 22, 3, 37, tzinfo=UTC)
    request = vanishing_refresh(dg.build_schedule_context(scheduled_execution_time=moment))
    assert isinstance(request, dg.RunRequest)
    assert request.asset_selection == VANISHING
    lives = [r.vanishes_after for sheet in PLATFORMS.values() for r in sheet.resources if r.vanishes_after]
    assert len(lives) == len(VANISHING) > 0
    minute, hours, *_ = str(vanishing_refresh.cron_schedule).split()
    every = timedelta(hours=int(hours.removeprefix("*/")))
    assert minute.isdecimal()
    assert every <= min(min(lives) / 2, timedelta(hours=6))


def _tell(warehouse: Warehouse, account: str, at: datetime) -> None:
    """What a network told by itself, as it is kept."""
    with psycopg.connect(warehouse.url) as connection:
        connection.execute(
            "insert into app.inbound_events (id, platform, event_id, kind, account_external_id, received_at, body)"
            " values (%s, 'tiktok', %s, 'post.publish.complete', %s, %s, '{}')",
            [uuid4(), uuid4().hex, account, at],
        )


def test_what_a_network_tells_is_read_soon_and_once(warehouse: Warehouse, outside: Stage) -> None:
    account = outside.networks["tiktok"]["accounts"][0]
    warehouse.connect(account["external_id"], account["access_token"])

    def ask(cursor: str | None) -> tuple[dg.RunRequest | dg.SkipReason, str | None]:
        context = dg.build_sensor_context(cursor=cursor)
        answer = told_by_networks(context)
        assert isinstance(answer, dg.RunRequest | dg.SkipReason)
        return answer, context.cursor

    _tell(warehouse, "somebody we do not know", datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert isinstance(ask(None)[0], dg.SkipReason)
    _tell(warehouse, account["external_id"], datetime(2026, 11, 22, 13, tzinfo=UTC))
    request, cursor = ask(None)
    assert isinstance(request, dg.RunRequest)
    assert {key.path[-1].split("_")[0] for key in request.asset_selection or ()} == {"tiktok"}
    assert PLANNED in request.tags
    assert isinstance(ask(cursor)[0], dg.SkipReason)


def _import(warehouse: Warehouse, at: datetime) -> None:
    """What an import leaves behind when it is done."""
    organization, workspace = uuid4(), uuid4()
    with psycopg.connect(warehouse.url) as connection:
        connection.execute("insert into app.organizations (id, name) values (%s, 'Agency')", [organization])
        connection.execute(
            "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Brand', 'UTC')",
            [workspace, organization],
        )
        connection.execute(
            "insert into app.file_imports (id, workspace_id, filename, sha256, report, platform, understood, lake_path,"
            " records, written, unchanged, quarantined, imported_at)"
            " values (%s, %s, 'a.csv', %s, 'a', 'facebook', '{}', 'a', 1, 1, 0, 0, %s)",
            [uuid4(), workspace, uuid4().hex, at],
        )


def test_each_import_is_heard_once(warehouse: Warehouse) -> None:
    def ask(cursor: str | None) -> tuple[str | None, str | None]:
        context = dg.build_sensor_context(cursor=cursor)
        answer = imported_files(context)
        return (answer.run_key if isinstance(answer, dg.RunRequest) else None), context.cursor

    assert ask(None) == (None, None)
    moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
    _import(warehouse, moment)
    first, cursor = ask(None)
    assert first is not None
    assert ask(cursor) == (None, cursor)
    _import(warehouse, moment + timedelta(microseconds=1))
    second, later = ask(cursor)
    assert second not in (None, first)
    assert ask(later) == (None, later)


@pytest.fixture
def installation(warehouse: Warehouse, tmp_path: Path) -> Installation:
    """A home with Dagster's configuration in it, as `./nest up` writes it."""
    (tmp_path / "dagster").mkdir()
    made = Installation(tmp_path, Secrets())
    dagster_home.write(made)
    return made


def test_the_command_records_days_in_dagsters_own_storage(
    installation: Installation, warehouse: Warehouse, outside: Stage
) -> None:
    account = outside.networks["tiktok"]["accounts"][0]
    account_id = warehouse.connect(account["external_id"], account["access_token"])
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with psycopg.connect(warehouse.url) as connection:
        connection.execute(
            "insert into app.loads (id, workspace_id, account_id, platform, resource, window_start, window_end, status,"
            " pages, records, written, unchanged, quarantined)"
            " select %s, workspace_id, id, platform, 'posts', %s, %s, 'done', 1, 1, 1, 0, 0"
            " from app.accounts where id = %s",
            [uuid4(), end - timedelta(days=2, hours=1), end, account_id],
        )
    environment = {**os.environ, **installation.environment()}
    command = [sys.executable, "-m", "orchestration", "record"]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    # An hour of a day is not the day.
    steps = [json.loads(line) for line in said.splitlines()]
    assert steps == [{"step": "2 days of assets recorded", "ok": True}, {"step": "Dictionary", "ok": True}]
    with psycopg.connect(warehouse.url) as connection:
        kept = connection.execute(
            "select distinct partition from dagster.event_logs"
            " where asset_key is not null and asset_key not like '%docs%' order by 1"
        ).fetchall()
    assert [day for (day,) in kept] == [str((end - timedelta(days=ago)).date()) for ago in (2, 1)]
