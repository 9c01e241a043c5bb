"""Instagram professional accounts by Instagram Login: the data sheet."""

from datetime import date

from platforms.instagram import oauth
from platforms.instagram.client import VERSION, Client
from platforms.instagram.insights import RESOURCES
from platforms.instagram.publish import find, publish
from platforms.platform import Limit, Metric, Platform

DOCS = "developers.facebook.com/docs/instagram-platform"
MEDIA = f"{DOCS}/reference/instagram-media/insights"
DAYS = f"{DOCS}/api-reference/instagram-user/insights"
USER = f"{DOCS}/api-reference/instagram-user"
PUBLISHING = f"{DOCS}/content-publishing"
AS_OF = date(2026, 11, 22)

PLATFORM = Platform(
    name="instagram",
    title="Instagram",
    api_version=VERSION,
    colors=("#DB076F", "#E9588C"),
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=Client,
    resources=RESOURCES,
    metrics=(
        Metric("views", "views", "post_lifetime", MEDIA),
        Metric("reach", "reach", "post_lifetime", MEDIA),
        Metric("likes", "likes", "post_lifetime", MEDIA),
        Metric("comments", "comments", "post_lifetime", MEDIA),
        Metric("saves", "saved", "post_lifetime", MEDIA),
        Metric("shares", "shares", "post_lifetime", MEDIA),
        Metric("engagements", "total_interactions", "post_lifetime", MEDIA),
        Metric("followers_gained", "follows", "post_lifetime", MEDIA),
        Metric("profile_visits", "profile_visits", "post_lifetime", MEDIA),
        Metric("views", "views", "account_daily", DAYS),
        Metric("reach", "reach", "account_daily", DAYS),
        Metric("likes", "likes", "account_daily", DAYS),
        Metric("comments", "comments", "account_daily", DAYS),
        Metric("saves", "saves", "account_daily", DAYS),
        Metric("shares", "shares", "account_daily", DAYS),
        Metric("engagements", "total_interactions", "account_daily", DAYS),
        Metric("profile_clicks", "profile_links_taps", "account_daily", DAYS),
        Metric("accounts_engaged", "accounts_engaged", "account_daily", DAYS),
        Metric("followers", "followers_count", "account_lifetime", USER),
        Metric("following", "follows_count", "account_lifetime", USER),
        Metric("posts", "media_count", "account_lifetime", USER),
    ),
    limits=(
        Limit("text", 2200, "characters", PUBLISHING, AS_OF),
        Limit("hashtags", 30, "hashtags", PUBLISHING, AS_OF),
        Limit("mentions", 20, "mentions", PUBLISHING, AS_OF),
        Limit("media_size", 8_000_000, "bytes", PUBLISHING, AS_OF, "image"),
        Limit("media_size", 300_000_000, "bytes", PUBLISHING, AS_OF, "video"),
        Limit("duration", 900, "seconds", PUBLISHING, AS_OF, "video"),
    ),
    kinds=("image", "video"),
    link_in_text=("image", "video"),
    prepared=("image", "video"),
    publish=publish,
    find=find,
)
