"""Where each figure stands in X's answers, in either of its vocabularies."""

from platforms.platform import Contract, Field, Lookup, Resource
from platforms.x import insights

# One post with its kind, which X only says of its media, and its words in one vocabulary.
POSTS = """
list_transform(json_extract(body, '$.data[*]'), lambda p: json_merge_patch(p, json_object(
    'kind', coalesce(
        list_filter(json_extract(body, '$.includes.media[*]'),
            lambda m: (m->>'$.media_key') = (p->>'$.attachments.media_keys[0]'))[1]->'$.type',
        to_json('text')),
    'thumbnail', list_transform(
        list_filter(json_extract(body, '$.includes.media[*]'),
            lambda m: (m->>'$.media_key') = (p->>'$.attachments.media_keys[0]')),
        lambda m: coalesce(m->'$.preview_image_url', m->'$.url'))[1],
    'refers_as', coalesce(p->'$.referenced_posts[0].type', p->'$.referenced_tweets[0].type'),
    'full_text', coalesce(p->'$.note_post.text', p->'$.note_tweet.text', p->'$.text'),
    'permalink', concat('https://x.com/i/status/', p->>'$.id'))))
"""
COUNTERS = """
list_transform(json_extract(body, '$.data[*]'), lambda p: json_merge_patch(p, json_object(
    'reposts', coalesce(p->'$.public_metrics.repost_count', p->'$.public_metrics.retweet_count'))))
"""
PROFILES = """
list_transform(list_filter([json_extract(body, '$.data')], lambda u: u IS NOT NULL),
    lambda u: json_merge_patch(u, json_object(
        'posts', coalesce(u->'$.public_metrics.post_count', u->'$.public_metrics.tweet_count'))))
"""
BUCKETS = """
flatten(list_transform(json_extract(body, '$.data[*]'), lambda p:
    list_transform(json_extract(p, '$.timestamped_metrics[*]'), lambda t: json_object(
        'id', p->'$.id', 'day', substr(t->>'$.timestamp', 1, 10), 'metrics', t->'$.metrics'))))
"""
# Replies and mentions with whoever wrote them.
WRITTEN = """
list_transform(json_extract(body, '$.data[*]'), lambda p: json_merge_patch(p, json_object(
    'author', list_filter(json_extract(body, '$.includes.users[*]'),
        lambda u: (u->>'$.id') = (p->>'$.author_id'))[1]->'$.username',
    'answers', list_filter(
        list_concat(json_extract(p, '$.referenced_posts[*]'), json_extract(p, '$.referenced_tweets[*]')),
        lambda r: (r->>'$.type') = 'replied_to')[1]->'$.id',
    'permalink', concat('https://x.com/i/status/', p->>'$.id'))))
"""
FOUND = """
list_transform(json_extract(body, '$.data[*]'), lambda u: json_merge_patch(u, json_object(
    'posts', coalesce(u->'$.public_metrics.post_count', u->'$.public_metrics.tweet_count'))))
"""
_WRITTEN = (
    Field("external_id", "VARCHAR", "$.id", required=True),
    Field("parent_external_id", "VARCHAR", "$.answers"),
    Field("published_at", "TIMESTAMPTZ", "$.created_at", required=True),
    Field("text", "VARCHAR", "$.text"),
    Field("author", "VARCHAR", "$.author"),
    Field("author_external_id", "VARCHAR", "$.author_id"),
    Field("language", "VARCHAR", "$.lang"),
    Field("permalink", "VARCHAR", "$.permalink"),
    Field("likes", "BIGINT", "$.public_metrics.like_count"),
)


def _counter(name: str, wire: str) -> Field:
    return Field(name, "BIGINT", f"$.metrics.{wire}")


