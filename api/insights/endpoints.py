"""/analytics/formats, /decay, /hashtags, /benchmarks, /competitors and /comparison."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from api.access import guarded
from api.analytics import overview, support
from api.insights.schemas import (
    Benchmark,
    Benchmarks,
    Compared,
    Comparison,
    Competitor,
    Competitors,
    Decay,
    DecayPoint,
    Format,
    Formats,
    Hashtag,
    Hashtags,
    NotCompared,
)
from api.moments import Asked, as_known
from api.pagination import Limit
from api.parameters import InPeriod, OfPlatforms
from clientnest import marts
from clientnest.marts import Row, Span
from platforms import PLATFORMS

router = APIRouter(prefix="/analytics", tags=["analytics"])

OfSpan = Annotated[Span, Query(description="Posts published in so many days up to the newest.")]


@router.get("/formats", summary="Figures by kind of post", **guarded("analytics.read"))
async def formats(session: Asked, wanted: OfPlatforms, span: OfSpan = "90_days") -> Formats:
    rows = await marts.formats(session, wanted, span)
    return Formats(items=[Format(**row) for row in rows], **await as_known(session))


@router.get("/decay", summary="How fast posts gather their figures", **guarded("analytics.read"))
async def decay(
    session: Asked,
    wanted: OfPlatforms,
    metric: Annotated[Literal["impressions", "views", "engagements"], Query(description="Of this.")] = "engagements",
) -> Decay:
    """Which share of its final figure a post had 1, 6, 24 hours and a week after it was published."""
    rows = await marts.decay(session, wanted, metric)
    return Decay(metric=metric, items=[DecayPoint(**row) for row in rows], **await as_known(session))


@router.get("/hashtags", summary="Hashtags of the period", **guarded("analytics.read"))
async def hashtags(session: Asked, period: InPeriod, wanted: OfPlatforms, limit: Limit = 50) -> Hashtags:
    rows = await marts.hashtags(session, period, wanted, limit=limit)
    return Hashtags(
        period=overview.period_out(period), items=[Hashtag(**row) for row in rows], **await as_known(session)
    )


@router.get("/benchmarks", summary="What is usual", **guarded("analytics.read"))
async def benchmarks(session: Asked, wanted: OfPlatforms, span: OfSpan = "90_days") -> Benchmarks:
    """Quartiles over posts: of an account, a format, a network, a competitor."""
    rows = await marts.benchmarks(session, wanted, span)
    return Benchmarks(items=[Benchmark(**row) for row in rows], **await as_known(session))


@router.get("/competitors", summary="How competitors stand and grew", **guarded("analytics.read"))
async def competitors(session: Asked, period: InPeriod, wanted: OfPlatforms) -> Competitors:
    rows = await marts.competitors(session, period, wanted)
    return Competitors(
        period=overview.period_out(period), items=[Competitor(**row) for row in rows], **await as_known(session)
    )


@router.get("/comparison", summary="Networks side by side", **guarded("analytics.read"))
async def comparison(session: Asked, period: InPeriod, wanted: OfPlatforms) -> Comparison:
    """Lifetime figures of the posts published in the period, over the metrics that every chosen network offers."""
    offered = await marts.comparable(session, wanted)
    metrics = [row["metric"] for row in offered if row["is_comparable"]]
    rows = {row["platform"]: row for row in await marts.post_sums(session, period, wanted, "platform")}
    return Comparison(
        period=overview.period_out(period),
        metrics=metrics,
        left_out=[_left_out(row) for row in offered if not row["is_comparable"]],
        networks=[_compared(name, rows[name], metrics) for name in PLATFORMS if name in rows],
        **await as_known(session),
    )


def _left_out(row: Row) -> NotCompared:
    titles = ", ".join(PLATFORMS[name].title for name in PLATFORMS if name in row["lacking"])
    lacking = "offers" if len(row["lacking"]) == 1 else "offer"
    return NotCompared(
        metric=row["metric"],
        platforms=row["lacking"],
        status="unsupported",
        reason=f"{titles} {lacking} no {support.word(row['metric'])}",
    )


def _compared(name: str, row: Row, metrics: list[str]) -> Compared:
    figures = {metric: row[metric] for metric in metrics}
    return Compared(platform=name, title=PLATFORMS[name].title, posts=row["posts"], figures=figures)
