"""/analytics and /social/analytics."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from api import pagination
from api.access import InWorkspace, guarded
from api.analytics import overview, support
from api.analytics.freshness import freshness
from api.analytics.schemas import (
    AccountSums,
    Audience,
    AudienceValue,
    Dashboard,
    Engagement,
    SocialAnalytics,
    Sums,
    Unsupported,
)
from api.moments import Asked, AskedWithScores, as_known
from api.pagination import Cursor, Limit
from api.parameters import InPeriod, OfPlatform, OfPlatforms
from clientnest import marts
from clientnest.marts import Row

router = APIRouter(tags=["analytics"])


@router.get("/analytics/dashboard", summary="The overview in one call", **guarded("analytics.read"))
async def dashboard(access: InWorkspace, session: AskedWithScores, period: InPeriod, wanted: OfPlatforms) -> Dashboard:
    """Headline and totals are lifetime figures of the posts published in the period; `days` are what happened on
    each day, whenever the posts were published."""
    return await overview.dashboard(session, period, wanted, access.member.timezone)


@router.get("/analytics/engagement", summary="Figures by day and network", **guarded("analytics.read"))
async def engagement(
    session: Asked,
    period: InPeriod,
    wanted: OfPlatforms,
    granularity: Annotated[Literal["day"], Query(description="One row per day and network.")] = "day",
) -> Engagement:
    """A day is null where a connected account that has had the metric before was not observed: a gap, not a zero."""
    rows = await marts.account_days(session, period, wanted)
    seen = await freshness(session, wanted)
    return Engagement(
        period=overview.period_out(period),
        granularity=granularity,
        days=[overview.day_out(row) for row in rows],
        **seen.summary,
    )


@router.get("/analytics/audience", summary="Who follows the accounts", **guarded("analytics.read"))
async def audience(session: Asked, wanted: OfPlatforms) -> Audience:
    """Only what the networks tell; they withhold small groups."""
    rows = await marts.audience(session, wanted)
    moments = [row["observed_at"] for row in rows if row["observed_at"]]
    return Audience(
        items=[AudienceValue(**row) for row in rows],
        observed_at=min(moments, default=None),
        **await as_known(session),
    )


@router.get("/social/analytics", summary="Figures by account and by network", **guarded("analytics.read"))
async def social_analytics(
    session: Asked, period: InPeriod, wanted: OfPlatform, limit: Limit = 100, cursor: Cursor = None
) -> SocialAnalytics:
    """Lifetime figures of the posts published in the period, with what each network does not offer and why."""
    rows = await marts.account_sums(session, period, wanted, after=_place(cursor), limit=limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    found = await overview.material(session, period, wanted)
    return SocialAnalytics(
        period=overview.period_out(period),
        accounts=[_account(row) for row in shown],
        networks=overview.networks(found),
        next_cursor=pagination.encode(last["platform"], last["name"], last["account_id"]) if last else None,
        **found.fresh.summary,
    )


def _account(row: Row) -> AccountSums:
    """An account without posts in the period has none of their figures."""
    sums: dict[str, Any] = {name: row[name] for name in Sums.model_fields}
    own = ("account_id", "platform", "name", "username", "source", "status", "followers", "followers_observed_at")
    return AccountSums(
        **{**sums, "posts": row["posts"] or 0},
        **{name: row[name] for name in own},
        observed_at=row["last_observed_at"],
        unsupported=[
            Unsupported(metric=metric, reason=support.no_offer(row["platform"], metric))
            for metric in support.unsupported(row["platform"])
            if row[metric] is None
        ],
    )


def _place(cursor: str | None) -> tuple[str, str, str] | None:
    if cursor is None:
        return None
    platform, name, account_id = pagination.decode(cursor, 3)
    try:
        return str(platform), str(name), str(UUID(str(account_id)))
    except ValueError as error:
        raise pagination.invalid() from error
