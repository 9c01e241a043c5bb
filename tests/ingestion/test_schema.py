"""The tables are those that the models describe."""

import subprocess
import sys

from tests.conftest import ROOT


def test_models_and_migrations_say_the_same(database: str) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "alembic", "check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
