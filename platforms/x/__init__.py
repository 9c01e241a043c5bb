"""X: the data sheet."""

from datetime import date

from platforms.platform import Limit, Metric, Platform
from platforms.x import oauth
from platforms.x.client import Client
from platforms.x.insights import RESOURCES
from platforms.x.publish import find, publish
from platforms.x.text import MAXIMUM, text_length

SPEC = "openapi 2.167"
ANALYTICS = "openapi 2.167, /2/tweets/analytics"
DOCS = "xdevplatform/docs, x-api/media/quickstart/best-practices"
AS_OF = date(2026, 11, 22)

PLATFORM = Platform(
    name="x",
    title="X",
    api_version="2",
    colors=("#12171E", "#E7EFFB"),
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=Client,
    resources=RESOURCES,
    metrics=(
        Metric("impressions", "public_metrics.impression_count", "post_lifetime", SPEC),
        Metric("likes", "public_metrics.like_count", "post_lifetime", SPEC),
        Metric("comments", "public_metrics.reply_count", "post_lifetime", SPEC),
        Metric("reposts", "public_metrics.repost_count", "post_lifetime", SPEC, date(2026, 8, 7)),
        Metric("reposts", "public_metrics.retweet_count", "post_lifetime", SPEC),
        Metric("quotes", "public_metrics.quote_count", "post_lifetime", SPEC),
        Metric("saves", "public_metrics.bookmark_count", "post_lifetime", SPEC),
        Metric("shares", "public_metrics.repost_count + quote_count", "post_lifetime", SPEC),
        Metric("clicks", "url_clicks of all days", "post_lifetime", ANALYTICS),
        Metric("impressions", "impressions", "post_daily", ANALYTICS),
        Metric("engagements", "engagements", "post_daily", ANALYTICS),
        Metric("likes", "likes", "post_daily", ANALYTICS),
        Metric("comments", "replies", "post_daily", ANALYTICS),
        Metric("reposts", "retweets", "post_daily", ANALYTICS),
        Metric("quotes", "quote_tweets", "post_daily", ANALYTICS),
        Metric("saves", "bookmarks", "post_daily", ANALYTICS),
        Metric("shares", "shares", "post_daily", ANALYTICS),
        Metric("clicks", "url_clicks", "post_daily", ANALYTICS),
        Metric("profile_visits", "user_profile_clicks", "post_daily", ANALYTICS),
        Metric("followers", "public_metrics.followers_count", "account_lifetime", SPEC),
        Metric("following", "public_metrics.following_count", "account_lifetime", SPEC),
    ),
    limits=(
        Limit("text", MAXIMUM, "weighted characters", "twitter-text configuration v3", AS_OF),
        Limit("media_size", 5_000_000, "bytes", DOCS, AS_OF, "image"),
    ),
    text_length=text_length,
    kinds=("text", "image"),
    link_in_text=("text", "image"),
    prepared=("image",),
    publish=publish,
    find=find,
)
