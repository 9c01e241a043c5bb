"""What can be read of an Instagram account, and what the answers hold."""

from datetime import timedelta

from platforms.instagram import reading
from platforms.platform import Contract, Field, Lookup, Resource

INSIGHTS = "instagram_business_manage_insights"
COMMENTS = "instagram_business_manage_comments"
# Of Facebook Login alone.
DISCOVERY = "instagram_basic"
STORY_LIFE = timedelta(hours=24)

# Instagram Login calls the professional id `user_id`, and its `id` belongs to our app; Facebook Login calls it `id`.
PROFILE = "[json_merge_patch(body, json_object('external_id', coalesce(body->>'user_id', body->>'id')))]"
# Feed media are told apart by their type, everything else by its product: IMAGE, REELS, STORY.
MEDIA_RECORDS = """
list_transform(json_extract(body, '$.data[*]'), lambda m: json_merge_patch(m, json_object('kind',
    CASE WHEN m->>'media_product_type' <> 'FEED' THEN m->>'media_product_type' ELSE m->>'media_type' END)))
"""
# Media figures come as a list of one value, account figures as a total.
FIGURES = """
list_transform(json_extract(body, '$.data[*]'), lambda d: json_object('metric', d->'name',
    'value', coalesce(json_extract(d, '$.values[0].value'), json_extract(d, '$.total_value.value'))))
"""
GROUPS = """
flatten(list_transform(json_extract(body, '$.data[*].total_value.breakdowns[*]'), lambda b:
    list_transform(json_extract(b, '$.results[*]'), lambda r: json_object(
        'dimension', array_to_string(json_extract_string(b, '$.dimension_keys[*]'), ','),
        'value', array_to_string(json_extract_string(r, '$.dimension_values[*]'), ','),
        'amount', r->'value'))))
"""
SERIES = """
flatten(list_transform(json_extract(body, '$.data[*]'), lambda d:
    list_transform(json_extract(d, '$.values[*]'), lambda v: json_object(
        'metric', d->'name', 'value', v->'value', 'end_time', v->'end_time'))))
"""
# Replies stand inside the comments that they answer.
REMARKS = """
flatten(list_transform(json_extract(body, '$.data[*]'), lambda c:
    list_concat([c], json_extract(c, '$.replies.data[*]'))))
"""

RESOURCES = (
    Resource(
        name="accounts",
        fetch=reading.accounts,
        contract=Contract(
            records=PROFILE,
            fields=(
                Field("external_id", "VARCHAR", "$.external_id", required=True),
                Field("username", "VARCHAR", "$.username", required=True),
                Field("name", "VARCHAR", "$.name"),
                Field("account_type", "VARCHAR", "$.account_type"),
                Field("description", "VARCHAR", "$.biography"),
                Field("website", "VARCHAR", "$.website"),
                Field("picture_url", "VARCHAR", "$.profile_picture_url"),
                Field("followers", "BIGINT", "$.followers_count"),
                Field("following", "BIGINT", "$.follows_count"),
                Field("posts", "BIGINT", "$.media_count"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="posts",
        lists_all=True,
        fetch=reading.posts,
        contract=Contract(
            records=MEDIA_RECORDS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.timestamp", required=True),
                Field("kind", "VARCHAR", "$.kind"),
                Field("text", "VARCHAR", "$.caption"),
                Field("permalink", "VARCHAR", "$.permalink"),
                Field("thumbnail_url", "VARCHAR", "$.thumbnail_url"),
                Field("media_url", "VARCHAR", "$.media_url"),
                Field("shortcode", "VARCHAR", "$.shortcode"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        fetch=reading.post_metrics,
        needs_posts=True,
        scopes=(INSIGHTS,),
        history_days=reading.MEDIA_HISTORY_DAYS,
        contract=Contract(
            records=FIGURES,
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
        scopes=(INSIGHTS,),
        contract=Contract(
            records=FIGURES,
            fields=(
                Field("as_of_date", "DATE", "context.as_of_date", required=True),
                Field("metric", "VARCHAR", "$.metric", required=True),
                Field("value", "BIGINT", "$.value"),
            ),
            key=("as_of_date", "metric"),
        ),
    ),
    Resource(
        name="demographics",
        fetch=reading.demographics,
        scopes=(INSIGHTS,),
        contract=Contract(
            records=GROUPS,
            fields=(
                Field("dimension", "VARCHAR", "$.dimension", required=True),
                Field("value", "VARCHAR", "$.value", required=True),
                Field("amount", "BIGINT", "$.amount", required=True),
            ),
            key=("dimension", "value"),
        ),
    ),
    Resource(
        name="account_metrics",
        variant="new_followers",
        fetch=reading.new_followers,
        history_days=30,
        settles_after_days=2,
        scopes=(INSIGHTS,),
        contract=Contract(
            records=SERIES,
            fields=(
                # Midnight in California at the end of the day.
                Field("end_time", "TIMESTAMPTZ", "$.end_time", required=True),
                Field("metric", "VARCHAR", "$.metric", required=True),
                Field("value", "BIGINT", "$.value"),
            ),
            key=("end_time", "metric"),
        ),
    ),
    Resource(
        name="stories",
        fetch=reading.stories,
        scopes=(INSIGHTS,),
        vanishes_after=STORY_LIFE,
        contract=Contract(
            records=FIGURES,
            fields=(
                Field("external_id", "VARCHAR", "context.external_id", required=True),
                Field("published_at", "TIMESTAMPTZ", "context.timestamp", required=True),
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
        scopes=(COMMENTS,),
        contract=Contract(
            records=REMARKS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("post_external_id", "VARCHAR", "context.post_external_id", required=True),
                Field("parent_external_id", "VARCHAR", "$.parent_id"),
                Field("published_at", "TIMESTAMPTZ", "$.timestamp", required=True),
                Field("text", "VARCHAR", "$.text"),
                Field("author", "VARCHAR", "$.username"),
                Field("likes", "BIGINT", "$.like_count"),
                Field("hidden", "BOOLEAN", "$.hidden"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="mentions",
        fetch=reading.mentions,
        scopes=(COMMENTS,),
        contract=Contract(
            records="json_extract(body, '$.data[*]')",
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.timestamp", required=True),
                Field("kind", "VARCHAR", "$.media_type"),
                Field("text", "VARCHAR", "$.caption"),
                Field("author", "VARCHAR", "$.username"),
                Field("permalink", "VARCHAR", "$.permalink"),
                Field("likes", "BIGINT", "$.like_count"),
                Field("comments", "BIGINT", "$.comments_count"),
            ),
            key=("external_id",),
        ),
    ),
)

LOOKUP = Lookup(
    fetch=reading.competitors,
    scopes=(DISCOVERY,),
    contract=Contract(
        records="[json_extract(body, '$.business_discovery')]",
        fields=(
            Field("external_id", "VARCHAR", "$.id", required=True),
            Field("username", "VARCHAR", "$.username", required=True),
            Field("name", "VARCHAR", "$.name"),
            Field("description", "VARCHAR", "$.biography"),
            Field("website", "VARCHAR", "$.website"),
            Field("picture_url", "VARCHAR", "$.profile_picture_url"),
            Field("followers", "BIGINT", "$.followers_count"),
            Field("following", "BIGINT", "$.follows_count"),
            Field("posts", "BIGINT", "$.media_count"),
            # The newest 25 media, each with its likes and comments.
            Field("media", "JSON", "$.media.data"),
        ),
        key=("external_id",),
    ),
)
