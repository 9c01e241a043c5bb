"""X: the data sheet."""

from datetime import date, timedelta

from platforms.platform import Budget, Limit, Metric, Platform
from platforms.x import oauth, webhooks
from platforms.x.client import Client
from platforms.x.prices import PRICES
from platforms.x.publish import comment, delete, edit, find, publish
from platforms.x.resources import LOOKUP, RESOURCES
from platforms.x.text import MAXIMUM, text_length

SPEC = "openapi 2.167"
OLDER = "openapi 2.159"
ANALYTICS = "openapi 2.167, /2/tweets/analytics"
DOCS = "xdevplatform/docs, x-api/media/quickstart/best-practices"
RATES = "xdevplatform/docs, x-api/fundamentals/rate-limits"
AS_OF = date(2026, 11, 22)
RENAMED = date(2026, 8, 7)
_WINDOW = timedelta(minutes=15)

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
        Metric("reposts", "public_metrics.repost_count", "post_lifetime", SPEC, RENAMED),
        # X still answers in either vocabulary, so the older name has no last day.
        Metric(
            "reposts", "public_metrics.retweet_count", "post_lifetime", OLDER, replaced_by="public_metrics.repost_count"
        ),
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
        # An article has no such limit.
        *(
            Limit("text", MAXIMUM, "weighted characters", "twitter-text configuration v3", AS_OF, kind)
            for kind in ("text", "image", "carousel", "video", "thread")
        ),
        Limit("media_size", 5_000_000, "bytes", DOCS, AS_OF, "image"),
        Limit("media_size", 5_000_000, "bytes", DOCS, AS_OF, "carousel"),
        Limit("media_size", 512_000_000, "bytes", DOCS, AS_OF, "video"),
        Limit("media_count", 4, "files", DOCS, AS_OF, "carousel"),
        Limit("duration", 140, "seconds", DOCS, AS_OF, "video"),
        Limit("alt_text", 1000, "characters", SPEC, AS_OF),
    ),
    text_length=text_length,
    kinds=("text", "image", "carousel", "video", "thread", "article"),
    link_in_text=("text", "image", "carousel", "video", "thread", "article"),
    prepared=("image", "carousel", "video", "thread", "article"),
    publish=publish,
    find=find,
    edit=edit,
    delete=delete,
    comment=comment,
    revoke=oauth.revoke,
    subscribe=webhooks.subscribe,
    webhooks=webhooks,
    lookup=LOOKUP,
    needs={
        "publish": ("tweet.read", "tweet.write", "users.read"),
        "edit": ("tweet.read", "tweet.write", "users.read"),
        "delete": ("tweet.read", "tweet.write", "users.read"),
        "comment": ("tweet.read", "tweet.write", "users.read"),
        "media": ("media.write",),
        "lookup": ("tweet.read", "users.read"),
    },
    budgets=(
        Budget("getUsersPosts", 900, _WINDOW, "account", RATES, AS_OF),
        Budget("getUsersMe", 75, _WINDOW, "account", RATES, AS_OF),
        Budget("getPostsByIds", 5000, _WINDOW, "account", RATES, AS_OF),
        Budget("searchPostsRecent", 300, _WINDOW, "account", RATES, AS_OF),
        Budget("getUsersMentions", 300, _WINDOW, "account", RATES, AS_OF),
        Budget("createPosts", 100, _WINDOW, "account", RATES, AS_OF),
        Budget("createPosts", 10_000, timedelta(days=1), "app", RATES, AS_OF),
        Budget("deletePosts", 50, _WINDOW, "account", RATES, AS_OF),
    ),
    prices=PRICES,
    absent={
        "account_metrics": "X keeps no figures of an account by day; followers are counted once a day from now on",
        "demographics": "X tells apps nothing about who follows",
        "schedules": "X keeps no post for later through its API",
        "link": "a link is part of the text on X",
        "reel": "a video on X is a video; there is no reel of its own",
        "story": "X gave its stories up in 2021",
        "stories": "X gave its stories up in 2021",
        "short": "a video on X is a video; there is no short of its own",
    },
)
