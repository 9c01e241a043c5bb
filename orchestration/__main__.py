"""Dagster runs in this process: `python -m orchestration refresh|history --since DAY --until DAY`.

A run that is launched costs tens of seconds; one in a warm process well under one. The runs, their checks and
what they materialised are in Dagster's own storage and seen in its pages. Prints one JSON line per step done.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

import dagster as dg

from orchestration.defs import dbt, ingestion, reporting, scoring
from orchestration.defs.schedules import days_tags
from platforms import PLATFORMS


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m orchestration", description=__doc__)
    parser.add_argument("what", choices=("refresh", "history"))
    parser.add_argument("--since", required=True)
    parser.add_argument("--until", required=True)
    asked = parser.parse_args(argv)
    tags = days_tags(asked.since, asked.until)
    failed = 0
    with dg.DagsterInstance.get() as instance:
        for title, assets, partitioned in _steps(with_report=asked.what == "history"):
            result = dg.materialize(
                assets,
                instance=instance,
                resources={"dbt": dbt.resource()},
                tags=tags if partitioned else None,
                partition_key=None,
                raise_on_error=False,
            )
            failed += not result.success
            print(json.dumps({"step": title, "ok": result.success}), flush=True)
    return 1 if failed else 0


def _steps(*, with_report: bool) -> Iterator[tuple[str, Sequence[dg.AssetsDefinition], bool]]:
    for sheet in PLATFORMS.values():
        yield (
            sheet.title,
            [asset for asset in ingestion.assets if sheet.name in asset.group_names_by_key.values()],
            True,
        )
    yield "Figures", [dbt.figures], False
    yield "Scores", [scoring.post_scores], False
    yield "Marts", [dbt.marts], False
    if with_report:
        yield "Report", [reporting.weekly], False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
