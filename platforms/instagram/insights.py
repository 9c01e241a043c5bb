"""What an Instagram account tells about itself, its media and its days."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from platforms.calls import days
from platforms.errors import PlatformError, ReconnectNeeded, Rejected
from platforms.graph import WITHOUT_FIGURES, all_before
from platforms.instagram.client import Client
from platforms.platform import Contract, Field, Page, PostRef, Resource, Window

# Insights count in days of California, whatever the account's own zone.
ZONE = ZoneInfo("America/Los_Angeles")
HISTORY_DAYS = 90
MEDIA_HISTORY_DAYS = 730

PROFILE = (
    "user_id,username,name,account_type,biography,website,profile_picture_url,followers_count,follows_count,media_count"
)
MEDIA = "id,caption,media_type,media_product_type,permalink,thumbnail_url,media_url,shortcode,timestamp"

# Which metric goes with which kind is checked: a wrong one fails the whole call.
STORY = "STORY"
STORY_METRICS = "views,reach,replies,shares,follows,profile_visits"
REEL_METRICS = (
    "views,reach,likes,comments,saved,shares,total_interactions,ig_reels_avg_watch_time,ig_reels_video_view_total_time"
)
FEED_METRICS = "views,reach,likes,comments,saved,shares,total_interactions,follows,profile_visits"
METRICS_BY_KIND = {STORY: STORY_METRICS, "REELS": REEL_METRICS}
# A story that few people saw keeps its figures to itself.
TOO_FEW_VIEWERS = 10

DAILY_METRICS = "views,reach,likes,comments,saves,shares,total_interactions,profile_links_taps,accounts_engaged"
BREAKDOWNS = ("age", "gender", "city", "country")

# Feed media are told apart by their type, everything else by its product: IMAGE, REELS, STORY.
MEDIA_RECORDS = """
list_transform(json_extract(body, '$.data[*]'), lambda m: json_merge_patch(m, json_object('kind',
    CASE WHEN m->>'media_product_type' <> 'FEED' THEN m->>'media_product_type' ELSE m->>'media_type' END)))
"""
# Media figures come as a list of one value, account figures as a total.
FIGURES = """
list_transform(json_extract(body, '$.data[*]'), lambda d: json_object('metric', d->'name',
    'value', coalesce(json_extract(d, '$.values[0].value'), json_extract(d, '$.total_value.value'))))
"""
GROUPS = """
flatten(list_transform(json_extract(body, '$.data[*].total_value.breakdowns[*]'), lambda b:
    list_transform(json_extract(b, '$.results[*]'), lambda r: json_object(
        'dimension', array_to_string(json_extract_string(b, '$.dimension_keys[*]'), ','),
        'value', array_to_string(json_extract_string(r, '$.dimension_values[*]'), ','),
        'amount', r->'value'))))
"""


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The account as it is now."""
    yield await client.page(f"/{client.account}", {"fields": PROFILE})


async def media(client: Client, fields: str, start: datetime, end: datetime) -> AsyncIterator[Page]:
    """Own media within a span, newest first, without stories."""
    span = {"since": int(start.timestamp()), "until": int(end.timestamp())}
    async for page in client.pages(f"/{client.account}/media", {"fields": fields, "limit": 100, **span}):
        yield page
        if all_before(page, "timestamp", start):
            return


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own media wherever they were made, and the stories of the last 24 hours."""
    async for page in media(client, MEDIA, window.start, window.end):
        yield page
    async for page in client.pages(f"/{client.account}/stories", {"fields": MEDIA}):
        yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Lifetime figures of each media. Deleted ones, and stories seen by a handful, have none."""
    for post in posts:
        params = {"metric": METRICS_BY_KIND.get(post.kind or "", FEED_METRICS)}
        path = f"/{post.external_id}/insights"
        try:
            page = await client.page(path, params, external_id=post.external_id)
        except (Rejected, ReconnectNeeded) as error:
            if not _has_no_figures(post, error):
                raise
        else:
            yield page


def _has_no_figures(post: PostRef, error: PlatformError) -> bool:
    if post.kind == STORY and error.evidence.get("code") == TOO_FEW_VIEWERS:
        return True
    return error.evidence.get("subcode") in WITHOUT_FIGURES


async def account_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """One call per day: the network adds up whatever span it is asked for."""
    for day, span in days(window, ZONE):
        if span.start < client.now - timedelta(days=HISTORY_DAYS) or span.start >= client.now:
            continue
        params = {
            "metric": DAILY_METRICS,
            "period": "day",
            "metric_type": "total_value",
            "since": int(span.start.timestamp()),
            "until": int(span.end.timestamp()),
        }
        yield await client.page(f"/{client.account}/insights", params, as_of_date=day.isoformat())


async def demographics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Followers as they are this month, the 45 largest groups of each; nothing under 100 followers."""
    for breakdown in BREAKDOWNS:
        params = {
            "metric": "follower_demographics",
            "period": "lifetime",
            "metric_type": "total_value",
            "timeframe": "this_month",
            "breakdown": breakdown,
        }
        yield await client.page(f"/{client.account}/insights", params)


RESOURCES = (
    Resource(
        name="accounts",
        fetch=accounts,
        contract=Contract(
            records="[body]",
            fields=(
                Field("external_id", "VARCHAR", "$.user_id", required=True),
                Field("username", "VARCHAR", "$.username", required=True),
                Field("name", "VARCHAR", "$.name"),
                Field("account_type", "VARCHAR", "$.account_type"),
                Field("description", "VARCHAR", "$.biography"),
                Field("website", "VARCHAR", "$.website"),
                Field("picture_url", "VARCHAR", "$.profile_picture_url"),
                Field("followers", "BIGINT", "$.followers_count"),
                Field("following", "BIGINT", "$.follows_count"),
                Field("posts", "BIGINT", "$.media_count"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="posts",
        fetch=posts,
        contract=Contract(
            records=MEDIA_RECORDS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.timestamp", required=True),
                Field("kind", "VARCHAR", "$.kind"),
                Field("text", "VARCHAR", "$.caption"),
                Field("permalink", "VARCHAR", "$.permalink"),
                Field("thumbnail_url", "VARCHAR", "$.thumbnail_url"),
                Field("media_url", "VARCHAR", "$.media_url"),
                Field("shortcode", "VARCHAR", "$.shortcode"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        fetch=post_metrics,
        needs_posts=True,
        history_days=MEDIA_HISTORY_DAYS,
        contract=Contract(
            records=FIGURES,
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
        history_days=HISTORY_DAYS,
        settles_after_days=2,
        contract=Contract(
            records=FIGURES,
            fields=(
                Field("as_of_date", "DATE", "context.as_of_date", required=True),
                Field("metric", "VARCHAR", "$.metric", required=True),
                Field("value", "BIGINT", "$.value"),
            ),
            key=("as_of_date", "metric"),
        ),
    ),
    Resource(
        name="demographics",
        fetch=demographics,
        contract=Contract(
            records=GROUPS,
            fields=(
                Field("dimension", "VARCHAR", "$.dimension", required=True),
                Field("value", "VARCHAR", "$.value", required=True),
                Field("amount", "BIGINT", "$.amount", required=True),
            ),
            key=("dimension", "value"),
        ),
    ),
)
