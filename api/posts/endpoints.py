"""/social/posts: every post, found, filtered and paged."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from api import pagination
from api.access import guarded
from api.analytics.freshness import freshness
from api.moments import AskedWithScores, as_known
from api.pagination import Cursor, Limit
from api.parameters import OfPlatform, Separated, Since, Until, end, start
from api.posts.schemas import Observation, PostDetail, PostFreshness, Posts, post_out, told
from clientnest import marts
from clientnest.errors import NotFound
from clientnest.marts import Cut, PostFilter

router = APIRouter(prefix="/social/posts", tags=["posts"])

Kind = Literal["text", "link", "image", "carousel", "video", "reel", "short", "story", "unknown"]
Sort = Literal[
    "published_at",
    "engagements",
    "engagement_rate",
    "score",
    "impressions",
    "reach",
    "views",
    "reactions",
    "likes",
    "comments",
    "shares",
    "saves",
    "clicks",
]


# How a sort value comes out of a cursor; all others are counts.
_READ: dict[str, Callable[[Any], Any]] = {
    "published_at": datetime.fromisoformat,
    "engagement_rate": float,
    "score": float,
}


@router.get("", summary="Posts of all accounts", **guarded("posts.read"))
async def list_posts(
    session: AskedWithScores,
    wanted: OfPlatform,
    since: Since = None,
    until: Until = None,
    kind: Annotated[list[Kind] | None, Separated, Query(description="Only these kinds.")] = None,
    origin: Annotated[
        list[Literal["clientnest", "network", "file"]] | None,
        Separated,
        Query(description="Only from here."),
    ] = None,
    q: Annotated[str | None, Query(max_length=200, description="Looked for in text and title, as it stands.")] = None,
    sort: Annotated[Sort, Query(description="Unknown values come last.")] = "published_at",
    order: Literal["asc", "desc"] = "desc",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Posts:
    """What ClientNest publishes is here from the moment it is asked for, with its status and without figures."""
    filters = PostFilter(wanted, start(since), end(until), kind or (), origin or (), q)
    after = _cut(cursor, sort, order)
    rows = await marts.posts(session, filters, sort=sort, order=order, after=after, limit=limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    seen = await freshness(session, wanted)
    return Posts(
        items=[post_out(row) for row in shown],
        next_cursor=pagination.encode(sort, order, last["sort_value"], last["post_key"]) if last else None,
        freshness=PostFreshness(**seen.summary),
    )


@router.get("/{post_key}", summary="One post with its observations", **guarded("posts.read"))
async def read_post(post_key: str, session: AskedWithScores) -> PostDetail:
    """Each observation names the lake file, page and record that it came from."""
    row = await marts.post(session, post_key)
    if row is None:
        raise NotFound("There is no such post in this workspace.")
    seen = await marts.observations(session, post_key)
    return PostDetail(**told(row), observations=[Observation(**found) for found in seen], **await as_known(session))


def _cut(cursor: str | None, sort: str, order: str) -> Cut | None:
    """Where the page begins. Raises Invalid for a cursor of another list or another order."""
    if cursor is None:
        return None
    for_sort, for_order, value, post_key = pagination.decode(cursor, 4)
    if (for_sort, for_order) != (sort, order) or not isinstance(post_key, str):
        raise pagination.invalid()
    return Cut(_sort_value(sort, value), post_key)


def _sort_value(sort: str, value: Any) -> Any:
    if value is None:
        return None
    try:
        return _READ.get(sort, int)(value)
    except (TypeError, ValueError) as error:
        raise pagination.invalid() from error
