"""What a Page tells about itself, its posts and its days, its comments and who names it."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from platforms.errors import Rejected
from platforms.facebook.client import Client
from platforms.graph import WITHOUT_FIGURES, all_before, entries
from platforms.platform import Page, PostRef, Window
from platforms.windows import Reach, cut

# Facebook's days end at midnight in California, whatever the Page's own zone.
ZONE = ZoneInfo("America/Los_Angeles")
HISTORY_DAYS = 730
STORY_LIFE = timedelta(hours=24)

# How much one call of an operation may ask for: developers.facebook.com/docs/graph-api/reference/insights.
REACHES = {"insights.read": Reach(timedelta(days=90), zone=ZONE, history=timedelta(days=HISTORY_DAYS))}

PROFILE = "id,name,username,link,about,category,fan_count,followers_count,picture{url}"
PUBLIC = "id,name,username,link,about,category,fan_count,followers_count"
POST = "id,message,created_time,permalink_url,full_picture,status_type,attachments{media_type,title,unshimmed_url,url}"
COUNTERS = "id,created_time,reactions.summary(total_count).limit(0),comments.summary(true).limit(0),shares"
COMMENT = "id,message,from,created_time,like_count,parent,is_hidden"
MENTION = "id,message,from,created_time,permalink_url"

# One name that Meta has retired fails the whole call: these are asked for, and no others.
POST_METRICS = (
    "post_media_view",
    "post_total_media_view_unique",
    "post_clicks",
    "post_reactions_by_type_total",
)
STORY_METRICS = ("STORY_MEDIA_VIEW", "STORY_TOTAL_MEDIA_VIEW_UNIQUE", "STORY_INTERACTION")
DAILY_METRICS = (
    "page_media_view",
    "page_total_media_view_unique",
    "page_post_engagements",
    "page_views_total",
    "page_video_views",
    "page_follows",
    "page_daily_follows_unique",
    "page_daily_unfollows_unique",
    "page_total_actions",
    "page_actions_post_reactions_like_total",
    "page_actions_post_reactions_love_total",
    "page_actions_post_reactions_wow_total",
    "page_actions_post_reactions_haha_total",
    "page_actions_post_reactions_sorry_total",
    "page_actions_post_reactions_anger_total",
)
_INVALID = 100
# A name in place of an id that is nobody's.
_NO_ALIAS = 803


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
    for post in posts:
        for page in await _figures(client, post.external_id, POST_METRICS, external_id=post.external_id):
            yield page


async def account_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The Page's days. A day that has not ended, or that Facebook has not counted yet, is absent."""
    for span in cut(window, REACHES["insights.read"], client.now):
        params = {
            "period": "day",
            "since": int(span.start.timestamp()),
            "until": int(span.end.timestamp()),
        }

        async def call(metrics: Sequence[str], params: dict[str, Any] = params) -> Page:
            return await client.page(f"/{client.account}/insights", {"metric": ",".join(metrics), **params})

        for page in await client.parked.ask(DAILY_METRICS, call, _names_metric):
            yield page


async def stories_since(client: Client, start: datetime | None) -> AsyncIterator[Page]:
    """Stories that are shown, since a moment where one is given."""
    span = {"since": int(start.timestamp())} if start else {}
    async for page in client.pages(f"/{client.account}/stories", {"limit": 100, **span}):
        yield page


async def stories(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Figures of each story while it is shown."""
    async for page in stories_since(client, client.now - STORY_LIFE):
        for story in entries(page):
            post_id = str(story["post_id"])
            context = {"external_id": post_id, "made": str(story["creation_time"]), "permalink": story.get("url")}
            for figures in await _figures(client, post_id, STORY_METRICS, **context):
                yield figures


async def comments(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Comments and answers since the start of the window, newest first, of each post that still lives."""
    params = {"fields": COMMENT, "filter": "stream", "order": "reverse_chronological", "limit": 100}
    for post in posts:
        try:
            async for page in client.pages(f"/{post.external_id}/comments", params, post_external_id=post.external_id):
                yield page
                if all_before(page, "created_time", window.start):
                    break
        except Rejected as refusal:
            if not _is_gone(refusal):
                raise


async def mentions(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Public posts of others that name the Page, from the start of the window on."""
    params = {"fields": MENTION, "limit": 100, "since": int(window.start.timestamp())}
    async for page in client.pages(f"/{client.account}/tagged", params):
        yield page
        if all_before(page, "created_time", window.start):
            return


async def competitors(client: Client, handles: Sequence[str]) -> AsyncIterator[Page]:
    """What everybody sees of other Pages, by their names or ids; those that nobody has are left out."""
    for handle in handles:
        try:
            yield await client.page(f"/{handle.removeprefix('@')}", {"fields": PUBLIC}, handle=handle)
        except Rejected as refusal:
            if not _is_gone(refusal) and refusal.evidence.get("code") != _NO_ALIAS:
                raise


async def _figures(client: Client, post_id: str, metrics: Sequence[str], **context: str | None) -> list[Page]:
    """Pages of a post's figures: one, or several where a metric is refused; of a deleted post only that it is gone."""
    path = f"/{post_id}/insights"

    async def call(wanted: Sequence[str]) -> Page:
        params = {"metric": ",".join(wanted), "period": "lifetime"}
        return await client.page(path, params, **context)

    try:
        return await client.parked.ask(metrics, call, _names_metric)
    except Rejected as refusal:
        if not _is_gone(refusal):
            raise
        return client.page_of_gone(refusal, path, post_id)


def _names_metric(refusal: Rejected) -> bool:
    """Whether a metric is what was refused, and not the post or the span."""
    is_invalid = refusal.evidence.get("code") == _INVALID and not _is_gone(refusal)
    return is_invalid and "metric" in str(refusal).lower()


def _is_gone(refusal: Rejected) -> bool:
    return refusal.evidence.get("subcode") in WITHOUT_FIGURES
