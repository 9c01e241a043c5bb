"""/analytics/changes and /analytics/reconciliation."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api import pagination
from api.access import guarded
from api.changes.schemas import Bridge, Change, Changes, Grain, Reconciliation, Why
from api.moments import Asked, as_known
from api.pagination import Cursor, Limit
from api.parameters import OfPlatforms, Separated, Since, Until, end, start
from clientnest import marts
from clientnest.marts import ChangeFilter, Row

router = APIRouter(prefix="/analytics", tags=["analytics"])

# METRICS and what is told of days of accounts.
Metric = Literal[
    "impressions",
    "reach",
    "views",
    "reactions",
    "likes",
    "comments",
    "shares",
    "saves",
    "clicks",
    "engagements",
    "followers",
    "followers_gained",
    "followers_lost",
    "profile_visits",
]
OfMetrics = Annotated[list[Metric] | None, Separated, Query(description="Only these metrics.")]
OfPost = Annotated[str | None, Query(max_length=64, description="Only this post.")]


@router.get("/changes", summary="What changed after it was first told", **guarded("analytics.read"))
async def changes(
    session: Asked,
    wanted: OfPlatforms,
    since: Since = None,
    until: Until = None,
    metric: OfMetrics = None,
    why: Annotated[list[Why] | None, Separated, Query(description="Only for these reasons.")] = None,
    grain: Annotated[list[Grain] | None, Separated, Query(description="Only of these.")] = None,
    post_key: OfPost = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Changes:
    """Corrections, late arrivals, falls and deletions; that a counter grows is no change."""
    filters = ChangeFilter(wanted, start(since), end(until), metric or (), why or (), grain or (), post_key)
    rows = await marts.changes(session, filters, after=_place(cursor), limit=limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return Changes(
        items=[_change(row) for row in shown],
        next_cursor=pagination.encode(last["changed_at"].isoformat(), last["key"]) if last else None,
        **await as_known(session),
    )


@router.get("/reconciliation", summary="Whether the numbers add up", **guarded("analytics.read"))
async def reconciliation(
    session: Asked, wanted: OfPlatforms, metric: OfMetrics = None, post_key: OfPost = None
) -> Reconciliation:
    """The bridge from the days of posts to what their counters stand at, by network and metric."""
    rows = await marts.reconciliation(session, wanted, metrics=metric or (), post_key=post_key)
    return Reconciliation(items=[Bridge(**row) for row in rows], **await as_known(session))


def _change(row: Row) -> Change:
    known: dict[str, Any] = {name: row[name] for name in Change.model_fields if name != "post"}
    return Change(**known, post=row["title"] or row["text"])


def _place(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    changed_at, key = pagination.decode(cursor, 2)
    try:
        return datetime.fromisoformat(changed_at), str(key)
    except (TypeError, ValueError) as error:
        raise pagination.invalid() from error
