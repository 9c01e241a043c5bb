"""What is read of a Page, and what each answer must hold."""

from platforms.facebook import reading
from platforms.platform import Contract, Field, Lookup, Resource

REACHES = reading.REACHES

# One record per value; a value split by kind gives one per kind, named `metric.kind`.
VALUES = """
flatten(flatten(list_transform(json_extract(body, '$.data[*]'), lambda d:
    list_transform(json_extract(d, '$.values[*]'), lambda v:
        CASE json_type(v, '$.value')
            WHEN 'OBJECT' THEN list_transform(json_keys(v, '$.value'), lambda k: json_object(
                'metric', concat(d->>'name', '.', k), 'value', json_extract(v->'value', concat('/', k)),
                'end_time', v->'end_time'))
            ELSE [json_object('metric', d->'name', 'value', v->'value', 'end_time', v->'end_time')]
        END))))
"""

RESOURCES = (
    Resource(
        name="accounts",
        fetch=reading.accounts,
        contract=Contract(
            records="[body]",
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("name", "VARCHAR", "$.name", required=True),
                Field("username", "VARCHAR", "$.username"),
                Field("permalink", "VARCHAR", "$.link"),
                Field("description", "VARCHAR", "$.about"),
                Field("category", "VARCHAR", "$.category"),
                Field("picture_url", "VARCHAR", "$.picture.data.url"),
                Field("fan_count", "BIGINT", "$.fan_count"),
                Field("followers", "BIGINT", "$.followers_count"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="posts",
        lists_all=True,
        fetch=reading.posts,
        contract=Contract(
            records="json_extract(body, '$.data[*]')",
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.created_time", required=True),
                Field("kind", "VARCHAR", "$.status_type"),
                Field("media_type", "VARCHAR", "$.attachments.data[0].media_type"),
                Field("text", "VARCHAR", "$.message"),
                Field("title", "VARCHAR", "$.attachments.data[0].title"),
                Field("link", "VARCHAR", "$.attachments.data[0].unshimmed_url"),
                Field("attachment_url", "VARCHAR", "$.attachments.data[0].url"),
                Field("permalink", "VARCHAR", "$.permalink_url"),
                Field("thumbnail_url", "VARCHAR", "$.full_picture"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        fetch=reading.counters,
        needs_posts=True,
        contract=Contract(
            records="json_extract(body, '$.data[*]')",
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("reactions", "BIGINT", "$.reactions.summary.total_count"),
                Field("comments", "BIGINT", "$.comments.summary.total_count"),
                Field("shares", "BIGINT", "$.shares.count"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        variant="insights",
        fetch=reading.post_insights,
        needs_posts=True,
        scopes=("read_insights",),
        history_days=reading.HISTORY_DAYS,
        contract=Contract(
            records=VALUES,
            fields=(
                Field("external_id", "VARCHAR", "context.external_id", required=True),
                Field("metric", "VARCHAR", "$.metric", required=True),
                Field("value", "BIGINT", "$.value"),
            ),
            key=("external_id", "metric"),
        ),
    ),
    Resource(
        name="account_metrics",
        fetch=reading.account_metrics,
        history_days=reading.HISTORY_DAYS,
        settles_after_days=2,
        scopes=("read_insights",),
        contract=Contract(
            records=VALUES,
            fields=(
                Field("metric", "VARCHAR", "$.metric", required=True),
                Field("end_time", "TIMESTAMPTZ", "$.end_time", required=True),
                Field("value", "BIGINT", "$.value"),
            ),
            key=("metric", "end_time"),
        ),
    ),
    Resource(
        name="stories",
        fetch=reading.stories,
        scopes=("read_insights",),
        vanishes_after=reading.STORY_LIFE,
        contract=Contract(
            records=VALUES,
            fields=(
                Field("external_id", "VARCHAR", "context.external_id", required=True),
                Field("published_at", "EPOCH_S", "context.made", required=True),
                Field("permalink", "VARCHAR", "context.permalink"),
                Field("metric", "VARCHAR", "$.metric", required=True),
                Field("value", "BIGINT", "$.value"),
            ),
            key=("external_id", "metric"),
        ),
    ),
    Resource(
        name="comments",
        fetch=reading.comments,
        needs_posts=True,
        scopes=("pages_read_user_content",),
        contract=Contract(
            records="json_extract(body, '$.data[*]')",
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("post_external_id", "VARCHAR", "context.post_external_id", required=True),
                Field("parent_external_id", "VARCHAR", "$.parent.id"),
                Field("published_at", "TIMESTAMPTZ", "$.created_time", required=True),
                Field("text", "VARCHAR", "$.message"),
                Field("author", "VARCHAR", "$.from.name"),
                Field("author_external_id", "VARCHAR", "$.from.id"),
                Field("likes", "BIGINT", "$.like_count"),
                Field("hidden", "BOOLEAN", "$.is_hidden"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="mentions",
        fetch=reading.mentions,
        scopes=("pages_read_user_content",),
        contract=Contract(
            records="json_extract(body, '$.data[*]')",
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.created_time", required=True),
                Field("text", "VARCHAR", "$.message"),
                Field("author", "VARCHAR", "$.from.name"),
                Field("author_external_id", "VARCHAR", "$.from.id"),
                Field("permalink", "VARCHAR", "$.permalink_url"),
            ),
            key=("external_id",),
        ),
    ),
)

LOOKUP = Lookup(
    fetch=reading.competitors,
    scopes=("pages_read_engagement",),
    contract=Contract(
        records="[body]",
        fields=(
            Field("handle", "VARCHAR", "context.handle", required=True),
            Field("external_id", "VARCHAR", "$.id", required=True),
            Field("username", "VARCHAR", "$.username"),
            Field("name", "VARCHAR", "$.name"),
            Field("permalink", "VARCHAR", "$.link"),
            Field("description", "VARCHAR", "$.about"),
            Field("category", "VARCHAR", "$.category"),
            Field("fan_count", "BIGINT", "$.fan_count"),
            Field("followers", "BIGINT", "$.followers_count"),
        ),
        key=("external_id",),
    ),
)
