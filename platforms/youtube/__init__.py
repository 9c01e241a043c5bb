"""YouTube: the data sheet."""

from datetime import date

from platforms.platform import Limit, Metric, Platform
from platforms.youtube import oauth
from platforms.youtube.client import Client
from platforms.youtube.insights import RESOURCES
from platforms.youtube.publish import TITLE, find, publish

DATA = "youtube.v3.discovery"
REPORTS = "developers.google.com/youtube/analytics/channel_reports"
QUOTA = "developers.google.com/youtube/v3/determine_quota_cost"
AS_OF = date(2026, 11, 22)

_REPORTED = (
    ("views", "views"),
    ("likes", "likes"),
    ("dislikes", "dislikes"),
    ("comments", "comments"),
    ("shares", "shares"),
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
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=Client,
    resources=RESOURCES,
    metrics=(
        Metric("views", "statistics.viewCount", "post_lifetime", DATA),
        Metric("likes", "statistics.likeCount", "post_lifetime", DATA),
        Metric("dislikes", "statistics.dislikeCount", "post_lifetime", DATA),
        Metric("comments", "statistics.commentCount", "post_lifetime", DATA),
        *(Metric(name, wire, "post_daily", REPORTS) for name, wire in _REPORTED),
        *(Metric(name, wire, "account_daily", REPORTS) for name, wire in _REPORTED),
        Metric("followers", "statistics.subscriberCount", "account_lifetime", DATA),
        Metric("views", "statistics.viewCount", "account_lifetime", DATA),
    ),
    limits=(
        Limit("text", 5000, "bytes", DATA, AS_OF),
        Limit("title", TITLE, "characters", DATA, AS_OF),
        Limit("media_size", 274_877_906_944, "bytes", DATA, AS_OF, "video"),
        Limit("posts_per_day", 100, "uploads of the whole app, until midnight Pacific", QUOTA, AS_OF),
    ),
    text_length=text_length,
    kinds=("video",),
    link_in_text=("video",),
    prepared=("video",),
    publish=publish,
    find=find,
)
