"""What YouTube tells about a channel, its videos, their days and their viewers.

Counters come as decimal strings. One that the owner hides is absent, which is not zero.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from platforms.calls import batches, days
from platforms.errors import Rejected
from platforms.platform import Contract, Field, Page, PostRef, Resource, Window
from platforms.youtube.client import ANALYTICS, PACIFIC, Client

IDS_PER_CALL = 50
# Viewers' groups below a threshold are withheld, so a short span would show nothing.
DEMOGRAPHIC_SPAN = timedelta(days=90)
DAILY = (
    "views,estimatedMinutesWatched,averageViewDuration,averageViewPercentage,likes,dislikes,comments,shares,"
    "subscribersGained,subscribersLost"
)

ITEMS = "json_extract(body, '$.items[*]')"
# Not every video has a picture of every size.
VIDEOS = """
list_transform(json_extract(body, '$.items[*]'), lambda v: json_merge_patch(v, json_object(
    'thumbnail', coalesce(v->'$.snippet.thumbnails.high.url', v->'$.snippet.thumbnails.default.url'),
    'permalink', concat('https://www.youtube.com/watch?v=', v->>'$.id'))))
"""
# A report names its columns once and may order them as it likes.
ROWS = """
list_transform(json_extract(body, '$.rows[*]'), lambda r: to_json(map(
    json_extract_string(body, '$.columnHeaders[*].name'), json_extract(r, '$[*]'))))
"""
# One dimension and one metric, whatever their names.
GROUPS = """
list_transform(json_extract(body, '$.rows[*]'), lambda r: json_object(
    'dimension', json_extract(body, '$.columnHeaders[0].name'), 'value', json_extract(r, '$[0]'),
    'unit', json_extract(body, '$.columnHeaders[1].name'), 'amount', json_extract(r, '$[1]')))
"""


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The channel as it is now."""
    page, _ = await client.page("/youtube/v3/channels", {"part": "id,snippet,statistics", "id": client.account})
    yield page


async def uploaded(client: Client, start: datetime, end: datetime) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
    """The videos of a span, newest first; a page of the uploads list tells only their ids."""
    answer = await client.get("/youtube/v3/channels", {"part": "contentDetails", "id": client.account})
    channels = answer.json().get("items", [])
    if not channels:
        return
    playlist = channels[0]["contentDetails"]["relatedPlaylists"]["uploads"]
    params = {"part": "snippet,contentDetails", "playlistId": playlist, "maxResults": IDS_PER_CALL}
    try:
        async for _, body in client.pages("/youtube/v3/playlistItems", params):
            found = [(item["contentDetails"]["videoId"], _moment(item)) for item in body.get("items", [])]
            ids = [video for video, at in found if at is None or start <= at < end]
            if ids:
                yield await _videos(client, "snippet,contentDetails,status", ids)
            if found and all(at is not None and at < start for _, at in found):
                return
    except Rejected as error:
        # The list of a channel without a video does not exist.
        if error.evidence.get("reason") != "playlistNotFound":
            raise


def _moment(item: dict[str, Any]) -> datetime | None:
    """When a video of the list appeared; None while it is private."""
    published = item["contentDetails"].get("videoPublishedAt")
    return datetime.fromisoformat(published) if published else None


async def _videos(client: Client, part: str, ids: Iterable[str]) -> tuple[Page, dict[str, Any]]:
    return await client.page("/youtube/v3/videos", {"part": part, "id": ",".join(ids), "maxResults": IDS_PER_CALL})


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own videos, wherever they were uploaded."""
    async for page, _ in uploaded(client, window.start, window.end):
        yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Counters so far. A deleted video is absent."""
    for some in batches(posts, IDS_PER_CALL):
        page, _ = await _videos(client, "statistics", (post.external_id for post in some))
        yield page


