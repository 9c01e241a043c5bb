"""The bench of the warehouse on a small history: that it runs, and that a day by parts is what a rebuild makes."""

import json
import subprocess
import sys

from tests.conftest import ROOT


def test_a_day_built_by_parts_equals_a_rebuild() -> None:
    argv = [sys.executable, "-m", "benchmarks.warehouse", "--sizes", "4000", "--rounds", "1", "--json"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    (row,) = found["rows"]
    assert row["differing"] == ""
    assert row["posts"] > 0
    assert row["pages_p95_ms"] > 0
    assert [gate["gate"] for gate in found["gates"]][1] == "incremental equals full rebuild"
