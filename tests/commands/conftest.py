"""Homes of their own for the command line, which sees nothing of this process's settings."""

import os
import random
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clientnest.settings import settings
from commands.stack.installation import Installation, find
from tests.conftest import ROOT

_OURS = ("NEST_", "DATABASE_URL", "DAGSTER_HOME", "DBT_")


@dataclass(frozen=True, slots=True)
class Nest:
    """The command line in a home of its own, on ports that were free a moment ago."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        return {**inherited, "NEST_HOME": str(self.home), "COLUMNS": "400", **self.settings}

    def __call__(self, *arguments: str, seconds: float = 60, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command until it ends; fails the test where it takes longer."""
        return subprocess.run(
            [sys.executable, "-m", "commands", *arguments],
            cwd=ROOT,
            env={**self.environment, **settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def installation(self) -> Installation:
        found = find(self.home)
        assert found is not None
        return found


def free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody has, away from those that the system gives out."""
    while True:
        first = random.randrange(12_000, 32_000 - count)
        with ExitStack() as held:
            try:
                for port in range(first, first + count):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return first


def ports_of_an_installation() -> dict[str, str]:
    """Settings. Dagster takes two ports, the demo world eleven."""
    first = free_ports(21)
    places = {"POSTGRES": 0, "API": 1, "DASHBOARD": 2, "DAGSTER": 3, "SANDBOX": 10}
    return {f"NEST_{name}_PORT": str(first + place) for name, place in places.items()}


@pytest.fixture
def nest() -> Iterator[Nest]:
    """A home that does not exist yet, where a database's user could enter it."""
    with tempfile.TemporaryDirectory(prefix="nest-commands-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Nest(Path(folder) / "home", ports_of_an_installation())


@pytest.fixture
def inside(nest: Nest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nest]:
    """The same home, for this very process."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        monkeypatch.delenv(name)
    for name, value in nest.environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield nest
    monkeypatch.undo()
    settings.cache_clear()
