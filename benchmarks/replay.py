"""`./nest bench replay`: `raw` made again from the lake alone, beside the loads that filled both.

The lake holds the pages of several accounts, each loaded once and once more with nothing new. A rebuild reads every
page again, so its rows are counted as those that the loads read; it fetches nothing and writes no file, so it must not
be slower than they were.
"""

import argparse
import time
from dataclasses import replace
from typing import Any

import psycopg

from benchmarks.contenders import ours
from benchmarks.contenders.measuring import measure, served
from benchmarks.ground import ground
from benchmarks.ingest import Ring, new_account
from benchmarks.report import Gate, Report
from clientnest.database import libpq_url
from platforms import PLATFORMS
from platforms.platform import Resource

ROWS, QUICK, ACCOUNTS = 200_000, 2_000, 2


def run(rows: int, *, gated: bool) -> Report:
    _announce()
    with ground() as home, served(rows) as url:
        Ring(home).clear()
        first = again = 0.0
        for _ in range(ACCOUNTS):
            workspace, account = new_account()
            first += measure("ours", url, account, workspace).seconds
            again += measure("ours", url, account, workspace).seconds
        before = _digest()
        started = time.perf_counter()
        _rebuild()
        seconds = time.perf_counter() - started
        if _digest() != before:
            raise SystemExit("The rebuild did not bring the same rows.")
    read = rows * ACCOUNTS
    table: list[dict[str, Any]] = [
        {"what": what, "rows": rows, "read": number, "seconds": round(took, 2), "rows/s": round(number / took)}
        for what, number, took in (
            ("first loads", read, first),
            ("unchanged loads", read, again),
            ("rebuild of both", 2 * read, seconds),
        )
    ]
    rate = (2 * read / seconds) / (2 * read / (first + again))
    return Report("replay", table, [Gate("rebuild / loads, rows per second", rate, ">= 1")] if gated else [])


def _announce() -> None:
    """Let this process know the bench's network as it knows the others: a rebuild reads what some network offers."""
    source = ours.SOURCE
    resource = Resource(name="post_metrics", fetch=source.fetch, contract=source.contract)
    PLATFORMS[ours.PLATFORM.name] = replace(ours.PLATFORM, resources=(resource,))


def _rebuild() -> None:
    from ingestion.rebuild import rebuild

    rebuild(lambda _: None)


def _digest() -> tuple[Any, ...]:
    with psycopg.connect(libpq_url()) as connection:
        query = f"select count(*), sum(hashtextextended(t::text, 0)::numeric) from {ours.TABLE} t"
        return connection.execute(query.encode()).fetchone() or ()


def main() -> None:
    parser = argparse.ArgumentParser(prog="./nest bench replay", description=__doc__)
    parser.add_argument("--rows", type=int, help=f"so many rows per account instead of {ROWS:,}")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} rows and no goals but the same rows")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    report = run(asked.rows or (QUICK if asked.quick else ROWS), gated=not asked.quick)
    report.show(as_json=asked.json)
    if not all(gate.holds for gate in report.gates):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
