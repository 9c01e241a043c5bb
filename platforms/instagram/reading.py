"""What an Instagram account tells about itself, its media, its days and its followers, as it answers."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from platforms.errors import PlatformError, ReconnectNeeded, Rejected
from platforms.graph import WITHOUT_FIGURES, all_before, entries
from platforms.instagram.client import ByPage, Client
from platforms.platform import Page, PostRef, Window
from platforms.windows import Reach, cut, dates

# Insights count in days of California, whatever the account's own zone.
ZONE = ZoneInfo("America/Los_Angeles")
HISTORY_DAYS = 90
MEDIA_HISTORY_DAYS = 730
REACHES = {
    # The network adds up whatever span it is asked for: a day is a call.
    "insights.total_value": Reach(timedelta(days=1), zone=ZONE, history=timedelta(days=HISTORY_DAYS)),
    "insights.time_series": Reach(timedelta(days=30), zone=ZONE, history=timedelta(days=30)),
}

_PROFILE = "username,name,biography,website,profile_picture_url,followers_count,follows_count,media_count"
PROFILE = f"user_id,account_type,{_PROFILE}"
PROFILE_BY_PAGE = f"id,{_PROFILE}"
MEDIA = "id,caption,media_type,media_product_type,permalink,thumbnail_url,media_url,shortcode,timestamp"
COMMENT = "id,text,username,timestamp,like_count,hidden,parent_id"
COMMENTS = f"{COMMENT},replies{{{COMMENT}}}"
TAGGED = "id,caption,media_type,permalink,timestamp,username,like_count,comments_count"
PUBLIC = "id,username,name,biography,website,profile_picture_url,followers_count,follows_count,media_count"
PUBLIC_MEDIA = "id,caption,like_count,comments_count,timestamp,media_type,permalink,view_count"

# Which metric goes with which kind is checked: a wrong one fails the whole call.
STORY = "STORY"
STORY_METRICS = ("views", "reach", "replies", "shares", "follows", "profile_visits", "navigation")
FEED_METRICS = (
    "views", "reach", "likes", "comments", "saved", "shares", "total_interactions", "follows", "profile_visits",
    "profile_activity", "reposts",
)  # fmt: skip
REEL_METRICS = (
    "views", "reach", "likes", "comments", "saved", "shares", "total_interactions", "reposts",
    "ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "crossposted_views", "facebook_views",
)  # fmt: skip
METRICS_BY_KIND = {STORY: STORY_METRICS, "REELS": REEL_METRICS}
DAILY_METRICS = (
    "views", "reach", "likes", "comments", "saves", "shares", "total_interactions", "profile_links_taps",
    "accounts_engaged", "replies", "reposts",
)  # fmt: skip
# The only ones that come as a series of days.
SERIES_METRICS = ("follower_count",)
BREAKDOWNS = ("age", "gender", "city", "country")

# A story that few people saw keeps its figures to itself.
TOO_FEW_VIEWERS = 10
_WRONG_PARAMETER = 100
_NO_SUCH_USER = 110


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The account as it is now."""
    fields = PROFILE_BY_PAGE if isinstance(client, ByPage) else PROFILE
    yield await client.page(f"/{client.account}", {"fields": fields})


async def media(client: Client, fields: str, start: datetime, end: datetime) -> AsyncIterator[Page]:
    """Own media within a span, newest first, without stories."""
    span = {"since": int(start.timestamp()), "until": int(end.timestamp())}
    async for page in client.pages(f"/{client.account}/media", {"fields": fields, "limit": 100, **span}):
        yield page
        if all_before(page, "timestamp", start):
            return


async def live_stories(client: Client, fields: str) -> AsyncIterator[Page]:
    """Own stories of the last 24 hours."""
    async for page in client.pages(f"/{client.account}/stories", {"fields": fields}):
        yield page


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own media wherever they were made, and the stories of the last 24 hours."""
    async for page in media(client, MEDIA, window.start, window.end):
        yield page
    async for page in live_stories(client, MEDIA):
        yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Lifetime figures of each media. Of deleted ones Instagram says only that; stories seen by a handful have none."""
    for post in posts:
        for page in await _figures(client, post.external_id, post.kind, external_id=post.external_id):
            yield page


