"""What is wrong here, and what to do about it."""

import os
import shutil
import sys
from datetime import UTC, date, datetime, timedelta

import psycopg
from rich.console import Console

from clientnest.errors import NestError
from clientnest.settings import settings
from commands.stack import control, postgres
from commands.stack.installation import find
from platforms import PLATFORMS

_LOW_DISK = 2_000_000_000
# Time enough to test and roll out another version.
_ENDS_SOON = timedelta(days=60)


def command() -> None:
    console = Console()
    found = diagnose()
    for sentence in found:
        console.print(f"[yellow]•[/] {sentence}", highlight=False)
    if found:
        raise SystemExit(1)
    console.print("[green]✓[/] Nothing is wrong that can be seen from here.")


def diagnose() -> list[str]:
    """One sentence for each thing that is wrong, with what to do."""
    found = [*_machine(), *_database(), *versions(datetime.now(UTC).date())]
    installation = find()
    if installation is None:
        return [*found, "There is no installation here: run `./nest up`."]
    if control.running_supervisor(installation) is None:
        return [*found, *control.taken(installation), "Nothing is running: run `./nest up`."]
    for name, process in control.state(installation).get("processes", {}).items():
        if process["state"] == "backoff":
            log = installation.logs / f"{name}.log"
            found.append(f"{name} keeps ending (exit {process['exit_code']}): read the end of {log}.")
    return found


def versions(today: date) -> list[str]:
    """A sentence for each network whose API version ends soon, or ended."""
    return [
        f"{sheet.title}'s API version {sheet.api_version} ends on {sheet.sunset}: update ClientNest before then."
        for sheet in PLATFORMS.values()
        if sheet.sunset is not None and sheet.sunset - today <= _ENDS_SOON
    ]


def _machine() -> list[str]:
    found = []
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        found.append(f"Python {sys.version.split()[0]} is not supported: install 3.11 to 3.13, remove .venv.")
    place = settings().home
    while not place.exists():
        place = place.parent
    if not (place.is_dir() and os.access(place, os.W_OK)):
        found.append(f"{place} cannot be written: set NEST_HOME to a folder of yours.")
    if shutil.disk_usage(place).free < _LOW_DISK:
        found.append(f"Less than 2 GB are free where {place} lies: make room or set NEST_HOME.")
    return found


def _database() -> list[str]:
    outside = settings().database_url
    if outside is None:
        try:
            postgres.find(settings().home, settings().postgres_port, "", settings().pg_bin)
        except NestError as error:
            return [error.message]
        return []
    try:
        with psycopg.connect(outside.get_secret_value(), connect_timeout=5) as connection:
            version = connection.info.server_version
            row = connection.execute(
                "select rolsuper or rolcreaterole from pg_roles where rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        return [f"The database of DATABASE_URL does not answer: {str(error).strip()}"]
    except psycopg.ProgrammingError:
        return ["DATABASE_URL is not an address of PostgreSQL: write postgresql://user:password@host:5432/database."]
    if version < 150000:
        return [f"The database is PostgreSQL {version // 10000}: 15 or newer is needed."]
    if not (row and row[0]):
        return ["The user of DATABASE_URL may not create roles: grant CREATEROLE, or run the migrations as an owner."]
    return []
