"""What is checked without a warehouse: generated seeds, and the style of the SQL."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.dbt.seeds import SEEDS, WRITTEN

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_seeds_say_what_the_data_sheets_say(name: str) -> None:
    written = (SEEDS / name).read_text(encoding="utf-8")
    assert written == WRITTEN[name](), "the data sheets changed: run `python -m tests.dbt.seeds`"


def test_sql_is_in_one_style() -> None:
    command = [str(Path(sys.executable).with_name("sqlfluff")), "lint", "--disable-progress-bar", "models", "tests"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
