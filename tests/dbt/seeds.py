"""The seeds of dbt are the networks' data sheets as tables: `python -m tests.dbt.seeds` writes them anew."""

import csv
import io
from pathlib import Path

from platforms import PLATFORMS
from platforms.platform import Platform

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"


def metric_support() -> str:
    """Which network offers which metric at which grain."""
    header = ("platform", "metric", "grain", "wire", "unit", "valid_from", "valid_to", "replaced_by", "source")
    return _csv(
        header,
        [
            (p.name, m.name, m.grain, m.wire, m.unit, m.valid_from, m.valid_to, m.replaced_by, m.source)
            for p in PLATFORMS.values()
            for m in p.metrics
        ],
    )


def resources() -> str:
    """What is read from each network, and when it stops being corrected."""
    header = ("platform", "resource", "history_days", "settles_after_days")
    return _csv(
        header,
        [(p.name, r.table, r.history_days, r.settles_after_days) for p in PLATFORMS.values() for r in p.resources],
    )


def platforms() -> str:
    """Where each network ends its days, after how many days its figures are whole, and how old a post it tells of."""
    header = ("platform", "day_zone", "lag_days", "history_days")
    return _csv(header, [(p.name, p.day_zone, _lag(p), _history(p)) for p in PLATFORMS.values()])


def _lag(sheet: Platform) -> int:
    """The longest that the network corrects a day of posts or of the account."""
    figures = [r for r in sheet.resources if r.name in ("post_metrics", "account_metrics")]
    return max((r.settles_after_days for r in figures), default=0)


def _history(sheet: Platform) -> int | None:
    """How old a post may be whose figures the network still tells; None for any age."""
    return next((r.history_days for r in sheet.resources if r.table == "post_metrics"), None)


def _csv(header: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *sorted(rows, key=lambda row: list(map(str, row)))])
    return text.getvalue()


WRITTEN = {"metric_support.csv": metric_support, "platforms.csv": platforms, "resources.csv": resources}

if __name__ == "__main__":
    for name, made in WRITTEN.items():
        (SEEDS / name).write_text(made(), encoding="utf-8")
