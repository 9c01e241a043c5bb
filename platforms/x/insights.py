"""What X tells about an account and its posts. Demographics and an account's own days it does not tell.

Calls ask in X's newer words (`post.fields`); answers are read in both: X promises neither.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from platforms.calls import batches, days, slices
from platforms.platform import Contract, Field, Page, PostRef, Resource, Window
from platforms.x.client import Client

PROFILE = "created_at,description,name,profile_image_url,public_metrics,url,username,verified"
POST = "attachments,conversation_id,created_at,entities,lang,note_post,public_metrics,text"
MEDIA = "duration_ms,preview_image_url,type,url"
DAILY = (
    "id,timestamped_metrics,impressions,engagements,likes,replies,retweets,quote_tweets,bookmarks,shares,"
    "url_clicks,user_profile_clicks,detail_expands,hashtag_clicks,permalink_clicks,follows,unfollows,media_views"
)
IDS_PER_CALL = 100
DAYS_OF = ZoneInfo("UTC")
# Keeps an answer for a hundred posts to some megabytes.
DAYS_PER_CALL = timedelta(days=30)

# One post with its kind, which X only says of its media, and its words in one vocabulary.
POSTS = """
list_transform(json_extract(body, '$.data[*]'), lambda p: json_merge_patch(p, json_object(
    'kind', coalesce(
        list_filter(json_extract(body, '$.includes.media[*]'),
            lambda m: (m->>'$.media_key') = (p->>'$.attachments.media_keys[0]'))[1]->'$.type',
        to_json('text')),
    'thumbnail', list_transform(
        list_filter(json_extract(body, '$.includes.media[*]'),
            lambda m: (m->>'$.media_key') = (p->>'$.attachments.media_keys[0]')),
        lambda m: coalesce(m->'$.preview_image_url', m->'$.url'))[1],
    'refers_as', coalesce(p->'$.referenced_posts[0].type', p->'$.referenced_tweets[0].type'),
    'full_text', coalesce(p->'$.note_post.text', p->'$.note_tweet.text', p->'$.text'),
    'permalink', concat('https://x.com/i/status/', p->>'$.id'))))
"""
COUNTERS = """
list_transform(json_extract(body, '$.data[*]'), lambda p: json_merge_patch(p, json_object(
    'reposts', coalesce(p->'$.public_metrics.repost_count', p->'$.public_metrics.retweet_count'))))
"""
PROFILES = """
list_transform(list_filter([json_extract(body, '$.data')], lambda u: u IS NOT NULL),
    lambda u: json_merge_patch(u, json_object(
        'posts', coalesce(u->'$.public_metrics.post_count', u->'$.public_metrics.tweet_count'))))
"""
BUCKETS = """
flatten(list_transform(json_extract(body, '$.data[*]'), lambda p:
    list_transform(json_extract(p, '$.timestamped_metrics[*]'), lambda t: json_object(
        'id', p->'$.id', 'day', substr(t->>'$.timestamp', 1, 10), 'metrics', t->'$.metrics'))))
"""


def instant(moment: datetime) -> str:
    """A moment as X writes it; it refuses fractions of a second in some places."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The account as it is now."""
    yield await client.page("/2/users/me", {"user.fields": PROFILE})


async def timeline(client: Client, start: datetime, end: datetime | None) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
    """Own posts and replies of a span, newest first, without reposts of others."""
    params = {
        "max_results": 100,
        "exclude": "retweets",
        "start_time": instant(start),
        "post.fields": POST,
        "expansions": "attachments.media_keys,referenced_posts",
        "media.fields": MEDIA,
    }
    # X refuses an end that is not past.
    if end is not None and end < client.now:
        params["end_time"] = instant(end)
    async for page, body in client.pages(f"/2/users/{client.account}/tweets", params):
        yield page, body


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own posts, wherever they were made."""
    async for page, _ in timeline(client, window.start, window.end):
        yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Lifetime counters. A deleted post is absent."""
    for some in batches(posts, IDS_PER_CALL):
        yield await client.page("/2/tweets", {"ids": _ids(some), "post.fields": "created_at,public_metrics"})


