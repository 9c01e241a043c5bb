"""What can be read from LinkedIn, and what each answer must hold."""

from platforms.linkedin import insights
from platforms.linkedin.insights import HISTORY_DAYS
from platforms.linkedin.names import names
from platforms.platform import Contract, Field, Resource

ADMIN = ("rw_organization_admin",)
# The page of a company says its name in other words than a person.
PROFILE = "[json_merge_patch(body, json_object('shown', coalesce(body->>'$.localizedName', body->>'$.name')))]"
# One post with its text as people read it, and its kind: the content's own word, or the type of its medium.
POSTS = r"""
list_transform(json_extract(body, '$.elements[*]'), lambda p: json_merge_patch(p, json_object(
    'moment', coalesce(p->'$.publishedAt', p->'$.createdAt'),
    'text', regexp_replace(regexp_replace(regexp_replace(p->>'$.commentary',
        '\{hashtag\|\\?#\|([^}]*)\}', '#\1', 'g'),
        '@\[((?:[^\]\\]|\\.)*)\]\([^)]*\)', '\1', 'g'),
        '\\([\\|{}@\[\]()<>#*_~])', '\1', 'g'),
    'kind', coalesce(
        regexp_extract(p->>'$.content.media.id', '^urn:li:([A-Za-z]+):', 1),
        json_keys(p, '$.content')[1],
        CASE WHEN json_exists(p, '$.reshareContext') THEN 'reshare' END,
        'text'),
    'permalink', concat('https://www.linkedin.com/feed/update/', p->>'$.id'))))
"""
STATISTICS = """
list_transform(json_extract(body, '$.elements[*]'), lambda e: json_merge_patch(e, json_object(
    'post', coalesce(e->'$.share', e->'$.ugcPost'),
    'day', strftime(epoch_ms(try_cast(e->>'$.timeRange.start' AS BIGINT)), '%Y-%m-%d'))))
"""
OF_PERSON = """
list_transform(json_extract(body, '$.elements[*]'), lambda e: json_merge_patch(e, json_object(
    'day', printf('%04d-%02d-%02d',
        try_cast(e->>'$.dateRange.start.year' AS INTEGER),
        try_cast(e->>'$.dateRange.start.month' AS INTEGER),
        try_cast(e->>'$.dateRange.start.day' AS INTEGER)))))
"""
# Each facet is a list of `{<facet>: urn, followerCounts: {…}}`.
FACETS = """
flatten(flatten(list_transform(json_extract(body, '$.elements[*]'), lambda e:
    list_transform(list_filter(json_keys(e), lambda k: k LIKE 'followerCountsBy%'), lambda k:
        list_transform(json_extract(json_extract(e, concat('/', k)), '$[*]'), lambda f: json_object(
            'dimension', substr(k, 17),
            'value', json_extract(f, concat('/', list_filter(json_keys(f), lambda n: n <> 'followerCounts')[1])),
            'counts', f->'$.followerCounts'))))))
"""
NAMES = """
list_transform(json_extract(body, '$.results.*'), lambda r: json_object(
    'number', r->>'$.id',
    'name', coalesce(r->>'$.name.localized.en_US', r->>'$.defaultLocalizedName.value')))
"""

COUNTERS = (
    Field("impressions", "BIGINT", "$.totalShareStatistics.impressionCount"),
    Field("reach", "BIGINT", "$.totalShareStatistics.uniqueImpressionsCount"),
    Field("likes", "BIGINT", "$.totalShareStatistics.likeCount"),
    Field("comments", "BIGINT", "$.totalShareStatistics.commentCount"),
    Field("shares", "BIGINT", "$.totalShareStatistics.shareCount"),
    Field("clicks", "BIGINT", "$.totalShareStatistics.clickCount"),
)
DAY = Field("as_of_date", "DATE", "$.day", required=True)

