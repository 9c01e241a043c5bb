"""What YouTube tells about a channel, its videos, their days and their viewers.

Counters come as decimal strings. One that the owner hides is absent, which is not zero.
"""

from platforms.platform import Contract, Field, Lookup, Resource
from platforms.youtube import reading
from platforms.youtube.reading import REACHES

__all__ = ["LOOKUP", "REACHES", "RESOURCES"]

READ = ("https://www.googleapis.com/auth/youtube.readonly",)
STRICT = ("https://www.googleapis.com/auth/youtube.force-ssl",)
REPORTS = ("https://www.googleapis.com/auth/yt-analytics.readonly",)
ITEMS = "json_extract(body, '$.items[*]')"
# Of a channel that hides its subscribers YouTube may still send a figure, which is none.
CHANNELS = """
list_transform(json_extract(body, '$.items[*]'), lambda c: json_merge_patch(c, json_object(
    'followers', CASE WHEN (c->>'$.statistics.hiddenSubscriberCount') = 'true' THEN NULL
                      ELSE c->>'$.statistics.subscriberCount' END)))
"""
# Threads with the replies that they carry, or a page of replies.
COMMENTS = """
list_concat(list_concat(
    json_extract(body, '$.items[*].snippet.topLevelComment'),
    json_extract(body, '$.items[*].replies.comments[*]')),
    list_filter(json_extract(body, '$.items[*]'), lambda c: (c->>'$.kind') = 'youtube#comment'))
"""
# Not every video has a picture of every size.
VIDEOS = """
list_transform(json_extract(body, '$.items[*]'), lambda v: json_merge_patch(v, json_object(
    'thumbnail', coalesce(v->'$.snippet.thumbnails.high.url', v->'$.snippet.thumbnails.default.url'),
    'permalink', concat('https://www.youtube.com/watch?v=', v->>'$.id'))))
"""
# A report names its columns once and may order them as it likes.
ROWS = """
list_transform(json_extract(body, '$.rows[*]'), lambda r: to_json(map(
    json_extract_string(body, '$.columnHeaders[*].name'), json_extract(r, '$[*]'))))
"""
# One dimension and one metric, whatever their names.
GROUPS = """
list_transform(json_extract(body, '$.rows[*]'), lambda r: json_object(
    'dimension', json_extract(body, '$.columnHeaders[0].name'), 'value', json_extract(r, '$[0]'),
    'unit', json_extract(body, '$.columnHeaders[1].name'), 'amount', json_extract(r, '$[1]')))
"""


REPORTED = (
    Field("views", "BIGINT", "$.views"),
    Field("engaged_views", "BIGINT", "$.engagedViews"),
    Field("likes", "BIGINT", "$.likes"),
    Field("dislikes", "BIGINT", "$.dislikes"),
    Field("comments", "BIGINT", "$.comments"),
    Field("shares", "BIGINT", "$.shares"),
    Field("estimated_minutes_watched", "BIGINT", "$.estimatedMinutesWatched"),
    Field("average_view_duration_s", "DOUBLE", "$.averageViewDuration"),
    Field("average_view_percentage", "DOUBLE", "$.averageViewPercentage"),
    Field("followers_gained", "BIGINT", "$.subscribersGained"),
    Field("followers_lost", "BIGINT", "$.subscribersLost"),
)

