"""`./nest bench ingest`: ClientNest's whole way from a network's pages to `raw`, beside dlt and beside the bare floor.

One run, one PostgreSQL, one page server, each contender in a process of its own. What is asked of all of them is that
the same rows are there at the end; ours also keeps the pages, checks the contract, quarantines and writes history.
"""

import argparse
import uuid
from pathlib import Path

import psycopg

from benchmarks.contenders import floor, ours, peer
from benchmarks.contenders.figures import FIELDS
from benchmarks.contenders.measuring import Measured, measure, served
from benchmarks.ground import ground
from benchmarks.report import Gate, Report
from clientnest.database import libpq_url, system_connection

ROWS, QUICK, FLAT = 200_000, 20_000, 10
_OURS, _AGAIN, _DEFAULT, _TUNED, _FLOOR = "ours", "ours, again", "dlt default", "dlt tuned", "floor"
_Runs = dict[str, list[Measured]]


class Ring:
    """Where the contenders meet: their tables, and an account of ours."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def ours(self, url: str) -> tuple[Measured, Measured]:
        """The first load of a new account, and the same pages once more."""
        workspace, account = new_account()
        return measure("ours", url, account, workspace), measure("ours", url, account, workspace)

    def peer(self, url: str, how: str) -> Measured:
        return measure("peer", url, libpq_url(), how, str(self._home / f"dlt-{uuid.uuid4().hex}"))

    def floor(self, url: str) -> Measured:
        return measure("floor", url, libpq_url())

    def clear(self) -> None:
        """Take away what the contenders wrote, so that each round begins as the first one."""
        with psycopg.connect(libpq_url(), autocommit=True) as connection:
            for schema in peer.SCHEMAS.values():
                connection.execute(f"drop schema if exists {schema}, {schema}_staging cascade")
            connection.execute(f"drop table if exists {floor.TABLE}, {ours.TABLE}")
            connection.execute("truncate raw.touched, raw.quarantine")
            connection.execute("checkpoint")

    def digests(self) -> dict[str, str]:
        """What each contender's rows are, as one number."""
        tables = {_FLOOR: floor.TABLE, _OURS: ours.TABLE}
        tables |= {f"dlt {how}": f"{schema}.figures" for how, schema in peer.SCHEMAS.items()}
        with psycopg.connect(libpq_url()) as connection:
            return {name: _digest(connection, table, name) for name, table in tables.items()}


def run(rows: int, rounds: int, *, gated: bool, flat: bool) -> Report:
    runs: _Runs = {}
    with ground() as home:
        ring = Ring(home)
        with served(rows) as url:
            for _ in range(rounds):
                ring.clear()
                _round(ring, url, runs)
            digests = ring.digests()
        if len(set(digests.values())) != 1:
            raise SystemExit(f"The contenders' rows are not the same: {digests}")
        at_more = _flat(ring, rows) if flat else None
    best = {name: min(found, key=lambda one: one.seconds) for name, found in runs.items()}
    table = [
        {
            "contender": name,
            "rows": rows,
            "seconds": round(one.seconds, 2),
            "rows/s": round(rows / one.seconds),
            "peak MiB": round(one.peak_mb),
        }
        for name, one in best.items()
    ]
    if at_more:
        seconds = round(at_more.seconds, 2)
        table.append(
            {
                "contender": f"{_OURS}, {FLAT} times as many",
                "rows": rows * FLAT,
                "seconds": seconds,
                "rows/s": round(rows * FLAT / seconds),
                "peak MiB": round(at_more.peak_mb),
            }
        )
    return Report("ingest", table, _gates(best, at_more) if gated else [])


def _round(ring: Ring, url: str, runs: _Runs) -> None:
    def keep(name: str, found: Measured) -> None:
        runs.setdefault(name, []).append(found)

    first, again = ring.ours(url)
    keep(_OURS, first)
    keep(_AGAIN, again)
    keep(_FLOOR, ring.floor(url))
    keep(_TUNED, ring.peer(url, "tuned"))
    keep(_DEFAULT, ring.peer(url, "default"))
    if again.said["written"] or first.said["written"] != first.said["records"]:
        raise SystemExit(f"Ours wrote {first.said}, then {again.said}.")


def _flat(ring: Ring, rows: int) -> Measured:
    ring.clear()
    with served(rows * FLAT) as url:
        return ring.ours(url)[0]


def _gates(best: dict[str, Measured], at_more: Measured | None) -> list[Gate]:
    mine = best[_OURS]
    gates = [
        Gate("ours / dlt default", best[_DEFAULT].seconds / mine.seconds, ">= 10"),
        Gate("ours / dlt tuned", best[_TUNED].seconds / mine.seconds, ">= 4"),
        Gate("ours / floor", best[_FLOOR].seconds / mine.seconds, ">= 0.8"),
        Gate("unchanged re-pull / first load", mine.seconds / best[_AGAIN].seconds, ">= 2"),
        Gate("ours peak / dlt peak", mine.peak_mb / best[_DEFAULT].peak_mb, "<= 1"),
    ]
    if at_more:
        gates.append(Gate("peak at 10 times the rows / peak", at_more.peak_mb / mine.peak_mb, "<= 1.3"))
    return gates


def new_account() -> tuple[str, str]:
    """A workspace, and a connected account of the bench's network in it."""
    organization, workspace, account = (str(uuid.uuid4()) for _ in range(3))
    with system_connection() as connection:
        connection.execute("insert into app.organizations (id, name) values (%s, 'Bench')", [organization])
        connection.execute(
            "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Bench', 'UTC')",
            [workspace, organization],
        )
        connection.execute(
            "insert into app.accounts (id, workspace_id, platform, external_id, name, source, status) "
            "values (%s, %s, 'bench', 'bench', 'Bench', 'api', 'connected')",
            [account, workspace],
        )
    return workspace, account


def _digest(connection: psycopg.Connection, table: str, name: str) -> str:
    renamed = ours.RENAMED if name == _OURS else {}
    values = ", ".join(
        f"extract(epoch from {field})" if field == "captured_at" else renamed.get(field, field) for field in FIELDS
    )
    row = connection.execute(
        f"select count(*) || ':' || sum(hashtextextended(concat_ws('|', {values}), 0)::numeric) from {table}".encode()
    ).fetchone()
    return str(row[0]) if row else ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="./nest bench ingest", description=__doc__)
    parser.add_argument("--rows", type=int, help=f"so many rows instead of {ROWS:,}; then memory is not compared")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} rows, one round, no goals but the same rows")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.quick:
        report = run(asked.rows or QUICK, 1, gated=False, flat=False)
    else:
        report = run(asked.rows or ROWS, 2, gated=True, flat=asked.rows is None)
    report.show(as_json=asked.json)
    if not all(gate.holds for gate in report.gates):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