async def stories(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Figures of each story while it lives; a story that few people saw has none."""
    async for page in live_stories(client, "id,permalink,timestamp"):
        for story in entries(page):
            context = {name: story.get(name) for name in ("permalink", "timestamp")}
            for figures in await _figures(client, story["id"], STORY, external_id=story["id"], **context):
                yield figures


async def _figures(client: Client, media_id: str, kind: str | None, **context: str | None) -> list[Page]:
    """Pages of a media's figures: one, or several where a metric among them is refused."""
    path = f"/{media_id}/insights"

    async def call(metrics: Sequence[str]) -> Page:
        return await client.page(path, {"metric": ",".join(metrics)}, **context)

    try:
        return await client.parked.ask(METRICS_BY_KIND.get(kind or "", FEED_METRICS), call, _names_metric)
    except (Rejected, ReconnectNeeded) as error:
        if not _has_no_figures(kind, error):
            raise
        # A story ends by itself.
        return [] if kind == STORY else client.page_of_gone(error, path, media_id)


def _names_metric(refusal: Rejected) -> bool:
    """Whether a metric is what was refused, and not the media or the account."""
    of_node = refusal.evidence.get("subcode") in WITHOUT_FIGURES
    return refusal.evidence.get("code") == _WRONG_PARAMETER and not of_node and "metric" in str(refusal).lower()


def _has_no_figures(kind: str | None, error: PlatformError) -> bool:
    if kind == STORY and error.evidence.get("code") == TOO_FEW_VIEWERS:
        return True
    return error.evidence.get("subcode") in WITHOUT_FIGURES


async def account_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """One call per day: the network adds up whatever span it is asked for."""
    for span in cut(window, REACHES["insights.total_value"], client.now):
        day = dates(span, ZONE)[0].isoformat()

        async def call(metrics: Sequence[str], span: Window = span, day: str = day) -> Page:
            params = {"metric": ",".join(metrics), "period": "day", "metric_type": "total_value", **_bounds(span)}
            return await client.page(f"/{client.account}/insights", params, as_of_date=day)

        for page in await client.parked.ask(DAILY_METRICS, call, _names_metric):
            yield page


async def new_followers(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Followers gained by day, of the last 30 days; nothing under 100 followers."""
    for span in cut(window, REACHES["insights.time_series"], client.now):

        async def call(metrics: Sequence[str], span: Window = span) -> Page:
            params = {"metric": ",".join(metrics), "period": "day", **_bounds(span)}
            return await client.page(f"/{client.account}/insights", params)

        for page in await client.parked.ask(SERIES_METRICS, call, _names_metric):
            yield page


def _bounds(span: Window) -> dict[str, int]:
    return {"since": int(span.start.timestamp()), "until": int(span.end.timestamp())}


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


async def comments(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Comments and replies of the media that still move, newest first; deleted media have none."""
    for post in posts:
        params = {"fields": COMMENTS, "limit": 100}
        try:
            async for page in client.pages(f"/{post.external_id}/comments", params):
                # Replies stand in comments that may be old, so no page is too old to be read.
                yield Page(page.body, page.received_at, page.request, {"post_external_id": post.external_id})
        except Rejected as error:
            if error.evidence.get("subcode") not in WITHOUT_FIGURES:
                raise


async def mentions(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Media of other people that tag the account, newest first."""
    async for page in client.pages(f"/{client.account}/tags", {"fields": TAGGED, "limit": 100}):
        yield page
        if all_before(page, "timestamp", window.start):
            return


async def competitors(client: Client, handles: Sequence[str]) -> AsyncIterator[Page]:
    """The public side of professional accounts by their names; others, and unknown ones, have none."""
    for handle in handles:
        asked = f"business_discovery.username({handle.removeprefix('@')}){{{PUBLIC},media.limit(25){{{PUBLIC_MEDIA}}}}}"
        try:
            yield await client.page(f"/{client.account}", {"fields": asked}, handle=handle)
        except Rejected as error:
            if error.evidence.get("code") != _NO_SUCH_USER:
                raise
