"""How things are: processes, versions, last ingestion per network, oldest due unpublished post."""

import importlib.metadata
import json as json_
from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row
from rich.console import Console
from rich.table import Table

from clientnest.errors import NotReady
from commands.stack import control, demo, urls
from commands.stack.installation import Installation, find

_PACKAGES = ("clientnest", "dagster", "dbt-core", "duckdb", "polars", "fastapi", "streamlit")


def command(json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    installation = find()
    if installation is None:
        raise NotReady("There is no installation here: run `./nest up`.")
    found = look(installation)
    if json:
        print(json_.dumps(found, indent=2, default=str))
    else:
        _show(found, Console())


def look(installation: Installation) -> dict[str, Any]:
    """Everything that `--json` prints; what cannot be known now is null."""
    running = control.running_supervisor(installation) is not None
    found: dict[str, Any] = {
        "running": running,
        "home": str(installation.home),
        "processes": control.state(installation).get("processes", {}) if running else {},
        "versions": {name: importlib.metadata.version(name) for name in _PACKAGES},
        "urls": urls.urls(installation),
        "database_url": installation.database_url(),
        "demo": None,
        "last_ingestion": None,
        "oldest_due_unpublished": None,
    }
    try:
        with psycopg.connect(installation.database_url(), connect_timeout=3, row_factory=dict_row) as connection:
            found |= _from_database(installation, connection)
    except psycopg.OperationalError:
        found["database"] = "does not answer"
    except psycopg.errors.UndefinedTable:
        found["database"] = "not migrated yet"
    return found


def _from_database(installation: Installation, connection: psycopg.Connection[dict[str, Any]]) -> dict[str, Any]:
    version = connection.execute("show server_version").fetchone()
    ingested = connection.execute(
        "select platform, max(observed_at) filter (where status = 'done') as observed_at,"
        " max(finished_at) filter (where status = 'done') as finished_at,"
        " count(*) filter (where status = 'failed' and created_at > now() - interval '1 day') as failed_today"
        " from app.loads group by platform order by platform"
    ).fetchall()
    due = connection.execute(
        "select min(scheduled_at) as at from app.publications"
        " where status in ('scheduled', 'publishing') and scheduled_at <= now()"
    ).fetchone()
    found: dict[str, Any] = {
        "database": version["server_version"] if version else None,
        "last_ingestion": {row.pop("platform"): row for row in ingested},
        "oldest_due_unpublished": due["at"] if due else None,
    }
    if installation.kept.seed is not None:
        workspace = connection.execute(
            "select m.workspace_id from app.memberships m join app.users u on u.id = m.user_id where u.email = %s",
            [demo.EMAIL],
        ).fetchone()
        found["demo"] = {
            "seed": installation.kept.seed,
            "email": demo.EMAIL,
            "password": installation.kept.demo_password,
            "workspace_id": workspace["workspace_id"] if workspace else None,
        }
    return found


def _show(found: dict[str, Any], console: Console) -> None:
    if not found["running"]:
        console.print("Nothing is running: `./nest up` starts it.")
    table = Table("Process", "State", "Restarts", "Port", box=None, pad_edge=False)
    for name, process in found["processes"].items():
        table.add_row(name, process["state"], str(process["restarts"]), str(process["port"] or ""))
    console.print(table)
    console.print(f"\nDatabase {found.get('database', 'unknown')} · home {found['home']}", highlight=False)
    for platform, row in (found["last_ingestion"] or {}).items():
        failed = f" · {row['failed_today']} loads failed today" if row["failed_today"] else ""
        console.print(f"  {platform:<10} observed {row['observed_at'] or 'never'}{failed}", highlight=False)
    console.print(f"Oldest due unpublished post: {found['oldest_due_unpublished'] or 'none'}", highlight=False)
    for name, url in found["urls"].items():
        console.print(f"  {name:<16} {url}", highlight=False)