RESOURCES = (
    Resource(
        name="accounts",
        fetch=reading.accounts,
        scopes=READ,
        contract=Contract(
            records=CHANNELS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("name", "VARCHAR", "$.snippet.title", required=True),
                Field("username", "VARCHAR", "$.snippet.customUrl"),
                Field("description", "VARCHAR", "$.snippet.description"),
                Field("picture_url", "VARCHAR", "$.snippet.thumbnails.default.url"),
                Field("country", "VARCHAR", "$.snippet.country"),
                Field("created_at", "TIMESTAMPTZ", "$.snippet.publishedAt"),
                Field("followers", "BIGINT", "$.followers"),
                Field("followers_hidden", "BOOLEAN", "$.statistics.hiddenSubscriberCount"),
                Field("views", "BIGINT", "$.statistics.viewCount"),
                Field("posts", "BIGINT", "$.statistics.videoCount"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="posts",
        lists_all=True,
        fetch=reading.posts,
        scopes=READ,
        contract=Contract(
            records=VIDEOS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.snippet.publishedAt", required=True),
                Field("kind", "VARCHAR", "$.kind"),
                Field("title", "VARCHAR", "$.snippet.title"),
                Field("text", "VARCHAR", "$.snippet.description"),
                Field("permalink", "VARCHAR", "$.permalink"),
                Field("thumbnail_url", "VARCHAR", "$.thumbnail"),
                Field("duration", "VARCHAR", "$.contentDetails.duration"),
                Field("privacy_status", "VARCHAR", "$.status.privacyStatus"),
                Field("upload_status", "VARCHAR", "$.status.uploadStatus"),
                Field("tags", "JSON", "$.snippet.tags"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        fetch=reading.post_metrics,
        scopes=READ,
        needs_posts=True,
        contract=Contract(
            records=ITEMS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("views", "BIGINT", "$.statistics.viewCount"),
                Field("likes", "BIGINT", "$.statistics.likeCount"),
                Field("dislikes", "BIGINT", "$.statistics.dislikeCount"),
                Field("comments", "BIGINT", "$.statistics.commentCount"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        variant="daily",
        fetch=reading.daily,
        scopes=REPORTS,
        needs_posts=True,
        settles_after_days=3,
        contract=Contract(
            records=ROWS,
            fields=(
                Field("external_id", "VARCHAR", "$.video", required=True),
                Field("as_of_date", "DATE", "context.as_of_date", required=True),
                *REPORTED,
            ),
            key=("external_id", "as_of_date"),
        ),
    ),
    Resource(
        name="account_metrics",
        fetch=reading.account_metrics,
        scopes=REPORTS,
        settles_after_days=3,
        contract=Contract(
            records=ROWS,
            fields=(Field("as_of_date", "DATE", "$.day", required=True), *REPORTED),
            key=("as_of_date",),
        ),
    ),
    Resource(
        name="demographics",
        fetch=reading.demographics,
        scopes=REPORTS,
        settles_after_days=3,
        contract=Contract(
            records=GROUPS,
            fields=(
                Field("dimension", "VARCHAR", "$.dimension", required=True),
                Field("value", "VARCHAR", "$.value", required=True),
                Field("amount", "DOUBLE", "$.amount"),
                Field("unit", "VARCHAR", "$.unit", required=True),
                Field("start_date", "DATE", "context.start_date", required=True),
                Field("end_date", "DATE", "context.end_date", required=True),
            ),
            key=("dimension", "value"),
        ),
    ),
    Resource(
        name="comments",
        fetch=reading.comments,
        scopes=STRICT,
        contract=Contract(
            records=COMMENTS,
            fields=(
                Field("external_id", "VARCHAR", "$.id", required=True),
                Field("post_external_id", "VARCHAR", "$.snippet.videoId"),
                Field("parent_external_id", "VARCHAR", "$.snippet.parentId"),
                Field("published_at", "TIMESTAMPTZ", "$.snippet.publishedAt", required=True),
                Field("updated_at", "TIMESTAMPTZ", "$.snippet.updatedAt"),
                Field("text", "VARCHAR", "$.snippet.textDisplay"),
                Field("author", "VARCHAR", "$.snippet.authorDisplayName"),
                Field("author_external_id", "VARCHAR", "$.snippet.authorChannelId.value"),
                Field("likes", "BIGINT", "$.snippet.likeCount"),
            ),
            key=("external_id",),
        ),
    ),
)

LOOKUP = Lookup(
    fetch=reading.competitors,
    scopes=READ,
    contract=Contract(
        records=CHANNELS,
        fields=(
            Field("handle", "VARCHAR", "context.handle", required=True),
            Field("external_id", "VARCHAR", "$.id", required=True),
            Field("username", "VARCHAR", "$.snippet.customUrl"),
            Field("name", "VARCHAR", "$.snippet.title"),
            Field("description", "VARCHAR", "$.snippet.description"),
            Field("picture_url", "VARCHAR", "$.snippet.thumbnails.default.url"),
            Field("followers", "BIGINT", "$.followers"),
            Field("followers_hidden", "BOOLEAN", "$.statistics.hiddenSubscriberCount"),
            Field("views", "BIGINT", "$.statistics.viewCount"),
            Field("posts", "BIGINT", "$.statistics.videoCount"),
        ),
        key=("external_id",),
    ),
)
