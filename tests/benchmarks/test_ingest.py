"""A sample of the benches of loading: every contender ends with the same rows. No time is asserted."""

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("bench", ["ingest", "replay"])
def test_a_sample_runs_and_tells(bench: str) -> None:
    argv = [sys.executable, "-m", f"benchmarks.{bench}", "--quick", "--json", "--rows", "2000"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["name"] == bench
    assert {row["rows"] for row in told["rows"]} == {2000}
    assert all(row["seconds"] > 0 for row in told["rows"])
