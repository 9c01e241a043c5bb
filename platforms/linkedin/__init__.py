"""LinkedIn organisation pages: the data sheet."""

from datetime import date

from platforms.linkedin import oauth
from platforms.linkedin.client import VERSION, Client
from platforms.linkedin.insights import RESOURCES
from platforms.linkedin.little_text import text_length
from platforms.linkedin.publish import find, publish
from platforms.platform import Limit, Metric, Platform

POSTS = "learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api"
IMAGES = "learn.microsoft.com/linkedin/marketing/community-management/shares/images-api"
SHARES = "learn.microsoft.com/linkedin/marketing/community-management/organizations/share-statistics"
FOLLOWERS = "learn.microsoft.com/linkedin/marketing/community-management/organizations/follower-statistics"
AS_OF = date(2026, 11, 22)

_SHARE_STATISTICS = (
    ("impressions", "impressionCount"),
    ("reach", "uniqueImpressionsCount"),
    ("likes", "likeCount"),
    ("comments", "commentCount"),
    ("shares", "shareCount"),
    ("clicks", "clickCount"),
)

PLATFORM = Platform(
    name="linkedin",
    title="LinkedIn",
    api_version=VERSION,
    colors=("#0A3D6E", "#73A8D7"),
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=Client,
    resources=RESOURCES,
    metrics=(
        *(Metric(name, f"totalShareStatistics.{wire}", "post_lifetime", SHARES) for name, wire in _SHARE_STATISTICS),
        *(Metric(name, f"totalShareStatistics.{wire}", "account_daily", SHARES) for name, wire in _SHARE_STATISTICS),
        Metric("followers_gained", "followerGains.organicFollowerGain", "account_daily", FOLLOWERS),
        Metric("followers_gained", "followerGains.paidFollowerGain", "account_daily", FOLLOWERS),
        Metric("followers", "networkSizes.firstDegreeSize", "account_lifetime", FOLLOWERS),
    ),
    limits=(
        Limit("text", 3000, "characters of escaped text", POSTS, AS_OF),
        Limit("media_pixels", 36_152_319, "pixels", IMAGES, AS_OF, "image"),
    ),
    text_length=text_length,
    kinds=("text", "image"),
    link_in_text=("image",),
    prepared=("image",),
    publish=publish,
    find=find,
)
