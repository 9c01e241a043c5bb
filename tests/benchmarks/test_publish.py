"""A sample of the bench of publishing: everything goes out, once. No time is asserted."""

import json
import subprocess
import sys

from tests.conftest import ROOT


def test_a_sample_runs_and_tells() -> None:
    argv = [sys.executable, "-m", "benchmarks.publish", "--quick", "--json"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["name"] == "publish"
    (row,) = told["rows"]
    assert (row["not published"], row["doubles"]) == (0, 0)
    assert {gate["holds"] for gate in told["gates"]} == {True}
