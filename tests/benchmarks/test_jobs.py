"""A sample of the bench of jobs: all are done. No time is asserted."""

import json
import subprocess
import sys

from tests.conftest import ROOT


def test_a_sample_runs_and_tells() -> None:
    argv = [sys.executable, "-m", "benchmarks.jobs", "--quick", "--json"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["name"] == "jobs"
    speeds = [row["per s"] for row in told["rows"][:-1]]
    assert len(speeds) == 6
    assert min(speeds) > 0
    assert 0 <= told["rows"][-1]["p50 ms"] <= told["rows"][-1]["p99 ms"]
