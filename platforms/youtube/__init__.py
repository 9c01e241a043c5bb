"""YouTube: the data sheet."""

from datetime import date

from platforms.platform import Limit, Metric, Platform
from platforms.youtube import oauth, quota, webhooks
from platforms.youtube.client import Client
from platforms.youtube.editing import comment, delete, edit
from platforms.youtube.fields import SHORT_SECONDS, TITLE
from platforms.youtube.insights import LOOKUP, READ, RESOURCES, STRICT
from platforms.youtube.publish import find, publish

DATA = "youtube.v3.discovery"
REPORTS = "developers.google.com/youtube/analytics/channel_reports"
THUMBNAILS = "developers.google.com/youtube/v3/docs/thumbnails/set"
SHORTS = "support.google.com/youtube/answer/15424877"
AS_OF = date(2026, 11, 22)

_COUNTED = (
    ("views", "views"),
    ("likes", "likes"),
    ("dislikes", "dislikes"),
    ("comments", "comments"),
    ("shares", "shares"),
    ("engaged_views", "engagedViews"),
    ("watch_minutes", "estimatedMinutesWatched"),
    ("followers_gained", "subscribersGained"),
    ("followers_lost", "subscribersLost"),
)


def text_length(text: str) -> int:
    """YouTube counts the bytes of a description."""
    return len(text.encode("utf-8"))


PLATFORM = Platform(
    name="youtube",
    title="YouTube",
    api_version="v3",
    colors=("#B13010", "#F7854F"),
    day_zone="America/Los_Angeles",
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=Client,
    resources=RESOURCES,
    metrics=(
        Metric("views", "statistics.viewCount", "post_lifetime", DATA),
        Metric("likes", "statistics.likeCount", "post_lifetime", DATA),
        Metric("dislikes", "statistics.dislikeCount", "post_lifetime", DATA),
        Metric("comments", "statistics.commentCount", "post_lifetime", DATA),
        *(Metric(name, wire, "post_daily", REPORTS) for name, wire in _COUNTED),
        *(Metric(name, wire, "account_daily", REPORTS) for name, wire in _COUNTED),
        Metric("average_view_duration", "averageViewDuration", "post_daily", REPORTS, unit="seconds"),
        Metric("average_view_percentage", "averageViewPercentage", "post_daily", REPORTS, unit="percent"),
        Metric("average_view_duration", "averageViewDuration", "account_daily", REPORTS, unit="seconds"),
        Metric("average_view_percentage", "averageViewPercentage", "account_daily", REPORTS, unit="percent"),
        Metric("followers", "statistics.subscriberCount", "account_lifetime", DATA),
        Metric("views", "statistics.viewCount", "account_lifetime", DATA),
    ),
    limits=(
        Limit("text", 5000, "bytes", DATA, AS_OF),
        Limit("title", TITLE, "characters", DATA, AS_OF),
        Limit("media_size", 274_877_906_944, "bytes", DATA, AS_OF, "video"),
        Limit("media_size", 274_877_906_944, "bytes", DATA, AS_OF, "short"),
        Limit("duration", SHORT_SECONDS, "seconds", SHORTS, AS_OF, "short"),
        Limit("thumbnail_size", 2_097_152, "bytes", THUMBNAILS, AS_OF),
        Limit("posts_per_day", 100, "uploads of the whole app, until midnight Pacific", quota.SOURCE, AS_OF),
    ),
    text_length=text_length,
    kinds=("video", "short"),
    link_in_text=("video", "short"),
    prepared=("video", "short"),
    publish=publish,
    find=find,
    edit=edit,
    delete=delete,
    comment=comment,
    schedules=("video", "short"),
    revoke=oauth.revoke,
    subscribe=webhooks.subscribe,
    webhooks=webhooks,
    lookup=LOOKUP,
    needs={
        "publish": ("https://www.googleapis.com/auth/youtube.upload", *READ),
        "schedules": ("https://www.googleapis.com/auth/youtube.upload",),
        "edit": STRICT,
        "delete": STRICT,
        "comment": STRICT,
        "lookup": READ,
    },
    budgets=quota.BUDGETS,
    prices=quota.PRICES,
    absent={
        "text": "community posts have no API",
        "link": "community posts have no API; a link goes into a video's description",
        "image": "community posts have no API",
        "carousel": "community posts have no API",
        "reel": "YouTube's short films are Shorts",
        "story": "YouTube ended its stories in 2023",
        "stories": "YouTube ended its stories in 2023",
        "thread": "the network has none",
        "article": "the network has none",
        "mentions": "the API does not tell where a channel is mentioned",
    },
)
