"""The weekly report of every workspace."""

import dagster as dg

from clientnest.database import run
from reporting.weekly import make_all_weekly
from scoring.past import scores_as_known


@dg.asset(
    key=["reports", "weekly"],
    deps=[dg.AssetKey(["marts", name]) for name in ("accounts", "posts", "account_metrics_daily")],
    group_name="reporting",
    kinds={"pdf"},
)
def weekly() -> dg.MaterializeResult:
    """PDF and CSV of the last whole week."""
    reports = run(make_all_weekly(scores_as_known))
    return dg.MaterializeResult(metadata={"files": len(reports)})


defs = dg.Definitions(assets=[weekly])
