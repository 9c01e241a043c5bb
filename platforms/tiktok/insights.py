"""What TikTok tells about a creator and their public videos: totals so far, nothing by day, no demographics."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from platforms.calls import batches, json_object
from platforms.errors import Rejected, Unavailable
from platforms.platform import Contract, Field, Page, PostRef, Resource, Window
from platforms.tiktok.client import Client

VIDEO = "id,create_time,cover_image_url,share_url,video_description,duration,title,embed_link,is_aigc"
COUNTERS = ("like_count", "comment_count", "share_count", "view_count")
VIDEOS_PER_CALL = 20
# Asking for a field whose scope the person unticked fails the whole call.
USER_FIELDS = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "display_name"),
    "user.info.profile": ("bio_description", "profile_deep_link", "is_verified", "username"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}
_STATS = "user.info.stats"

USERS = "list_filter([json_extract(body, '$.data.user')], lambda u: u IS NOT NULL)"
VIDEOS = "json_extract(body, '$.data.videos[*]')"
# TikTok has no word for the kind but in the address; a post without a duration is one of photos too.
POSTS = """
list_transform(json_extract(body, '$.data.videos[*]'), lambda v: json_merge_patch(v, json_object(
    'kind', CASE WHEN contains(v->>'$.share_url', '/photo/') OR try_cast(v->>'$.duration' AS BIGINT) = 0
        THEN 'photo' ELSE 'video' END,
    'text', coalesce(nullif(v->>'$.video_description', ''), v->>'$.title'))))
"""


def user_fields(scopes: Sequence[str]) -> str:
    """What describes a creator, as far as the consent covers it; all where the scopes are not known."""
    covered = [fields for scope, fields in USER_FIELDS.items() if scope != _STATS and (not scopes or scope in scopes)]
    return ",".join(name for fields in covered for name in fields)


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The creator as they are now."""
    described = user_fields(client.scopes)

    async def ask(counters: Sequence[str]) -> Page:
        params = {"fields": ",".join([described, *counters])}
        return client.page(await client.get("/v2/user/info/", params), params)

    allowed = not client.scopes or _STATS in client.scopes
    yield await _whole(client, USER_FIELDS[_STATS] if allowed else (), ask)


async def _whole(client: Client, metrics: Sequence[str], ask: Callable[[Sequence[str]], Awaitable[Page]]) -> Page:
    """One page with every counter that TikTok still knows; those that it refuses are parked."""
    found = await client.parked.ask(metrics, ask, _names_field)
    return found[0] if len(found) == 1 else await ask(client.parked.without(metrics))


def _names_field(refusal: Rejected) -> bool:
    return refusal.evidence.get("code") in ("invalid_params", "invalid_param") and "field" in str(refusal).lower()


async def listed(
    client: Client, start: datetime, end: datetime | None
) -> AsyncIterator[tuple[Page, list[dict[str, Any]]]]:
    """Public videos, newest first, from before `end` back to `start`."""
    params = {"fields": VIDEO}
    body: dict[str, int] = {"max_count": VIDEOS_PER_CALL}
    if end is not None:
        body["cursor"] = int(end.timestamp() * 1000)
    while True:
        response = await client.post("/v2/video/list/", body, params=params)
        data = json_object(response).get("data", {})
        videos = data.get("videos", [])
        yield client.page(response, params), videos
        moments = [moment(video) for video in videos]
        past = bool(moments) and all(at is not None and at < start for at in moments)
        if past or not data.get("has_more"):
            return
        if data["cursor"] == body.get("cursor"):
            raise Unavailable("paging does not advance: video/list")
        body["cursor"] = data["cursor"]


def moment(video: dict[str, Any]) -> datetime | None:
    """When a video appeared; None where it does not say so, which the contract will notice."""
    seconds = video.get("create_time")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own public videos, wherever they were made."""
    async for page, _ in listed(client, window.start, window.end):
        yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Counters so far. A video that is deleted or private is absent."""
    for some in batches(posts, VIDEOS_PER_CALL):
        ids = [post.external_id for post in some]
        filters = {"filters": {"video_ids": ids}}

        async def ask(counters: Sequence[str], filters: dict[str, Any] = filters) -> Page:
            params = {"fields": ",".join(["id", "create_time", *counters])}
            return client.page(await client.post("/v2/video/query/", filters, params=params), params)

        yield (await _whole(client, COUNTERS, ask)).answering(ids)


RESOURCES = (
    Resource(
        name="accounts",
        scopes=("user.info.basic",),
        fetch=accounts,
        contract=Contract(
            records=USERS,
            fields=(
                Field("external_id", "VARCHAR", "$.open_id", required=True),
                Field("name", "VARCHAR", "$.display_name", required=True),
                Field("username", "VARCHAR", "$.username"),
                Field("description", "VARCHAR", "$.bio_description"),
                Field("picture_url", "VARCHAR", "$.avatar_url"),
                Field("permalink", "VARCHAR", "$.profile_deep_link"),
                Field("verified", "BOOLEAN", "$.is_verified"),
                Field("followers", "BIGINT", "$.follower_count"),
                Field("following", "BIGINT", "$.following_count"),
                Field("likes", "BIGINT", "$.likes_count"),
                Field("posts", "BIGINT", "$.video_count"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="posts",
        lists_all=True,
        scopes=("video.list",),
        fetch=posts,
        contract=Contract(
            records=POSTS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "EPOCH_S", "$.create_time", required=True),
                Field("kind", "VARCHAR", "$.kind"),
                Field("text", "VARCHAR", "$.text"),
                Field("title", "VARCHAR", "$.title"),
                Field("permalink", "VARCHAR", "$.share_url"),
                Field("thumbnail_url", "VARCHAR", "$.cover_image_url"),
                Field("duration_s", "BIGINT", "$.duration"),
                Field("is_aigc", "BOOLEAN", "$.is_aigc"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        scopes=("video.list",),
        fetch=post_metrics,
        needs_posts=True,
        contract=Contract(
            records=VIDEOS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("views", "BIGINT", "$.view_count"),
                Field("likes", "BIGINT", "$.like_count"),
                Field("comments", "BIGINT", "$.comment_count"),
                Field("shares", "BIGINT", "$.share_count"),
            ),
            key=("external_id",),
        ),
    ),
)
