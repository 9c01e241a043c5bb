"""TikTok: the data sheet."""

from datetime import date

from platforms.platform import Limit, Metric, Platform
from platforms.tiktok import oauth
from platforms.tiktok.client import Client
from platforms.tiktok.insights import RESOURCES
from platforms.tiktok.publish import find, publish

VIDEOS = "developers.tiktok.com/doc/tiktok-api-v2-video-object"
USERS = "developers.tiktok.com/doc/tiktok-api-v2-get-user-info"
POSTING = "developers.tiktok.com/doc/content-posting-api-reference-direct-post"
PHOTOS = "developers.tiktok.com/doc/content-posting-api-reference-photo-post"
AS_OF = date(2026, 11, 22)


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
        Limit("text", 4000, "UTF-16 units", PHOTOS, AS_OF, "image"),
        Limit("title", 90, "UTF-16 units", PHOTOS, AS_OF, "image"),
        Limit("posts_per_day", 15, "posts of a creator in 24 hours, over all apps", POSTING, AS_OF),
    ),
    text_length=text_length,
    kinds=("video", "image"),
    link_in_text=("video", "image"),
    prepared=("video",),
    publish=publish,
    find=find,
)