RESOURCES = (
    Resource(
        name="accounts",
        fetch=insights.accounts,
        contract=Contract(
            records=PROFILE,
            fields=(
                Field("external_id", "VARCHAR", "context.account", required=True),
                Field("name", "VARCHAR", "$.shown", required=True),
                Field("username", "VARCHAR", "$.vanityName"),
                Field("description", "VARCHAR", "$.localizedDescription"),
                Field("link", "VARCHAR", "$.localizedWebsite"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="accounts",
        variant="followers",
        fetch=insights.followers,
        contract=Contract(
            records="[body]",
            fields=(
                Field("external_id", "VARCHAR", "context.account", required=True),
                Field("followers", "BIGINT", "$.firstDegreeSize", required=True),
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
                Field("published_at", "EPOCH_MS", "$.moment", required=True),
                Field("kind", "VARCHAR", "$.kind"),
                Field("text", "VARCHAR", "$.text"),
                Field("title", "VARCHAR", "$.content.article.title"),
                Field("link", "VARCHAR", "$.content.article.source"),
                Field("permalink", "VARCHAR", "$.permalink"),
                Field("media_id", "VARCHAR", "$.content.media.id"),
                Field("visibility", "VARCHAR", "$.visibility"),
                Field("lifecycle_state", "VARCHAR", "$.lifecycleState"),
                Field("modified_at", "EPOCH_MS", "$.lastModifiedAt"),
            ),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        fetch=insights.post_metrics,
        needs_posts=True,
        history_days=HISTORY_DAYS,
        scopes=ADMIN,
        contract=Contract(
            records=STATISTICS,
            fields=(Field("external_id", "VARCHAR", "$.post", required=True), *COUNTERS),
            key=("external_id",),
        ),
    ),
    Resource(
        name="post_metrics",
        variant="person",
        fetch=insights.person_post_metrics,
        needs_posts=True,
        scopes=("r_member_postAnalytics",),
        contract=Contract(
            records="json_extract(body, '$.elements[*]')",
            fields=(
                Field("external_id", "VARCHAR", "context.post", required=True),
                Field("metric", "VARCHAR", "context.metric", required=True),
                Field("amount", "BIGINT", "$.count", required=True),
            ),
            key=("external_id", "metric"),
        ),
    ),
    Resource(
        name="account_metrics",
        fetch=insights.account_metrics,
        history_days=HISTORY_DAYS,
        settles_after_days=2,
        scopes=ADMIN,
        contract=Contract(records=STATISTICS, fields=(DAY, *COUNTERS), key=("as_of_date",)),
    ),
    Resource(
        name="account_metrics",
        variant="followers",
        fetch=insights.follower_gains,
        history_days=HISTORY_DAYS,
        settles_after_days=2,
        scopes=ADMIN,
        contract=Contract(
            records=STATISTICS,
            fields=(
                DAY,
                Field("organic_followers_gained", "BIGINT", "$.followerGains.organicFollowerGain"),
                Field("paid_followers_gained", "BIGINT", "$.followerGains.paidFollowerGain"),
            ),
            key=("as_of_date",),
        ),
    ),
    Resource(
        name="account_metrics",
        variant="views",
        fetch=insights.page_views,
        history_days=HISTORY_DAYS,
        settles_after_days=2,
        scopes=ADMIN,
        contract=Contract(
            records=STATISTICS,
            fields=(DAY, Field("page_views", "BIGINT", "$.totalPageStatistics.views.allPageViews.pageViews")),
            key=("as_of_date",),
        ),
    ),
    Resource(
        name="account_metrics",
        variant="person",
        fetch=insights.person_days,
        history_days=HISTORY_DAYS,
        settles_after_days=2,
        scopes=("r_member_postAnalytics",),
        contract=Contract(
            records=OF_PERSON,
            fields=(
                DAY,
                Field("metric", "VARCHAR", "context.metric", required=True),
                Field("amount", "BIGINT", "$.count", required=True),
            ),
            key=("as_of_date", "metric"),
        ),
    ),
    Resource(
        name="demographics",
        fetch=insights.demographics,
        scopes=ADMIN,
        contract=Contract(
            records=FACETS,
            fields=(
                Field("dimension", "VARCHAR", "$.dimension", required=True),
                Field("value", "VARCHAR", "$.value", required=True),
                Field("amount", "BIGINT", "$.counts.organicFollowerCount"),
                Field("paid_amount", "BIGINT", "$.counts.paidFollowerCount"),
            ),
            key=("dimension", "value"),
        ),
    ),
    Resource(
        name="demographics",
        variant="names",
        fetch=names,
        scopes=ADMIN,
        contract=Contract(
            records=NAMES,
            fields=(
                Field("sort", "VARCHAR", "context.sort", required=True),
                Field("number", "VARCHAR", "$.number", required=True),
                Field("name", "VARCHAR", "$.name", required=True),
            ),
            key=("sort", "number"),
        ),
    ),
    Resource(
        name="comments",
        fetch=insights.comments,
        needs_posts=True,
        contract=Contract(
            records="json_extract(body, '$.elements[*]')",
            fields=(
                Field("external_id", "VARCHAR", "$.commentUrn", required=True),
                Field("post_id", "VARCHAR", "context.post", required=True),
                Field("parent_id", "VARCHAR", "$.parentComment"),
                Field("author_id", "VARCHAR", "$.actor"),
                Field("text", "VARCHAR", "$.message.text"),
                Field("created_at", "EPOCH_MS", "$.created.time", required=True),
                Field("modified_at", "EPOCH_MS", "$.lastModified.time"),
                Field("likes", "BIGINT", "$.likesSummary.totalLikes"),
            ),
            key=("external_id",),
        ),
    ),
)
