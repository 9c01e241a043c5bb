"""What X tells about an account and its posts. Demographics and an account's own days it does not tell.

Calls ask in X's newer words (`post.fields`); answers are read in both: X promises neither.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from platforms.calls import batches
from platforms.errors import Rejected
from platforms.platform import Page, PostRef, Window
from platforms.windows import Reach, cut
from platforms.x.client import Client
from platforms.x.prices import OWNED_READ, POST_READ

PROFILE = "created_at,description,name,profile_image_url,public_metrics,url,username,verified"
POST = "article,article_title,attachments,conversation_id,created_at,entities,lang,note_post,public_metrics,text"
WRITTEN = "conversation_id,created_at,lang,public_metrics,text"
MEDIA = "duration_ms,preview_image_url,type,url"
DAILY = (
    "impressions", "engagements", "likes", "replies", "retweets", "quote_tweets", "bookmarks", "shares",
    "url_clicks", "user_profile_clicks", "detail_expands", "hashtag_clicks", "permalink_clicks", "follows",
    "unfollows", "media_views",
)  # fmt: skip
# How much one call may ask. Lists of posts take any span; X's beginning is no limit to plan with.
REACHES = {
    "getUsersPosts": Reach(timedelta(days=366)),
    "getUsersMentions": Reach(timedelta(days=366)),
    # Seven days back, and nothing younger than ten seconds.
    "searchPostsRecent": Reach(timedelta(days=7), history=timedelta(days=7), lag=timedelta(seconds=15)),
    "getPostsAnalytics": Reach(timedelta(days=30), timedelta(minutes=1), ZoneInfo("UTC")),
}
IDS_PER_CALL = 100
USERNAMES_PER_CALL = 100
# An answer of days is read whole: so many posts and days are a quarter of a megabyte.
IDS_PER_DAILY_CALL = 25
# A query has 512 characters in the smallest plan.
CONVERSATIONS_PER_QUERY = 10
# An end that is not safely past is not sent: X refuses one that its own clock has not reached.
_FRESH = timedelta(minutes=2)


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
    if end is not None:
        params["end_time"] = instant(end)
    async for page, body in client.pages(f"/2/users/{client.account}/tweets", params):
        yield page, body


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own posts, wherever they were made."""
    for span in cut(window, REACHES["getUsersPosts"], client.now):
        async for page, _ in timeline(client, span.start, _past(client, span.end)):
            yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Lifetime counters. A deleted post is absent."""
    for some in batches(posts, IDS_PER_CALL):
        params = {"ids": _ids(some), "post.fields": "created_at,public_metrics"}
        page = await client.page("/2/tweets", params, bill=OWNED_READ)
        yield page.answering([post.external_id for post in some])


async def daily(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The figures of each post by UTC day: whole days, the last one only up to now."""
    if not posts or window.start >= window.end:
        return
    now = await client.network_now()
    for span in cut(window, REACHES["getPostsAnalytics"], now):
        alive = [post for post in posts if post.published_at < span.end]
        for some in batches(alive, IDS_PER_DAILY_CALL):
            yield await _days_of(client, span, some)


async def _days_of(client: Client, span: Window, some: Sequence[PostRef]) -> Page:
    """One answer with every metric that X still knows."""

    async def ask(metrics: Sequence[str]) -> Page:
        params = {
            "ids": _ids(some),
            "start_time": instant(span.start),
            "end_time": instant(span.end),
            "granularity": "daily",
            "analytics.fields": ",".join(("id", "timestamped_metrics", *metrics)),
        }
        return await client.page("/2/tweets/analytics", params, bill=OWNED_READ)

    pages = await client.parked.ask(DAILY, ask, _names_metric)
    # What was halved to find a dead metric is asked again whole: one record of a post and day, not two.
    return pages[0] if len(pages) == 1 else await ask(client.parked.without(DAILY))


def _names_metric(refusal: Rejected) -> bool:
    return refusal.evidence.get("kind") == "invalid-request" and "analytics.fields" in str(refusal)


async def comments(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """What people answered in the conversations of the posts."""
    for some in batches(posts, CONVERSATIONS_PER_QUERY):
        anywhere = " OR ".join(f"conversation_id:{post.external_id}" for post in some)
        # Anew for each query: what is seven days back moves on while the others are read.
        for span in cut(window, REACHES["searchPostsRecent"], await client.network_now()):
            params = {
                "query": f"({anywhere}) is:reply",
                "max_results": 100,
                "start_time": instant(span.start),
                **_until(client, span.end),
                **_written(),
            }
            async for page, _ in client.pages("/2/tweets/search/recent", params, bill=POST_READ):
                yield page


async def mentions(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """What others wrote to or about the account."""
    for span in cut(window, REACHES["getUsersMentions"], client.now):
        params = {"max_results": 100, "start_time": instant(span.start), **_until(client, span.end), **_written()}
        async for page, _ in client.pages(f"/2/users/{client.account}/mentions", params, bill=POST_READ):
            yield page


async def profiles(client: Client, handles: Sequence[str]) -> AsyncIterator[Page]:
    """Public figures of other accounts; who is not there is left out."""
    names = [handle.removeprefix("@") for handle in handles]
    for some in batches(names, USERNAMES_PER_CALL):
        yield await client.page("/2/users/by", {"usernames": ",".join(some), "user.fields": PROFILE})


def _written() -> dict[str, str]:
    return {"post.fields": WRITTEN, "expansions": "author_id,referenced_posts", "user.fields": "username"}


def _past(client: Client, end: datetime) -> datetime | None:
    return end if end < client.now - _FRESH else None


def _until(client: Client, end: datetime) -> dict[str, str]:
    past = _past(client, end)
    return {} if past is None else {"end_time": instant(past)}


def _ids(posts: Iterable[PostRef]) -> str:
    return ",".join(post.external_id for post in posts)
