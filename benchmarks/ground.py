"""A warehouse of its own for a bench or a sweep: an embedded PostgreSQL under a temporary folder, gone afterwards."""

import base64
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from clientnest.settings import ROOT, settings
from commands.stack.postgres import Postgres, find
from ingestion.tables import ensure_raw_tables


class Server:
    """The PostgreSQL of a ground."""

    def __init__(self, postgres: Postgres, log: Path) -> None:
        self._postgres, self._log = postgres, log
        self._process = self._started()

    def restart(self, told: signal.Signals) -> None:
        """Stop it as the signal says (SIGINT fast, SIGQUIT immediately) and wait until it answers again."""
        self.stop(told)
        self._process = self._started()

    def stop(self, told: signal.Signals = signal.SIGINT) -> None:
        self._process.send_signal(told)
        self._process.wait(60)

    def _started(self) -> subprocess.Popen[bytes]:
        postgres = self._postgres
        with self._log.open("a") as log:
            process = subprocess.Popen(postgres.argv, stdout=log, stderr=log, cwd="/", **postgres.identity)
        postgres.wait()
        return process


@contextlib.contextmanager
def ground(**environment: str) -> Iterator[Path]:
    """The home of an installation with a migrated, empty database, which the settings of this process point to.

    `environment` is set besides, for as long.
    """
    with shaky_ground(**environment) as (home, _):
        yield home


@contextlib.contextmanager
def shaky_ground(**environment: str) -> Iterator[tuple[Path, Server]]:
    """As `ground`, with the server, which may be restarted."""
    home = Path(tempfile.mkdtemp(prefix="nest-bench-"))
    home.chmod(0o755)
    postgres = find(home, _free_port(), secrets.token_hex(8))
    given = {
        "NEST_HOME": str(home),
        "NEST_VAULT_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "NEST_JWT_SECRET": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": postgres.url,
        "DBT_TARGET_PATH": str(home / "dbt" / "target"),
        "DBT_LOG_PATH": str(home / "dbt" / "logs"),
        **environment,
    }
    try:
        with surroundings(given):
            postgres.initialise()
            server = Server(postgres, home / "postgres.log")
            try:
                subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True)
                ensure_raw_tables()
                yield home, server
            finally:
                server.stop()
    finally:
        shutil.rmtree(postgres.data, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def surroundings(values: Mapping[str, str]) -> Iterator[None]:
    """Variables of the environment, and settings that were read from them, as long as the block lasts."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    settings.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        settings.cache_clear()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
