"""Where a post's engagements stand among those of its own account: 0 to 100, with what it was compared with.

The formula and its limits are in README.md.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from scoring import repository

if TYPE_CHECKING:
    import polars as pl

# A group of fewer posts says nothing on its own.
ENOUGH = 5
# As many posts' weight has the wider group in a narrower one's median and spread.
SHRINKAGE = 8
# Spread under which posts of a group count as alike, in natural logarithms.
LEAST_SPREAD = 0.1
# The median absolute deviation of a normal distribution times this is its standard deviation.
MAD_TO_SIGMA = 1.4826
# A logistic curve with this slope stays within one point of the normal distribution's.
LOGISTIC_TO_NORMAL = 1.702


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """`posts` have figures that are old enough to compare; those without `scored` had too few to compare with."""

    workspace_id: UUID
    platforms: tuple[str, ...]
    posts: int
    scored: int


def score_all() -> list[ScoreResult]:
    """Score all posts of every brand and network of which some were modelled since. Raises NotReady before the first.

    A score is relative to its account's posts and, by shrinkage, to those of the brand on that network: no smaller
    group stays right when one of its posts changes, and no larger one changes.
    """
    return [_score(group) for group in repository.due()]


def _score(group: repository.Due) -> ScoreResult:
    """In one transaction."""
    posts = repository.comparable_posts(group)
    scored = scores(posts)
    repository.replace_scores(group, scored)
    return ScoreResult(group.workspace_id, group.platforms, posts.height, scored.height)


def scores(posts: "pl.DataFrame") -> "pl.DataFrame":
    """Per post: post_key, account_id, score (0 to 100), basis, n, median (engagements).

    `posts` has one row per post: post_key, account_id, platform, kind, engagements (known, whole, not negative).
    Posts that can be compared with fewer than ENOUGH, themselves included, are left out.
    """
    import polars as pl

    narrow, account, platform = ["account_id", "kind"], ["account_id"], ["platform"]
    # By the account's own typical post, so that large and small accounts are measured alike.
    typical = pl.coalesce(
        _positive(pl.col("engagements").median().over(account)),
        _positive(pl.col("engagements").mean().over(account)),
        pl.lit(1.0),
    )
    measured = posts.with_columns(x=(pl.col("engagements") / typical).log1p())
    for name, group in (("narrow", narrow), ("account", account), ("platform", platform)):
        measured = _described(measured, name, group)
    measured = _shrunk(measured, "account", "platform")
    measured = _shrunk(measured, "narrow", "account")
    spread = pl.max_horizontal("narrow_spread", pl.lit(LEAST_SPREAD))
    score = 100 / (1 + (-LOGISTIC_TO_NORMAL * (pl.col("x") - pl.col("narrow_centre")) / spread).exp())
    return (
        measured.with_columns(score=score, basis=_basis())
        .filter(pl.col("basis").is_not_null())
        .select(
            "post_key",
            "account_id",
            "score",
            "basis",
            n=_of_basis("n").cast(pl.Int64),
            median=_of_basis("median").cast(pl.Float64),
        )
    )


def _positive(value: "pl.Expr") -> "pl.Expr":
    import polars as pl

    return pl.when(value > 0).then(value)


def _described(posts: "pl.DataFrame", name: str, group: list[str]) -> "pl.DataFrame":
    """Size, median engagements, centre and spread of the posts in each post's group."""
    import polars as pl

    centred = posts.with_columns(
        pl.len().over(group).alias(f"{name}_n"),
        pl.col("engagements").median().over(group).alias(f"{name}_median"),
        pl.col("x").median().over(group).alias(f"{name}_centre"),
    )
    deviation = (pl.col("x") - pl.col(f"{name}_centre")).abs()
    return centred.with_columns((deviation.median().over(group) * MAD_TO_SIGMA).alias(f"{name}_spread"))


def _shrunk(posts: "pl.DataFrame", name: str, wider: str) -> "pl.DataFrame":
    """Pull a group's centre and spread towards the wider group's, the more the smaller it is."""
    import polars as pl

    n = pl.col(f"{name}_n")
    return posts.with_columns(
        ((n * pl.col(f"{name}_{what}") + SHRINKAGE * pl.col(f"{wider}_{what}")) / (n + SHRINKAGE)).alias(
            f"{name}_{what}"
        )
        for what in ("centre", "spread")
    )


def _basis() -> "pl.Expr":
    """The narrowest group that is large enough."""
    import polars as pl

    return (
        pl.when(pl.col("narrow_n") >= ENOUGH)
        .then(pl.lit("account+kind"))
        .when(pl.col("account_n") >= ENOUGH)
        .then(pl.lit("account"))
        .when(pl.col("platform_n") >= ENOUGH)
        .then(pl.lit("platform"))
    )


def _of_basis(what: str) -> "pl.Expr":
    import polars as pl

    return (
        pl.when(pl.col("basis") == "account+kind")
        .then(pl.col(f"narrow_{what}"))
        .when(pl.col("basis") == "account")
        .then(pl.col(f"account_{what}"))
        .otherwise(pl.col(f"platform_{what}"))
    )
