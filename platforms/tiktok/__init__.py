"""TikTok: the data sheet."""

from datetime import date, timedelta

from platforms.platform import Budget, Limit, Metric, Platform
from platforms.tiktok import oauth, webhooks
from platforms.tiktok.client import Client
from platforms.tiktok.insights import RESOURCES
from platforms.tiktok.publish import find, publish

VIDEOS = "developers.tiktok.com/doc/tiktok-api-v2-video-object"
USERS = "developers.tiktok.com/doc/tiktok-api-v2-get-user-info"
POSTING = "developers.tiktok.com/doc/content-posting-api-reference-direct-post"
PHOTOS = "developers.tiktok.com/doc/content-posting-api-reference-photo-post"
CREATOR = "developers.tiktok.com/doc/content-posting-api-reference-query-creator-info"
STATUS = "developers.tiktok.com/doc/content-posting-api-reference-get-video-status"
RATES = "developers.tiktok.com/doc/tiktok-api-v2-rate-limit"
AS_OF = date(2026, 11, 22)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
_NO_API = "TikTok's APIs for products offer none"


def text_length(text: str) -> int:
    """TikTok counts UTF-16 units: most emojis are two."""
    return len(text.encode("utf-16-le")) // 2


PLATFORM = Platform(
    name="tiktok",
    title="TikTok",
    api_version="v2",
    colors=("#037A85", "#31D8B7"),
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=Client,
    resources=RESOURCES,
    metrics=(
        Metric("views", "view_count", "post_lifetime", VIDEOS),
        Metric("likes", "like_count", "post_lifetime", VIDEOS),
        Metric("comments", "comment_count", "post_lifetime", VIDEOS),
        Metric("shares", "share_count", "post_lifetime", VIDEOS),
        Metric("followers", "follower_count", "account_lifetime", USERS),
        Metric("following", "following_count", "account_lifetime", USERS),
        Metric("likes", "likes_count", "account_lifetime", USERS),
    ),
    limits=(
        Limit("text", 2200, "UTF-16 units", POSTING, AS_OF, "video"),
        Limit("media_size", 4_000_000_000, "bytes", POSTING, AS_OF, "video"),
        Limit("text", 4000, "UTF-16 units", PHOTOS, AS_OF, "image"),
        Limit("title", 90, "UTF-16 units", PHOTOS, AS_OF, "image"),
        Limit("text", 4000, "UTF-16 units", PHOTOS, AS_OF, "carousel"),
        Limit("title", 90, "UTF-16 units", PHOTOS, AS_OF, "carousel"),
        Limit("media_count", 35, "photos", PHOTOS, AS_OF, "carousel"),
        Limit("posts_per_day", 15, "posts of a creator in 24 hours, over all apps", POSTING, AS_OF),
    ),
    text_length=text_length,
    kinds=("video", "image", "carousel"),
    # PULL_FROM_URL is the one source of photos.
    fetches=lambda _kind, _granted: ("image",),
    media_types=("image/jpeg", "image/webp", "video/mp4", "video/quicktime"),
    link_in_text=("video", "image", "carousel"),
    prepared=("video",),
    publish=publish,
    find=find,
    revoke=oauth.revoke,
    webhooks=webhooks,
    needs={"publish": ("video.publish",)},
    budgets=(
        Budget("user.info", 600, MINUTE, "account", RATES, AS_OF),
        Budget("video.list", 600, MINUTE, "account", RATES, AS_OF),
        Budget("video.query", 600, MINUTE, "account", RATES, AS_OF),
        Budget("creator_info.query", 20, MINUTE, "account", CREATOR, AS_OF),
        Budget("video.init", 6, MINUTE, "account", POSTING, AS_OF),
        Budget("inbox.video.init", 6, MINUTE, "account", POSTING, AS_OF),
        Budget("content.init", 6, MINUTE, "account", PHOTOS, AS_OF),
        Budget("status.fetch", 30, MINUTE, "account", STATUS, AS_OF),
        Budget("posts", 15, DAY, "account", POSTING, AS_OF, unit="posts"),
        Budget("drafts", 5, DAY, "account", POSTING, AS_OF, unit="drafts"),
    ),
    absent={
        "account_metrics": "TikTok tells totals so far only: days come from what was read before",
        "demographics": _NO_API,
        "comments": f"{_NO_API}: only how many there are",
        "comment": _NO_API,
        "mentions": _NO_API,
        "stories": _NO_API,
        "lookup": "only the Research API looks at others, and that is not for products",
        "schedules": f"{_NO_API}: ClientNest keeps the post until its time",
        "edit": "what is live can be changed in the app only",
        "delete": "what is live can be taken down in the app only",
        "text": "TikTok takes videos and photos only",
        "link": "TikTok takes videos and photos only; links go out within the text and cannot be clicked",
        "reel": "a video is all there is: choose video",
        "story": "stories are made in the app only",
        "short": "a video is all there is: choose video",
        "thread": "TikTok has no threads",
        "article": "TikTok takes videos and photos only",
    },
)
