"""What the calls of this network are called."""

import re

from sandbox.networks.meta import operations

_VERSION = re.compile(r"v\d+\.\d+")
_FIXED = {
    "dialog/oauth": "oauth.dialog",
    "oauth/access_token": "oauth.token",
    "debug_token": "debug_token",
    "video-upload": "video_upload",
    "ig-api-upload": "ig_api_upload",
    "ig_hashtag_search": "ig_hashtag_search",
}
_EDGES = (
    "accounts", "attachments", "comments", "feed", "insights", "likes", "permissions", "photo_stories", "photos",
    "posts", "published_posts", "reactions", "scheduled_posts", "stories", "subscribed_apps", "subscriptions",
    "tagged", "thumbnails", "video_reels", "video_stories", "videos", "visitor_posts",
    # Of Instagram accounts that are reached through their pages.
    "children", "collaborators", "content_publishing_limit", "live_media", "media", "recent_media",
    "recently_searched_hashtags", "replies", "tags", "top_media",
)  # fmt: skip
_WRITTEN = (
    "comments", "feed", "likes", "media", "mentions", "photo_stories", "photos", "replies", "subscribed_apps",
    "subscriptions", "video_reels", "video_stories", "videos",
)  # fmt: skip
_ENDED = ("likes", "permissions", "subscribed_apps", "subscriptions")
OPERATIONS = tuple(
    sorted(
        {
            *_FIXED.values(),
            "batch",
            "node.read",
            "node.update",
            "node.delete",
            "media_publish",
            *(f"{edge}.read" for edge in _EDGES),
            *(f"{edge}.create" for edge in _WRITTEN),
            *(f"{edge}.delete" for edge in _ENDED),
        }
    )
)


def operation(method: str, path: str) -> str:
    """`feed.create`, `insights.read`, `node.delete`; a batch is one call, `batch`."""
    parts = [part for part in path.split("/") if part]
    if method == "POST" and (not parts or (len(parts) == 1 and _VERSION.fullmatch(parts[0]))):
        return "batch"
    return operations.operation(method, path.replace("/advideos", "/videos"), _FIXED)
