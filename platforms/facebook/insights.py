"""What a Page tells about itself, its posts and its days."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from platforms.calls import batches, days
from platforms.errors import Rejected
from platforms.facebook.client import Client
from platforms.graph import WITHOUT_FIGURES, all_before
from platforms.platform import Contract, Field, Page, PostRef, Resource, Window

# Facebook's days end at midnight in California, whatever the Page's own zone.
ZONE = ZoneInfo("America/Los_Angeles")
# A call may span 90 days; one less leaves room for the hour that daylight saving adds.
DAYS_PER_CALL = 89

PROFILE = "id,name,username,link,about,category,fan_count,followers_count,picture{url}"
POST = "id,message,created_time,permalink_url,full_picture,status_type,attachments{media_type,title,unshimmed_url,url}"
COUNTERS = "id,created_time,reactions.summary(total_count).limit(0),comments.summary(true).limit(0),shares"

# One name that Meta has retired fails the whole call: these are asked for, and no others.
POST_METRICS = (
    "post_media_view",
    "post_total_media_view_unique",
    "post_clicks",
    "post_reactions_by_type_total",
)
DAILY_METRICS = (
    "page_media_view",
    "page_total_media_view_unique",
    "page_post_engagements",
    "page_views_total",
    "page_follows",
    "page_daily_follows_unique",
    "page_daily_unfollows_unique",
    "page_total_actions",
)

# One record per value; a value split by kind gives one per kind, named `metric.kind`.
VALUES = """
flatten(flatten(list_transform(json_extract(body, '$.data[*]'), lambda d:
    list_transform(json_extract(d, '$.values[*]'), lambda v:
        CASE json_type(v, '$.value')
            WHEN 'OBJECT' THEN list_transform(json_keys(v, '$.value'), lambda k: json_object(
                'metric', concat(d->>'name', '.', k), 'value', json_extract(v->'value', concat('/', k)),
                'end_time', v->'end_time'))
            ELSE [json_object('metric', d->'name', 'value', v->'value', 'end_time', v->'end_time')]
        END))))
"""


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The Page as it is now."""
    yield await client.page(f"/{client.account}", {"fields": PROFILE})


async def published(client: Client, fields: str, start: datetime) -> AsyncIterator[Page]:
    """The Page's posts since a moment, newest first, wherever they were made.

    No `until`: Facebook is said to hold it against the last change of a post, which would hide edited ones.
    """
    params = {"fields": fields, "limit": 100, "since": int(start.timestamp())}
    async for page in client.pages(f"/{client.account}/published_posts", params):
        yield page
        if all_before(page, "created_time", start):
            return


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own posts of every kind, from the start of the window on."""
    async for page in published(client, POST, window.start):
        yield page


async def counters(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Reactions, comments and shares: counters of the post itself, known without insights."""
    if not posts:
        return
    async for page in published(client, COUNTERS, min(post.published_at for post in posts)):
        yield page


async def post_insights(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Lifetime insights of each post. A post deleted since it was listed has none."""
    params = {"metric": ",".join(POST_METRICS), "period": "lifetime"}
    for post in posts:
        path = f"/{post.external_id}/insights"
        try:
            page = await client.page(path, params, external_id=post.external_id)
        except Rejected as error:
            if error.evidence.get("subcode") not in WITHOUT_FIGURES:
                raise
        else:
            yield page


async def account_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The Page's days. A day that has not ended, or that Facebook has not counted yet, is absent."""
    for span in batches(days(window, ZONE), DAYS_PER_CALL):
        (_, first), (_, last) = span[0], span[-1]
        params = {
            "metric": ",".join(DAILY_METRICS),
            "period": "day",
            "since": int(first.start.timestamp()),
            "until": int(last.end.timestamp()),
        }
        yield await client.page(f"/{client.account}/insights", params)


RESOURCES = (
    Resource(
        name="accounts",
        fetch=accounts,
        contract=Contract(
            records="[body]",
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("name", "VARCHAR", "$.name", required=True),
                Field("username", "VARCHAR", "$.username"),
                Field("permalink", "VARCHAR", "$.link"),
                Field("description", "VARCHAR", "$.about"),
                Field("category", "VARCHAR", "$.category"),
                Field("picture_url", "VARCHAR", "$.picture.data.url"),
                Field("fan_count", "BIGINT", "$.fan_count"),
                Field("followers", "BIGINT", "$.followers_count"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="posts",
        fetch=posts,
        contract=Contract(
            records="json_extract(body, '$.data[*]')",
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.created_time", required=True),
                Field("kind", "VARCHAR", "$.status_type"),
                Field("media_type", "VARCHAR", "$.attachments.data[0].media_type"),
                Field("text", "VARCHAR", "$.message"),
                Field("title", "VARCHAR", "$.attachments.data[0].title"),
                Field("link", "VARCHAR", "$.attachments.data[0].unshimmed_url"),
                Field("attachment_url", "VARCHAR", "$.attachments.data[0].url"),
                Field("permalink", "VARCHAR", "$.permalink_url"),
                Field("thumbnail_url", "VARCHAR", "$.full_picture"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        fetch=counters,
        needs_posts=True,
        contract=Contract(
            records="json_extract(body, '$.data[*]')",
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("reactions", "BIGINT", "$.reactions.summary.total_count"),
                Field("comments", "BIGINT", "$.comments.summary.total_count"),
                Field("shares", "BIGINT", "$.shares.count"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        variant="insights",
        fetch=post_insights,
        needs_posts=True,
        history_days=730,
        contract=Contract(
            records=VALUES,
            fields=(
                Field("external_id", "VARCHAR", "context.external_id", required=True),
                Field("metric", "VARCHAR", "$.metric", required=True),
                Field("value", "BIGINT", "$.value"),
            ),
            key=("external_id", "metric"),
        ),
    ),
    Resource(
        name="account_metrics",
        fetch=account_metrics,
        history_days=730,
        settles_after_days=2,
        contract=Contract(
            records=VALUES,
            fields=(
                Field("metric", "VARCHAR", "$.metric", required=True),
                Field("end_time", "TIMESTAMPTZ", "$.end_time", required=True),
                Field("value", "BIGINT", "$.value"),
            ),
            key=("metric", "end_time"),
        ),
    ),
)
