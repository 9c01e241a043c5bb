"""What LinkedIn tells about an organisation page, its posts, its days and its followers."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from platforms.calls import batches, days, slices
from platforms.linkedin.client import Client, encoded, listed
from platforms.platform import Contract, Field, Page, PostRef, Resource, Window

HISTORY_DAYS = 365
DAYS_OF = ZoneInfo("UTC")
DAYS_PER_CALL = timedelta(days=90)
# Keeps the address of a call under the length at which servers refuse it.
URNS_PER_CALL = 20
POSTS_PER_PAGE = 100

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
# Each facet is a list of `{<facet>: urn, followerCounts: {…}}`.
FACETS = """
flatten(flatten(list_transform(json_extract(body, '$.elements[*]'), lambda e:
    list_transform(list_filter(json_keys(e), lambda k: k LIKE 'followerCountsBy%'), lambda k:
        list_transform(json_extract(json_extract(e, concat('/', k)), '$[*]'), lambda f: json_object(
            'dimension', substr(k, 17),
            'value', json_extract(f, concat('/', list_filter(json_keys(f), lambda n: n <> 'followerCounts')[1])),
            'counts', f->'$.followerCounts'))))))
"""


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The page as it is now."""
    yield await client.page(f"/rest/organizations/{client.account.rsplit(':', 1)[-1]}", {}, account=client.account)


async def followers(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The page's total of followers, which its profile does not say."""
    path = f"/rest/networkSizes/{encoded(client.account)}"
    yield await client.page(path, {"edgeType": "COMPANY_FOLLOWED_BY_MEMBER"}, account=client.account)


async def authored(client: Client, start: datetime) -> AsyncIterator[tuple[Page, list[dict[str, Any]]]]:
    """The page's own posts, newest first, until before a moment; LinkedIn knows no later end."""
    query = {
        "q": "author",
        "author": encoded(client.account),
        "count": str(POSTS_PER_PAGE),
        "sortBy": "CREATED",
    }
    async for page, body in client.pages("/rest/posts", query, finder=True):
        found = body.get("elements", [])
        yield page, found
        moments = [moment(post) for post in found]
        if moments and all(at is not None and at < start for at in moments):
            return


def moment(post: dict[str, Any]) -> datetime | None:
    """When a post appeared; None where it does not say so, which the contract will notice."""
    milliseconds = post.get("publishedAt") or post.get("createdAt")
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if isinstance(milliseconds, int) else None


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own posts of every kind, wherever they were made: the pages that touch the window."""
    async for page, found in authored(client, window.start):
        moments = [moment(post) for post in found]
        if any(at is None or window.start <= at < window.end for at in moments):
            yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Lifetime counters. LinkedIn leaves out a post that nobody has met yet."""
    shares = [post.external_id for post in posts if post.external_id.startswith("urn:li:share:")]
    others = [post.external_id for post in posts if post.external_id.startswith("urn:li:ugcPost:")]
    for name, urns in (("shares", shares), ("ugcPosts", others)):
        for some in batches(urns, URNS_PER_CALL):
            async for page, _ in _statistics(client, "Share", {name: listed(list(some))}):
                yield page


async def account_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The figures of all the page's posts together, by UTC day."""
    for interval in _intervals(window):
        async for page, _ in _statistics(client, "Share", interval):
            yield page


async def follower_gains(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """New followers by UTC day."""
    for interval in _intervals(window):
        async for page, _ in _statistics(client, "Follower", interval):
            yield page


async def demographics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Who follows the page now; the hundred largest groups of each kind."""
    async for page, _ in _statistics(client, "Follower", {}):
        yield page


async def _statistics(
    client: Client, what: str, narrowed: dict[str, str]
) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
    query = {"q": "organizationalEntity", "organizationalEntity": encoded(client.account), **narrowed}
    async for found in client.pages(f"/rest/organizationalEntity{what}Statistics", query):
        yield found


def _intervals(window: Window) -> list[dict[str, str]]:
    touched = days(window, DAYS_OF)
    if not touched:
        return []
    whole = Window(touched[0][1].start, touched[-1][1].end)
    return [
        {
            "timeIntervals": f"(timeRange:(start:{_ms(span.start)},end:{_ms(span.end)}),timeGranularityType:DAY)",
        }
        for span in slices(whole, DAYS_PER_CALL)
    ]


def _ms(instant: datetime) -> int:
    return int(instant.timestamp()) * 1000


COUNTERS = (
    Field("impressions", "BIGINT", "$.totalShareStatistics.impressionCount"),
    Field("reach", "BIGINT", "$.totalShareStatistics.uniqueImpressionsCount"),
    Field("likes", "BIGINT", "$.totalShareStatistics.likeCount"),
    Field("comments", "BIGINT", "$.totalShareStatistics.commentCount"),
    Field("shares", "BIGINT", "$.totalShareStatistics.shareCount"),
    Field("clicks", "BIGINT", "$.totalShareStatistics.clickCount"),
)

RESOURCES = (
    Resource(
        name="accounts",
        fetch=accounts,
        contract=Contract(
            records="[body]",
            fields=(
                Field("external_id", "VARCHAR", "context.account", required=True),
                Field("name", "VARCHAR", "$.localizedName", required=True),
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
        fetch=followers,
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
        fetch=posts,
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
        fetch=post_metrics,
        needs_posts=True,
        history_days=HISTORY_DAYS,
        contract=Contract(
            records=STATISTICS,
            fields=(Field("external_id", "VARCHAR", "$.post", required=True), *COUNTERS),
            key=("external_id",),
        ),
    ),
    Resource(
        name="account_metrics",
        fetch=account_metrics,
        history_days=HISTORY_DAYS,
        settles_after_days=2,
        contract=Contract(
            records=STATISTICS,
            fields=(Field("as_of_date", "DATE", "$.day", required=True), *COUNTERS),
            key=("as_of_date",),
        ),
    ),
    Resource(
        name="account_metrics",
        variant="followers",
        fetch=follower_gains,
        history_days=HISTORY_DAYS,
        settles_after_days=2,
        contract=Contract(
            records=STATISTICS,
            fields=(
                Field("as_of_date", "DATE", "$.day", required=True),
                Field("organic_followers_gained", "BIGINT", "$.followerGains.organicFollowerGain"),
                Field("paid_followers_gained", "BIGINT", "$.followerGains.paidFollowerGain"),
            ),
            key=("as_of_date",),
        ),
    ),
    Resource(
        name="demographics",
        fetch=demographics,
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
)
