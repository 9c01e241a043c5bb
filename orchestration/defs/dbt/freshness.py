"""Whether the figures that are served are as young as they should be."""

import dagster as dg

from clientnest.database import system_connection


@dg.asset_check(asset=dg.AssetKey(["marts", "data_freshness"]), name="freshness")
def freshness() -> dg.AssetCheckResult:
    """Every connected account was observed when it was expected to be."""
    overdue = "select platform, resource from marts.data_freshness where next_expected_at < now() order by 1, 2"
    with system_connection() as connection:
        late = [f"{platform} {resource}" for platform, resource in connection.execute(overdue)]
    return dg.AssetCheckResult(
        passed=not late, severity=dg.AssetCheckSeverity.WARN, metadata={"overdue": sorted(set(late))}
    )
