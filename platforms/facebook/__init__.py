"""Facebook Pages: the data sheet."""

from datetime import date

from platforms.facebook import oauth
from platforms.facebook.client import VERSION, Client
from platforms.facebook.insights import RESOURCES
from platforms.facebook.publish import find, publish
from platforms.platform import Limit, Metric, Platform

INSIGHTS = "developers.facebook.com/docs/platforminsights/page"
PHOTOS = "developers.facebook.com/docs/pages-api/posts"
OBJECTS = "developers.facebook.com/docs/graph-api/reference/page-post"
PAGE = "developers.facebook.com/docs/graph-api/reference/page"
AS_OF = date(2026, 11, 22)

PLATFORM = Platform(
    name="facebook",
    title="Facebook",
    api_version=VERSION,
    colors=("#1F47BC", "#6183F5"),
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=Client,
    resources=RESOURCES,
    metrics=(
        Metric("views", "post_media_view", "post_lifetime", INSIGHTS),
        Metric("reach", "post_total_media_view_unique", "post_lifetime", INSIGHTS),
        Metric("clicks", "post_clicks", "post_lifetime", INSIGHTS),
        Metric("reactions", "reactions.summary.total_count", "post_lifetime", OBJECTS),
        Metric("likes", "post_reactions_by_type_total.like", "post_lifetime", INSIGHTS),
        Metric("comments", "comments.summary.total_count", "post_lifetime", OBJECTS),
        Metric("shares", "shares.count", "post_lifetime", OBJECTS),
        Metric("views", "page_media_view", "account_daily", INSIGHTS),
        Metric("reach", "page_total_media_view_unique", "account_daily", INSIGHTS),
        Metric("engagements", "page_post_engagements", "account_daily", INSIGHTS),
        Metric("profile_visits", "page_views_total", "account_daily", INSIGHTS),
        Metric("profile_clicks", "page_total_actions", "account_daily", INSIGHTS),
        Metric("followers", "page_follows", "account_daily", INSIGHTS),
        Metric("followers_gained", "page_daily_follows_unique", "account_daily", INSIGHTS),
        Metric("followers_lost", "page_daily_unfollows_unique", "account_daily", INSIGHTS),
        Metric("followers", "followers_count", "account_lifetime", PAGE),
    ),
    limits=(
        Limit("text", 63_206, "characters", "facebook.com/help, not in the API's own pages", AS_OF),
        Limit("media_size", 10_000_000, "bytes", PHOTOS, AS_OF, "image"),
    ),
    kinds=("text", "image"),
    link_in_text=("image",),
    prepared=("image",),
    publish=publish,
    find=find,
)
