"""Bluesky (AT Protocol): the data sheet."""

from datetime import date, timedelta

from platforms.bluesky import oauth
from platforms.bluesky.client import Client
from platforms.bluesky.insights import LOOKUP, RESOURCES
from platforms.bluesky.publish import comment, delete, find, publish
from platforms.bluesky.text import MAXIMUM, text_length
from platforms.platform import Budget, Limit, Metric, Platform

POSTS = "lexicon app.bsky.feed.defs#postView"
PROFILE = "lexicon app.bsky.actor.defs#profileViewDetailed"
RECORD = "lexicon app.bsky.feed.post"
IMAGES = "lexicon app.bsky.embed.images"
VIDEO = "lexicon app.bsky.embed.video"
RATES = "docs.bsky.app/docs/advanced-guides/rate-limits"
AS_OF = date(2026, 11, 22)

PLATFORM = Platform(
    name="bluesky",
    title="Bluesky",
    api_version="XRPC",
    colors=("#6A3FB5", "#A98BEA"),
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=Client,
    resources=RESOURCES,
    metrics=(
        Metric("likes", "likeCount", "post_lifetime", POSTS),
        Metric("comments", "replyCount", "post_lifetime", POSTS),
        Metric("reposts", "repostCount", "post_lifetime", POSTS),
        Metric("quotes", "quoteCount", "post_lifetime", POSTS),
        Metric("shares", "repostCount + quoteCount", "post_lifetime", POSTS),
        Metric("saves", "bookmarkCount", "post_lifetime", POSTS),
        Metric("followers", "followersCount", "account_lifetime", PROFILE),
        Metric("following", "followsCount", "account_lifetime", PROFILE),
        Metric("posts", "postsCount", "account_lifetime", PROFILE),
    ),
    limits=(
        Limit("text", MAXIMUM, "graphemes", RECORD, AS_OF),
        Limit("media_size", 1_000_000, "bytes", IMAGES, AS_OF, "image"),
        Limit("media_size", 1_000_000, "bytes", IMAGES, AS_OF, "carousel"),
        Limit("media_count", 4, "pictures", IMAGES, AS_OF, "carousel"),
        Limit("media_size", 100_000_000, "bytes", VIDEO, AS_OF, "video"),
        Limit("duration", 180, "seconds", VIDEO, AS_OF, "video"),
    ),
    text_length=text_length,
    kinds=("text", "link", "image", "carousel", "video", "thread"),
    media_types=("image/jpeg", "image/png", "video/mp4"),
    link_in_text=("image", "carousel", "video"),
    prepared=("text", "link", "image", "carousel", "video", "thread"),
    publish=publish,
    find=find,
    delete=delete,
    comment=comment,
    revoke=oauth.revoke,
    lookup=LOOKUP,
    needs={"publish": ("transition:generic",), "delete": ("transition:generic",), "comment": ("transition:generic",)},
    budgets=(
        Budget("write", 1_666, timedelta(hours=1), "account", RATES, AS_OF),
        Budget("read", 3_000, timedelta(minutes=5), "app", RATES, AS_OF),
    ),
    absent={
        "account_metrics": "the network counts nothing by day; followers are observed day by day",
        "demographics": "the network tells nothing about who follows",
        "stories": "the network has none",
        "reel": "the network has none",
        "story": "the network has none",
        "short": "the network has none",
        "article": "the network has none",
        "schedules": "the network publishes at once; ClientNest waits in its place",
        "edit": "the app goes on showing a post as it was first written",
        "webhooks": "the network has a stream of everything instead of calls about one account",
    },
)
