"""Dagster runs in this process: `python -m orchestration refresh --since DAY --until DAY` and others.

A run that is launched costs tens of seconds; one in a warm process well under one. Runs, checks and what they
materialised are in Dagster's own storage and seen in its pages, but those of the first history, see `record`.
Prints one JSON line per step done.
"""

import argparse
import contextlib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import UTC, datetime, timedelta

import dagster as dg

from ingestion.load import ingest_workspaces
from orchestration.defs.schedules import days_tags
from orchestration.record import record
from platforms import PLATFORMS
from platforms.platform import Window

# Networks of the first history that are read at the same time: each is another's waiting time.
_AT_ONCE = 3
_Step = tuple[str, Callable[[dg.DagsterInstance], bool]]


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m orchestration", description=__doc__)
    parser.add_argument("what", choices=("load", "refresh", "history", "figures", "report", "dictionary", "record"))
    parser.add_argument("--since", help="first day, YYYY-MM-DD")
    parser.add_argument("--until", help="last day, YYYY-MM-DD")
    asked = parser.parse_args(argv)
    in_memory = asked.what in ("load", "history")
    failed = 0
    with dg.DagsterInstance.ephemeral() if in_memory else dg.DagsterInstance.get() as instance:
        if asked.what == "record":
            print(json.dumps({"step": f"{record(instance)} days of assets recorded", "ok": True}), flush=True)
        for title, done in _steps(asked.what, asked.since, asked.until):
            # What dbt says on the way is for people; stdout is for who reads the steps.
            with contextlib.redirect_stdout(sys.stderr):
                ok = done(instance)
            failed += not ok
            print(json.dumps({"step": title, "ok": ok}), flush=True)
    # The steps after one that failed are done all the same.
    return 1 if failed else 0


def _steps(what: str, since: str | None, until: str | None) -> Iterator[_Step]:
    if what in ("load", "refresh", "history"):
        if since is None or until is None:
            raise SystemExit("--since and --until are needed")
        yield from _refreshed(since, until) if what == "refresh" else _read(since, until)
    # Here, not above: the models are parsed on import, and who only reads needs none of them.
    if what == "load":
        return
    from orchestration.defs import dbt, docs, reporting, scoring

    if what in ("refresh", "history", "figures"):
        yield _materialised("Figures", [dbt.figures])
        yield _materialised("Scores", [scoring.post_scores])
    if what in ("history", "report"):
        yield _materialised("Weekly report", [reporting.weekly])
    if what in ("refresh", "figures", "dictionary", "record"):
        yield _materialised("Dictionary", [docs.warehouse])


def _refreshed(since: str, until: str) -> Iterator[_Step]:
    from orchestration.defs import ingestion

    for sheet in PLATFORMS.values():
        assets = [asset for asset in ingestion.assets if sheet.name in asset.group_names_by_key.values()]
        yield _materialised(sheet.title, assets, days_tags(since, until))


def _materialised(title: str, assets: Sequence[dg.AssetsDefinition], tags: dict[str, str] | None = None) -> _Step:
    def done(instance: dg.DagsterInstance) -> bool:
        from orchestration.defs import dbt

        resources = {"dbt": dbt.resource()}
        return dg.materialize(assets, instance=instance, resources=resources, tags=tags, raise_on_error=False).success

    return title, done


def _read(since: str, until: str) -> Iterator[_Step]:
    """Without Dagster: its two events for each asset and day would take longer than the reading, and are made later."""
    start, last = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (since, until))
    window = Window(start, last + timedelta(days=1))
    with ThreadPoolExecutor(_AT_ONCE) as readers:
        reading = {readers.submit(_all_read, sheet.name, window): sheet.title for sheet in PLATFORMS.values()}
        for read in as_completed(reading):
            yield reading[read], _result(read)


def _result(read: Future[bool]) -> Callable[[dg.DagsterInstance], bool]:
    return lambda _: read.result()


def _all_read(platform: str, window: Window) -> bool:
    """Whether every resource was read of some account, as the assets ask it."""
    statuses: dict[str, list[str]] = defaultdict(list)
    for result in ingest_workspaces(platform, None, window):
        statuses[result.resource].append(result.status)
        if result.problem:
            print(f"{platform} {result.resource} of account {result.account_id}: {result.problem}", file=sys.stderr)
    return all(set(told) != {"failed"} for told in statuses.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