async def daily(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The figures of each video by Pacific day, from its first one. A day without figures is absent.

    One call for each: YouTube documents days of one video, and not a table of days by videos.
    """
    for post in posts:
        span = Window(max(window.start, post.published_at), window.end)
        if span.start < span.end:
            only = {"filters": f"video=={post.external_id}"}
            yield await _days(client, span, only, external_id=post.external_id)


async def account_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The channel's figures by Pacific day."""
    if window.start < window.end:
        yield await _days(client, window, {})


async def demographics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Who watched in the last months: countries by views, age groups and genders by share of viewers."""
    span = _dates(Window(window.end - DEMOGRAPHIC_SPAN, window.end))
    for dimension, metric in (("country", "views"), ("ageGroup", "viewerPercentage"), ("gender", "viewerPercentage")):
        params = {**span, "metrics": metric, "dimensions": dimension, "sort": f"-{metric}"}
        yield await _report(client, params, start_date=span["startDate"], end_date=span["endDate"])


async def _days(client: Client, window: Window, only: dict[str, str], **context: str | None) -> Page:
    params = {**_dates(window), "metrics": DAILY, "dimensions": "day", "sort": "day", **only}
    return await _report(client, params, **context)


async def _report(client: Client, params: dict[str, str], **context: str | None) -> Page:
    page, _ = await client.page("/v2/reports", {"ids": "channel==MINE", **params}, host=ANALYTICS, **context)
    return page


def _dates(window: Window) -> dict[str, str]:
    """The Pacific days that a window touches, both ends included."""
    touched = days(window, PACIFIC)
    return {"startDate": touched[0][0].isoformat(), "endDate": touched[-1][0].isoformat()}


REPORTED = (
    Field("views", "BIGINT", "$.views"),
    Field("likes", "BIGINT", "$.likes"),
    Field("dislikes", "BIGINT", "$.dislikes"),
    Field("comments", "BIGINT", "$.comments"),
    Field("shares", "BIGINT", "$.shares"),
    Field("estimated_minutes_watched", "BIGINT", "$.estimatedMinutesWatched"),
    Field("average_view_duration_s", "DOUBLE", "$.averageViewDuration"),
    Field("average_view_percentage", "DOUBLE", "$.averageViewPercentage"),
    Field("followers_gained", "BIGINT", "$.subscribersGained"),
    Field("followers_lost", "BIGINT", "$.subscribersLost"),
)

RESOURCES = (
    Resource(
        name="accounts",
        fetch=accounts,
        contract=Contract(
            records=ITEMS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("name", "VARCHAR", "$.snippet.title", required=True),
                Field("username", "VARCHAR", "$.snippet.customUrl"),
                Field("description", "VARCHAR", "$.snippet.description"),
                Field("picture_url", "VARCHAR", "$.snippet.thumbnails.default.url"),
                Field("country", "VARCHAR", "$.snippet.country"),
                Field("created_at", "TIMESTAMPTZ", "$.snippet.publishedAt"),
                Field("followers", "BIGINT", "$.statistics.subscriberCount"),
                Field("followers_hidden", "BOOLEAN", "$.statistics.hiddenSubscriberCount"),
                Field("views", "BIGINT", "$.statistics.viewCount"),
                Field("posts", "BIGINT", "$.statistics.videoCount"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="posts",
        fetch=posts,
        contract=Contract(
            records=VIDEOS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.snippet.publishedAt", required=True),
                Field("kind", "VARCHAR", "$.kind"),
                Field("title", "VARCHAR", "$.snippet.title"),
                Field("text", "VARCHAR", "$.snippet.description"),
                Field("permalink", "VARCHAR", "$.permalink"),
                Field("thumbnail_url", "VARCHAR", "$.thumbnail"),
                Field("duration", "VARCHAR", "$.contentDetails.duration"),
                Field("privacy_status", "VARCHAR", "$.status.privacyStatus"),
                Field("upload_status", "VARCHAR", "$.status.uploadStatus"),
                Field("tags", "JSON", "$.snippet.tags"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        fetch=post_metrics,
        needs_posts=True,
        contract=Contract(
            records=ITEMS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("views", "BIGINT", "$.statistics.viewCount"),
                Field("likes", "BIGINT", "$.statistics.likeCount"),
                Field("dislikes", "BIGINT", "$.statistics.dislikeCount"),
                Field("comments", "BIGINT", "$.statistics.commentCount"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        variant="daily",
        fetch=daily,
        needs_posts=True,
        settles_after_days=3,
        contract=Contract(
            records=ROWS,
            fields=(
                Field("external_id", "VARCHAR", "context.external_id", required=True),
                Field("as_of_date", "DATE", "$.day", required=True),
                *REPORTED,
            ),
            key=("external_id", "as_of_date"),
        ),
    ),
    Resource(
        name="account_metrics",
        fetch=account_metrics,
        settles_after_days=3,
        contract=Contract(
            records=ROWS,
            fields=(Field("as_of_date", "DATE", "$.day", required=True), *REPORTED),
            key=("as_of_date",),
        ),
    ),
    Resource(
        name="demographics",
        fetch=demographics,
        settles_after_days=3,
        contract=Contract(
            records=GROUPS,
            fields=(
                Field("dimension", "VARCHAR", "$.dimension", required=True),
                Field("value", "VARCHAR", "$.value", required=True),
                Field("amount", "DOUBLE", "$.amount"),
                Field("unit", "VARCHAR", "$.unit", required=True),
                Field("start_date", "DATE", "context.start_date", required=True),
                Field("end_date", "DATE", "context.end_date", required=True),
            ),
            key=("dimension", "value"),
        ),
    ),
)
