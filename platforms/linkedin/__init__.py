"""LinkedIn pages and profiles: the data sheet."""

from datetime import date, timedelta

from platforms.linkedin import oauth, webhooks
from platforms.linkedin.client import LIMITS, PRICES, SUNSET, VERSION, Client
from platforms.linkedin.little_text import text_length
from platforms.linkedin.lookup import LOOKUP
from platforms.linkedin.publish import KINDS, comment, delete, edit, find, publish
from platforms.linkedin.resources import RESOURCES
from platforms.platform import Budget, Limit, Login, Metric, Platform

DOCS = "learn.microsoft.com/linkedin/marketing"
POSTS = f"{DOCS}/community-management/shares/posts-api"
IMAGES = f"{DOCS}/community-management/shares/images-api"
VIDEOS = f"{DOCS}/community-management/shares/videos-api"
MULTI_IMAGE = f"{DOCS}/community-management/shares/multiimage-post-api"
SHARES = f"{DOCS}/community-management/organizations/share-statistics"
FOLLOWERS = f"{DOCS}/community-management/organizations/follower-statistics"
VIEWS = f"{DOCS}/community-management/organizations/page-statistics"
OF_PERSON = f"{DOCS}/community-management/members/post-statistics"
AS_OF = date(2026, 11, 22)

_SHARE_STATISTICS = (
    ("impressions", "impressionCount"),
    ("reach", "uniqueImpressionsCount"),
    ("likes", "likeCount"),
    ("comments", "commentCount"),
    ("shares", "shareCount"),
    ("clicks", "clickCount"),
)
_OF_PERSON = (
    ("impressions", "IMPRESSION"),
    ("reach", "MEMBERS_REACHED"),
    # LinkedIn's likes are reactions of every sort, on pages and on profiles.
    ("likes", "REACTION"),
    ("comments", "COMMENT"),
    ("shares", "RESHARE"),
)

PLATFORM = Platform(
    name="linkedin",
    title="LinkedIn",
    api_version=VERSION,
    colors=("#0A3D6E", "#73A8D7"),
    scopes=oauth.PAGES.scopes,
    oauth=oauth.PAGES,
    client=Client,
    resources=RESOURCES,
    metrics=(
        *(Metric(name, f"totalShareStatistics.{wire}", "post_lifetime", SHARES) for name, wire in _SHARE_STATISTICS),
        *(Metric(name, f"totalShareStatistics.{wire}", "account_daily", SHARES) for name, wire in _SHARE_STATISTICS),
        Metric("followers_gained", "followerGains.organicFollowerGain", "account_daily", FOLLOWERS),
        Metric("followers_gained", "followerGains.paidFollowerGain", "account_daily", FOLLOWERS),
        Metric("profile_visits", "totalPageStatistics.views.allPageViews.pageViews", "account_daily", VIEWS),
        Metric("followers", "networkSizes.firstDegreeSize", "account_lifetime", FOLLOWERS),
        *(Metric(name, wire, "post_lifetime", OF_PERSON) for name, wire in _OF_PERSON),
        *(Metric(name, wire, "account_daily", OF_PERSON) for name, wire in _OF_PERSON if wire != "MEMBERS_REACHED"),
    ),
    limits=(
        Limit("text", 3000, "characters of escaped text", POSTS, AS_OF),
        Limit("media_pixels", 36_152_319, "pixels", IMAGES, AS_OF, "image"),
        Limit("media_count", 20, "pictures", MULTI_IMAGE, AS_OF, "carousel"),
        Limit("media_size", 500_000_000, "bytes", VIDEOS, AS_OF, "video"),
        Limit("duration", 1800, "seconds", VIDEOS, AS_OF, "video"),
    ),
    text_length=text_length,
    kinds=KINDS,
    media_types=("image/jpeg", "image/png", "image/gif", "video/mp4"),
    link_in_text=("image", "carousel", "video"),
    prepared=("image", "carousel", "video"),
    publish=publish,
    find=find,
    edit=edit,
    delete=delete,
    comment=comment,
    webhooks=webhooks,
    lookup=LOOKUP,
    logins=(
        Login("linkedin_profile", "LinkedIn profile", "linkedin", oauth.PROFILE.scopes, oauth.PROFILE),
        Login("linkedin_creator", "LinkedIn profile with figures", "linkedin", oauth.CREATOR.scopes, oauth.CREATOR),
    ),
    # How much may be read in a day is not published beyond the development tier: 429 says it.
    budgets=(Budget("posts.create", 150, timedelta(days=1), "account", LIMITS, AS_OF),),
    prices=PRICES,
    sunset=SUNSET,
    absent={
        "revoke": "LinkedIn documents no way for an app to end a permission; a person ends it in their settings",
        "schedules": "the network keeps no post for later",
        "mentions": "LinkedIn tells mentions by webhook only; they cannot be read",
        "stories": "LinkedIn gave stories up in 2021",
        "story": "LinkedIn gave stories up in 2021",
        "reel": "a LinkedIn video is a video; there is no reel of its own",
        "short": "a LinkedIn video is a video; there is no short of its own",
        "thread": "LinkedIn has no threads; a post takes 3,000 characters",
        "article": "LinkedIn's long articles cannot be written through its API",
    },
)
