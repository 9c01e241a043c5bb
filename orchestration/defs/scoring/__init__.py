"""The score of every post against its own account's history."""

import dagster as dg

from scoring.content import score_all


@dg.asset(
    key=["scoring", "post_scores"],
    deps=[dg.AssetKey(["intermediate", "int_posts"])],
    group_name="scoring",
    kinds={"polars"},
)
def post_scores() -> dg.MaterializeResult:
    """Scored by Polars, shown beside the posts."""
    results = score_all()
    return dg.MaterializeResult(metadata={"posts": sum(result.scored for result in results)})


defs = dg.Definitions(assets=[post_scores])
