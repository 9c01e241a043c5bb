"""`./nest bench publish`: from due to accepted, when much is due in the same second.

The networks are the sandbox's, each call answered after 200 ms; a post takes one call at one of them and two at the
other. Posts of 100 accounts stand in the ledger some seconds before they are due, as rows written straight into it;
workers that run already take them when they are due. A post counts as accepted when our ledger says so, which is after
the network's answer. The floor is one answer alone. Every post must be published, and none twice: the networks' own
books are counted.
"""

import argparse
import asyncio
import contextlib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg

from benchmarks.ground import ground
from benchmarks.report import Gate, Report
from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import close, libpq_url, unit_of_work
from clientnest.models import Account
from clientnest.settings import ROOT
from tests.chaos.scene import environment
from tests.sandbox.stage import Stage, running

# One call makes a post there, and no daily allowance stands in the way.
NETWORKS = ("facebook", "bluesky")
WORKSPACES = 50
LATENCY = 0.2
# Goals of p99 in seconds, by how many are due at once.
GOALS = {200: 1.0, 2_000: 10.0}
_AHEAD = timedelta(seconds=4)
_LONGEST = 120.0


def run(many: tuple[int, ...], workers: tuple[int, ...], *, gated: bool) -> Report:
    rows: list[dict[str, Any]] = []
    for due in many:
        for at_work in workers:
            with running(seed=5) as stage, ground(**environment(stage)) as home:
                accounts = asyncio.run(_accounts(stage))
                _slowly(stage)
                with _workers(at_work, home):
                    rows.append({"due": due, "workers": at_work, **_measured(stage, accounts, due)})
    gates = (
        [
            Gate(f"p99 of {row['due']:,}, {row['workers']} workers, s", row["p99 s"], f"<= {GOALS[row['due']]}")
            for row in rows
        ]
        if gated
        else []
    )
    doubles = sum(row["doubles"] for row in rows)
    missing = sum(row["not published"] for row in rows)
    counted = [Gate("posts that went out twice", doubles, "<= 0"), Gate("posts that did not go out", missing, "<= 0")]
    return Report("publish", rows, [*gates, *counted])


async def _accounts(stage: Stage) -> list[tuple[UUID, UUID, UUID]]:
    """Workspace, user and account of each."""
    made = []
    for place in range(WORKSPACES):
        organization, workspace, user = uuid4(), uuid4(), uuid4()
        with psycopg.connect(libpq_url(), autocommit=True) as owner:
            owner.execute("insert into app.organizations (id, name) values (%s, 'Bench')", [organization])
            owner.execute(
                "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Bench', 'no sign-in')",
                [user, f"{user}@example.com"],
            )
            owner.execute(
                "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Bench', 'UTC')",
                [workspace, organization],
            )
        for network in NETWORKS:
            told = stage.networks[network]["accounts"][place % 2]
            account = Account(
                workspace_id=workspace, platform=network, external_id=told["external_id"], name=told["name"]
            )
            async with unit_of_work(workspace_id=workspace) as session:
                session.add(account)
                await session.flush()
                credential = Credential(told["access_token"], None, None, None, ())
                await credentials.store(session, workspace, account.id, credential)
            made.append((workspace, user, account.id))
    await close()
    return made


def _slowly(stage: Stage) -> None:
    for network in NETWORKS:
        slow = {"network": network, "kind": "slow", "seconds": LATENCY, "times": None}
        httpx.post(f"{stage.control}/faults", json=slow).raise_for_status()


@contextlib.contextmanager
def _workers(many: int, home: Path) -> Iterator[None]:
    """So many that are waiting for something to be due."""
    argv = [sys.executable, "-m", "publishing.publications.worker"]
    with (home / "workers.log").open("w") as log:
        started = [subprocess.Popen(argv, cwd=ROOT, stdout=log, stderr=log) for _ in range(many)]
    try:
        with psycopg.connect(libpq_url(), autocommit=True) as owner:
            _until(lambda: _count(owner, "select count(*) from app.worker_heartbeats") >= many, "the workers")
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(60)


def _measured(stage: Stage, accounts: list[tuple[UUID, UUID, UUID]], due: int) -> dict[str, Any]:
    with psycopg.connect(libpq_url(), autocommit=True) as owner:
        with owner.transaction():
            for number in range(due):
                workspace, user, account = accounts[number % len(accounts)]
                _planned(owner, workspace, user, account, f"Beans {uuid4().hex[:12]} are here.")
            owner.execute("notify nest_publications")
        open_ = "select count(*) from app.publications where status in ('scheduled', 'publishing')"
        _until(lambda: _count(owner, open_) == 0, "the posts")
        lateness = [
            row[0]
            for row in owner.execute(
                "select extract(epoch from published_at - due_at)::float from app.publications "
                "where status = 'published' order by 1"
            )
        ]
        failed = _count(owner, "select count(*) from app.publications where status <> 'published'")
        texts = {row[0] for row in owner.execute("select text from app.posts")}
    live = [post["text"] for network in NETWORKS for post in stage.ledger(network).values() if post["text"] in texts]
    at = statistics.quantiles(lateness, n=100) if len(lateness) > 1 else [float("nan")] * 99
    return {
        "p50 s": round(at[49], 3),
        "p95 s": round(at[94], 3),
        "p99 s": round(at[98], 3),
        "floor s": LATENCY,
        "not published": failed,
        "doubles": len(live) - len(set(live)),
    }


def _planned(owner: psycopg.Connection, workspace: UUID, user: UUID, account: UUID, text: str) -> None:
    post = uuid4()
    owner.execute(
        "insert into app.posts (id, workspace_id, author_id, text) values (%s, %s, %s, %s)",
        [post, workspace, user, text],
    )
    owner.execute(
        "insert into app.publications (id, workspace_id, post_id, account_id, status, scheduled_at, scheduled_zone, "
        "due_at, attempt) select %s, %s, %s, %s, 'scheduled', moment, 'UTC', moment, 0 "
        "from (select date_trunc('second', now() + %s) as moment) as meant",
        [uuid4(), workspace, post, account, _AHEAD],
    )


def _until(condition: Any, what: str) -> None:
    deadline = time.monotonic() + _LONGEST
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not come within {_LONGEST:.0f} s.")
        time.sleep(0.1)


def _count(owner: psycopg.Connection, query: str) -> int:
    row = owner.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="nest bench publish", description=__doc__)
    parser.add_argument("--due", type=int, nargs="+", default=list(GOALS), help="how many are due at once")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--quick", action="store_true", help="a sample: a few, one worker, no goals of speed")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    many, workers = ((20,), (1,)) if asked.quick else (tuple(asked.due), tuple(asked.workers))
    report = run(many, workers, gated=not asked.quick and set(many) <= GOALS.keys())
    report.show(as_json=asked.json)
    return 0 if all(gate.holds for gate in report.gates) else 1


if __name__ == "__main__":
    sys.exit(main())
