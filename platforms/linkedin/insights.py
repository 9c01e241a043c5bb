"""What LinkedIn tells about a page or a person, their posts, their days and their followers."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from platforms.calls import batches
from platforms.errors import Rejected
from platforms.linkedin.client import Client
from platforms.linkedin.posts import authored, moment
from platforms.linkedin.restli import encoded, interval, listed, record
from platforms.platform import Page, PostRef, Window
from platforms.windows import Reach, cut, dates

HISTORY_DAYS = 365
DAYS_OF = ZoneInfo("UTC")
# Keeps the address of a call under the length at which servers refuse it.
URNS_PER_CALL = 20
COMMENTS_PER_PAGE = 100
_URN = re.compile(r"urn:li:(?:industry|function|seniority|geo):\d+")

_DAYS = Reach(longest=timedelta(days=90), zone=DAYS_OF, history=timedelta(days=HISTORY_DAYS))
# How much time one call may ask for, by operation; statistics are kept for a rolling year.
REACHES: dict[str, Reach] = {
    "organizationalEntityShareStatistics": _DAYS,
    "organizationalEntityFollowerStatistics": _DAYS,
    "organizationPageStatistics": _DAYS,
    "memberCreatorPostAnalytics": _DAYS,
}
# One metric a call; the second list is of those that LinkedIn also counts by day.
OF_PERSON = ("IMPRESSION", "MEMBERS_REACHED", "REACTION", "COMMENT", "RESHARE")
OF_PERSON_BY_DAY = tuple(metric for metric in OF_PERSON if metric != "MEMBERS_REACHED")


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The page or person as they are now."""
    path = "/v2/userinfo" if client.is_person else f"/rest/organizations/{client.account.rsplit(':', 1)[-1]}"
    yield await client.page(path, {}, account=client.account)


async def followers(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The page's total of followers, which its profile does not say."""
    if not client.is_person:
        yield await network_size(client, client.account, account=client.account)


async def network_size(client: Client, urn: str, **context: str | None) -> Page:
    """How many follow a page."""
    path = f"/rest/networkSizes/{encoded(urn)}"
    return await client.page(path, {"edgeType": "COMPANY_FOLLOWED_BY_MEMBER"}, finder=False, **context)


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own posts of every kind, wherever they were made: the pages that touch the window."""
    if client.is_person and not client.may("r_member_social"):
        return
    async for page, found in authored(client, window.start):
        moments = [moment(post) for post in found]
        if any(at is None or window.start <= at < window.end for at in moments):
            yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Lifetime counters of a page's posts. LinkedIn leaves out a post that nobody has met yet."""
    if client.is_person:
        return
    shares = [post.external_id for post in posts if post.external_id.startswith("urn:li:share:")]
    others = [post.external_id for post in posts if post.external_id.startswith("urn:li:ugcPost:")]
    for name, urns in (("shares", shares), ("ugcPosts", others)):
        for some in batches(urns, URNS_PER_CALL):
            async for page, _ in _statistics(client, "Share", {name: listed(some)}):
                yield page


async def account_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The figures of all the page's posts together, by UTC day."""
    for span in _spans(client, window, "organizationalEntityShareStatistics"):
        async for page, _ in _statistics(client, "Share", {"timeIntervals": interval(span)}):
            yield page


async def follower_gains(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """New followers of a page by UTC day."""
    for span in _spans(client, window, "organizationalEntityFollowerStatistics"):
        async for page, _ in _statistics(client, "Follower", {"timeIntervals": interval(span)}):
            yield page


async def page_views(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Views of the page itself by UTC day."""
    for span in _spans(client, window, "organizationPageStatistics"):
        query = {"q": "organization", "organization": encoded(client.account), "timeIntervals": interval(span)}
        async for page, _ in client.pages("/rest/organizationPageStatistics", query, finder=True):
            yield page


async def demographics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Who follows the page now; the hundred largest groups of each kind."""
    if client.is_person:
        return
    async for page, body in _statistics(client, "Follower", {}):
        client.facets |= set(_URN.findall(json.dumps(body)))
        yield page


async def person_post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Lifetime counters of a person's posts, one metric a page."""
    if not client.is_person:
        return
    for post in posts:
        word = "ugc" if post.external_id.startswith("urn:li:ugcPost:") else "share"
        query = {"q": "entity", "entity": record({word: encoded(post.external_id)}), "aggregation": "TOTAL"}
        async for page in _of_person(client, OF_PERSON, query, post=post.external_id):
            yield page


async def person_days(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The figures of all of a person's posts together, by UTC day, one metric a page."""
    if not client.is_person:
        return
    for span in cut(window, REACHES["memberCreatorPostAnalytics"], client.now):
        first, last = dates(span, DAYS_OF)
        bounds = {"start": _date(first), "end": _date(last + timedelta(days=1))}
        query = {"q": "me", "aggregation": "DAILY", "dateRange": record(bounds)}
        async for page in _of_person(client, OF_PERSON_BY_DAY, query):
            yield page


async def comments(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Comments under the account's posts, and the answers to them."""
    if not client.may("r_member_social" if client.is_person else "r_organization_social_feed"):
        return
    for post in posts:
        async for page, found in _comments_of(client, post.external_id, post.external_id):
            yield page
            for comment in found:
                if (comment.get("commentsSummary") or {}).get("totalFirstLevelComments"):
                    async for nested, _ in _comments_of(client, comment["commentUrn"], post.external_id):
                        yield nested


async def _statistics(
    client: Client, what: str, narrowed: dict[str, str]
) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
    query = {"q": "organizationalEntity", "organizationalEntity": encoded(client.account), **narrowed}
    async for found in client.pages(f"/rest/organizationalEntity{what}Statistics", query, finder=True):
        yield found


def _spans(client: Client, window: Window, operation: str) -> list[Window]:
    """The days to ask for; only pages have these figures."""
    return [] if client.is_person else cut(window, REACHES[operation], client.now)


async def _of_person(
    client: Client, metrics: Sequence[str], query: dict[str, str], **context: str | None
) -> AsyncIterator[Page]:
    """One page for each metric that LinkedIn gives; one that it refuses is parked."""
    for metric in metrics:

        async def call(wanted: Sequence[str]) -> Page:
            asked = {**query, "queryType": wanted[0]}
            return await client.page(
                "/rest/memberCreatorPostAnalytics", asked, finder=True, metric=wanted[0], **context
            )

        for page in await client.parked.ask([metric], call, _names_metric):
            yield page


def _names_metric(refusal: Rejected) -> bool:
    return "queryType" in str(refusal)


async def _comments_of(client: Client, urn: str, post: str) -> AsyncIterator[tuple[Page, list[dict[str, Any]]]]:
    path = f"/rest/socialActions/{encoded(urn)}/comments"
    async for page, body in client.pages(path, {"count": str(COMMENTS_PER_PAGE)}, post=post):
        yield page, body.get("elements", [])


def _date(day: date) -> str:
    return record({"year": str(day.year), "month": str(day.month), "day": str(day.day)})