async def daily(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The figures of each post by UTC day: whole days, the last one only up to now."""
    touched = days(window, DAYS_OF)
    if not touched or not posts:
        return
    now = await client.network_now()
    whole = Window(touched[0][1].start, min(touched[-1][1].end, now))
    for span in slices(whole, DAYS_PER_CALL):
        alive = [post for post in posts if post.published_at < span.end]
        for some in batches(alive, IDS_PER_CALL):
            params = {
                "ids": _ids(some),
                "start_time": instant(span.start),
                "end_time": instant(span.end),
                "granularity": "daily",
                "analytics.fields": DAILY,
            }
            yield await client.page("/2/tweets/analytics", params)


def _ids(posts: Iterable[PostRef]) -> str:
    return ",".join(post.external_id for post in posts)


def _counter(name: str, wire: str) -> Field:
    return Field(name, "BIGINT", f"$.metrics.{wire}")


RESOURCES = (
    Resource(
        name="accounts",
        fetch=accounts,
        contract=Contract(
            records=PROFILES,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("name", "VARCHAR", "$.name", required=True),
                Field("username", "VARCHAR", "$.username"),
                Field("description", "VARCHAR", "$.description"),
                Field("picture_url", "VARCHAR", "$.profile_image_url"),
                Field("link", "VARCHAR", "$.url"),
                Field("verified", "BOOLEAN", "$.verified"),
                Field("created_at", "TIMESTAMPTZ", "$.created_at"),
                Field("followers", "BIGINT", "$.public_metrics.followers_count"),
                Field("following", "BIGINT", "$.public_metrics.following_count"),
                Field("posts", "BIGINT", "$.posts"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="posts",
        fetch=posts,
        contract=Contract(
            records=POSTS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.created_at", required=True),
                Field("kind", "VARCHAR", "$.kind"),
                Field("refers_as", "VARCHAR", "$.refers_as"),
                Field("text", "VARCHAR", "$.full_text"),
                Field("language", "VARCHAR", "$.lang"),
                Field("link", "VARCHAR", "$.entities.urls[0].expanded_url"),
                Field("permalink", "VARCHAR", "$.permalink"),
                Field("thumbnail_url", "VARCHAR", "$.thumbnail"),
                Field("conversation_id", "VARCHAR", "$.conversation_id"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        fetch=post_metrics,
        needs_posts=True,
        contract=Contract(
            records=COUNTERS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("impressions", "BIGINT", "$.public_metrics.impression_count"),
                Field("likes", "BIGINT", "$.public_metrics.like_count"),
                Field("comments", "BIGINT", "$.public_metrics.reply_count"),
                Field("reposts", "BIGINT", "$.reposts"),
                Field("quotes", "BIGINT", "$.public_metrics.quote_count"),
                Field("saves", "BIGINT", "$.public_metrics.bookmark_count"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        variant="daily",
        fetch=daily,
        needs_posts=True,
        settles_after_days=1,
        contract=Contract(
            records=BUCKETS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("as_of_date", "DATE", "$.day", required=True),
                _counter("impressions", "impressions"),
                _counter("engagements", "engagements"),
                _counter("likes", "likes"),
                _counter("comments", "replies"),
                _counter("reposts", "retweets"),
                _counter("quotes", "quote_tweets"),
                _counter("saves", "bookmarks"),
                _counter("shares", "shares"),
                _counter("clicks", "url_clicks"),
                _counter("profile_visits", "user_profile_clicks"),
                _counter("detail_expands", "detail_expands"),
                _counter("hashtag_clicks", "hashtag_clicks"),
                _counter("permalink_clicks", "permalink_clicks"),
                _counter("follows", "follows"),
                _counter("unfollows", "unfollows"),
                _counter("media_views", "media_views"),
            ),
            key=("external_id", "as_of_date"),
        ),
    ),
)