RESOURCES = (
    Resource(
        name="accounts",
        fetch=insights.accounts,
        contract=Contract(
            records=PROFILES,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("name", "VARCHAR", "$.name", required=True),
                Field("username", "VARCHAR", "$.username"),
                Field("description", "VARCHAR", "$.description"),
                Field("picture_url", "VARCHAR", "$.profile_image_url"),
                Field("link", "VARCHAR", "$.url"),
                Field("verified", "BOOLEAN", "$.verified"),
                Field("created_at", "TIMESTAMPTZ", "$.created_at"),
                Field("followers", "BIGINT", "$.public_metrics.followers_count"),
                Field("following", "BIGINT", "$.public_metrics.following_count"),
                Field("posts", "BIGINT", "$.posts"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="posts",
        lists_all=True,
        fetch=insights.posts,
        contract=Contract(
            records=POSTS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.created_at", required=True),
                Field("kind", "VARCHAR", "$.kind"),
                Field("refers_as", "VARCHAR", "$.refers_as"),
                Field("text", "VARCHAR", "$.full_text"),
                Field("language", "VARCHAR", "$.lang"),
                Field("link", "VARCHAR", "$.entities.urls[0].expanded_url"),
                Field("permalink", "VARCHAR", "$.permalink"),
                Field("thumbnail_url", "VARCHAR", "$.thumbnail"),
                Field("conversation_id", "VARCHAR", "$.conversation_id"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        fetch=insights.post_metrics,
        needs_posts=True,
        contract=Contract(
            records=COUNTERS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("impressions", "BIGINT", "$.public_metrics.impression_count"),
                Field("likes", "BIGINT", "$.public_metrics.like_count"),
                Field("comments", "BIGINT", "$.public_metrics.reply_count"),
                Field("reposts", "BIGINT", "$.reposts"),
                Field("quotes", "BIGINT", "$.public_metrics.quote_count"),
                Field("saves", "BIGINT", "$.public_metrics.bookmark_count"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        variant="daily",
        fetch=insights.daily,
        needs_posts=True,
        settles_after_days=1,
        contract=Contract(
            records=BUCKETS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("as_of_date", "DATE", "$.day", required=True),
                _counter("impressions", "impressions"),
                _counter("engagements", "engagements"),
                _counter("likes", "likes"),
                _counter("comments", "replies"),
                _counter("reposts", "retweets"),
                _counter("quotes", "quote_tweets"),
                _counter("saves", "bookmarks"),
                _counter("shares", "shares"),
                _counter("clicks", "url_clicks"),
                _counter("profile_visits", "user_profile_clicks"),
                _counter("detail_expands", "detail_expands"),
                _counter("hashtag_clicks", "hashtag_clicks"),
                _counter("permalink_clicks", "permalink_clicks"),
                _counter("follows", "follows"),
                _counter("unfollows", "unfollows"),
                _counter("media_views", "media_views"),
            ),
            key=("external_id", "as_of_date"),
        ),
    ),
    Resource(
        name="comments",
        fetch=insights.comments,
        needs_posts=True,
        history_days=7,
        contract=Contract(
            records=WRITTEN,
            fields=(Field("post_external_id", "VARCHAR", "$.conversation_id", required=True), *_WRITTEN),
            key=("external_id",),
        ),
    ),
    Resource(
        name="mentions",
        fetch=insights.mentions,
        contract=Contract(
            records=WRITTEN,
            fields=(Field("conversation_id", "VARCHAR", "$.conversation_id"), *_WRITTEN),
            key=("external_id",),
        ),
    ),
)

LOOKUP = Lookup(
    fetch=insights.profiles,
    contract=Contract(
        records=FOUND,
        fields=(
            Field("external_id", "VARCHAR", "$.id", required=True),
            Field("username", "VARCHAR", "$.username", required=True),
            Field("name", "VARCHAR", "$.name"),
            Field("description", "VARCHAR", "$.description"),
            Field("website", "VARCHAR", "$.url"),
            Field("picture_url", "VARCHAR", "$.profile_image_url"),
            Field("verified", "BOOLEAN", "$.verified"),
            Field("followers", "BIGINT", "$.public_metrics.followers_count"),
            Field("following", "BIGINT", "$.public_metrics.following_count"),
            Field("posts", "BIGINT", "$.posts"),
        ),
        key=("external_id",),
    ),
)
