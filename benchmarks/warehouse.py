"""One more day in a warehouse of millions of observations: built by parts through Dagster, dbt and scoring; and read.

`python -m benchmarks.warehouse --sizes 1000000,10000000 [--json]`. Each size is a database and a process of its own.
Ratios within one run are what counts; the machine and how busy it was are printed beside.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from benchmarks.report import Gate, Report

T = TypeVar("T")
_ROUNDS = 200


def main(argv: Sequence[str]) -> int:
    """The exit status: 1 where a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.warehouse", description=__doc__)
    parser.add_argument("--sizes", default="1000000,10000000", help="observations, smallest first")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="how often each page is asked for; 0 for never")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    if asked.one:
        sys.stdout.write(json.dumps(_measured(asked.one, asked.rounds)) + "\n")
        return 0
    rows = [_apart(int(size), asked.rounds) for size in asked.sizes.split(",")]
    report = Report("warehouse", rows, _gates(rows, asked.rounds))
    report.show(as_json=asked.json)
    return 0 if all(gate.holds for gate in report.gates) else 1


def _gates(rows: Sequence[dict[str, Any]], rounds: int) -> list[Gate]:
    first, last = rows[0], rows[-1]
    gates = [
        Gate(
            f"one day at {last['observations']:,} / at {first['observations']:,}",
            last["day_s"] / first["day_s"],
            "<= 1.5",
        ),
        Gate("incremental equals full rebuild", min(row["equal"] for row in rows), ">= 1"),
    ]
    if rounds:
        gates.append(
            Gate(f"p95 of the slowest request at {last['observations']:,}, ms", last["slowest_p95_ms"], "<= 100")
        )
    return gates


def _apart(size: int, rounds: int) -> dict[str, Any]:
    """What a process of its own found; what dbt and Dagster say goes to stderr."""
    argv = [sys.executable, "-m", "benchmarks.warehouse", "--one", str(size), "--rounds", str(rounds)]
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measured(size: int, rounds: int) -> dict[str, Any]:
    from benchmarks import engines, history, pages
    from benchmarks.building import analyze, build, digests, rebuild
    from benchmarks.ground import ground

    with ground():
        made, making = _timed(lambda: history.make(size))
        _say(f"{made.observations:,} observations of {made.posts:,} posts in {making:.0f} s")
        first = build()
        _say(f"built in {first.seconds:.0f} s: {first.slowest()}")
        analyze()
        came = history.one_more_day(made)
        day = build()
        _say(f"one more day, {came:,} observations, in {day.seconds:.1f} s: {day.parts}: {day.slowest()}")
        found = pages.measure(made, rounds) if rounds else None
        if found:
            _say(f"p95 of requests, ms: {found.each}")
        aggregates = engines.measure()
        before = digests()
        again = rebuild()
        differing = sorted(name for name, digest in digests().items() if digest != before.get(name))
        _say(f"rebuilt in {again:.0f} s; differing: {', '.join(differing) or 'nothing'}")
    row = {
        "observations": made.observations,
        "posts": made.posts,
        "full_build_s": round(first.seconds, 1),
        "day_observations": came,
        "day_s": round(day.seconds, 2),
        "day_slowest": day.slowest(),
        **{f"day_{name}_s": round(seconds, 2) for name, seconds in day.parts.items()},
        "rebuild_s": round(again, 1),
        "equal": 0 if differing else 1,
        "differing": " ".join(differing),
        **{f"{name}_sum_s": round(seconds, 2) for name, seconds in aggregates.items()},
    }
    if found is not None:
        row |= {"pages_p50_ms": found.p50, "pages_p95_ms": found.p95}
        row |= {"slowest_request": found.slowest, "slowest_p95_ms": found.each[found.slowest]}
    return row


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _say(text: str) -> None:
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
