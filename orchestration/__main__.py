"""Dagster runs in this process: `python -m orchestration refresh --since DAY --until DAY` and others.

A run that is launched costs tens of seconds; one in a warm process well under one. Runs, checks and what they
materialised are in Dagster's own storage and seen in its pages, but those of the first history, see `record`.
Prints one JSON line per step done.
"""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.defs.schedules import days_tags
from orchestration.record import record
from platforms import PLATFORMS


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m orchestration", description=__doc__)
    parser.add_argument("what", choices=("load", "refresh", "history", "figures", "report", "dictionary", "record"))
    parser.add_argument("--since", help="first day, YYYY-MM-DD")
    parser.add_argument("--until", help="last day, YYYY-MM-DD")
    asked = parser.parse_args(argv)
    if asked.what == "record":
        with dg.DagsterInstance.get() as instance:
            recorded = record(instance)
        print(json.dumps({"step": f"{recorded} days of assets recorded", "ok": True}), flush=True)
        return _materialise("dictionary", None, None)
    return _materialise(asked.what, asked.since, asked.until)


def _materialise(what: str, since: str | None, until: str | None) -> int:
    """The exit status: 1 when a step did not end well; the others are done all the same."""
    from orchestration.defs import dbt

    failed = 0
    with dg.DagsterInstance.ephemeral() if what in ("load", "history") else dg.DagsterInstance.get() as instance:
        for title, assets, tags in _steps(what, since, until):
            # What dbt says on the way is for people; stdout is for who reads the steps.
            with contextlib.redirect_stdout(sys.stderr):
                result = dg.materialize(
                    assets, instance=instance, resources={"dbt": dbt.resource()}, tags=tags, raise_on_error=False
                )
            failed += not result.success
            print(json.dumps({"step": title, "ok": result.success}), flush=True)
    return 1 if failed else 0


def _steps(
    what: str, since: str | None, until: str | None
) -> Iterator[tuple[str, Sequence[dg.AssetsDefinition], dict[str, str] | None]]:
    """Titles, assets and the tags of their days."""
    # Here, not above: the models are parsed on import, and who only records needs none of them.
    from orchestration.defs import dbt, docs, ingestion, reporting, scoring

    if what in ("load", "refresh", "history"):
        if since is None or until is None:
            raise SystemExit("--since and --until are needed")
        for sheet in PLATFORMS.values():
            assets = [asset for asset in ingestion.assets if sheet.name in asset.group_names_by_key.values()]
            yield sheet.title, assets, days_tags(since, until)
    if what in ("refresh", "history", "figures"):
        yield "Figures", [dbt.figures], None
        yield "Scores", [scoring.post_scores], None
    if what in ("history", "report"):
        yield "Weekly report", [reporting.weekly], None
    if what in ("refresh", "figures", "dictionary"):
        yield "Dictionary", [docs.warehouse], None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
