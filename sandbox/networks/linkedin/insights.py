"""Statistics of pages: their posts, followers and visitors; lifetime, or by day or month of a span."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin import spans
from sandbox.networks.linkedin.call import Call, organization_by_urn
from sandbox.networks.linkedin.errors import denied, invalid, missing
from sandbox.networks.linkedin.people import NETWORK
from sandbox.networks.linkedin.spans import KEPT, Span
from sandbox.web import json_response
from sandbox.world import Account, Post

_TOP = 100
_FACETS = {
    "Seniority": ("seniority", "seniority"),
    "Industry": ("industry", "industry"),
    "Function": ("function", "function"),
    "StaffCountRange": ("staffCountRange", "staff_count_range"),
    "GeoCountry": ("geo", "country"),
    "Geo": ("geo", "geo"),
}
# LinkedIn has a number for each country, not a code.
COUNTRIES = {
    "BR": "106057199",
    "DE": "101282230",
    "DK": "104514075",
    "ES": "105646813",
    "FR": "105015875",
    "GB": "101165590",
    "JP": "101355337",
    "NO": "103819153",
    "SE": "105117694",
    "US": "103644278",
}
_COUNTED = ("impressions", "reach", "likes", "comments", "shares", "clicks")
_VIEWED = ("allPageViews", "overviewPageViews", "aboutPageViews", "careersPageViews", "jobsPageViews")


async def shares(call: Call) -> Response:
    """What people did with an organization's posts: all together, or post by post."""
    account = _administered(call, "organizationalEntity")
    named = {"share": call.listed("shares"), "ugcPost": call.listed("ugcPosts")}
    asked, now = spans.asked(call), call.world.now()
    elements: list[dict[str, Any]] = []
    if not any(named.values()):
        every = call.world.posts(NETWORK, account.external_id, since=now - KEPT)
        for span in asked or [(now - KEPT, now)]:
            elements.append(_element(call, span if asked else None, summed(call, every, span)))
        return _whole(elements)
    for word, urns in named.items():
        for post in _living(call, account, urns):
            for span in asked or [(max(post.created_at, now - KEPT), now)]:
                totals = summed(call, [post], span)
                # A post without activity is not an element of zeros: it is no element.
                if any(totals.values()):
                    elements.append({**_element(call, span if asked else None, totals), word: post.external_id})
    return _whole(elements)


async def followers(call: Call) -> Response:
    """Who follows, by facet; with a time interval instead how many came."""
    account = _administered(call, "organizationalEntity")
    entity, asked = call.text("organizationalEntity"), spans.asked(call)
    if asked is not None:
        gains = [
            {
                "timeRange": spans.written(span),
                "organizationalEntity": entity,
                "followerGains": _gains(call, account, span),
            }
            for span in asked
        ]
        return _whole(gains)
    element: dict[str, Any] = {"organizationalEntity": entity, "followerCountsByAssociationType": []}
    for facet, word, value, count in _people(call, account):
        found = {word: value, "followerCounts": {"organicFollowerCount": count, "paidFollowerCount": 0}}
        element.setdefault(f"followerCountsBy{facet}", []).append(found)
    return _whole([element])


async def visitors(call: Call) -> Response:
    """Views of an organization's page, by facet; with a time interval instead by day or month."""
    account = _administered(call, "organization")
    entity, asked, now = call.text("organization"), spans.asked(call), call.world.now()
    if asked is not None:
        elements = []
        for span in asked:
            seen = call.world.account_between(account, span[0], min(span[1], now))["profile_visits"]
            total = _views(seen) | {"clicks": {}}
            elements.append({"timeRange": spans.written(span), "organization": entity, "totalPageStatistics": total})
        return _whole(elements)
    seen = call.world.account_between(account, now - KEPT, now)["profile_visits"]
    element: dict[str, Any] = {"organization": entity, "totalPageStatistics": _views(seen) | {"clicks": {}}}
    everyone = max(call.world.account_counters(account, now)["followers"], 1)
    for facet, word, value, count in _people(call, account):
        found = {word: value, "pageStatistics": _views(seen * count // everyone)}
        element.setdefault(f"pageStatisticsBy{facet}", []).append(found)
    return _whole([element])


async def network_size(call: Call) -> Response:
    """How many follow an organization."""
    urn = call.key()
    account = organization_by_urn(call.world, urn)
    if account is None:
        raise missing(urn)
    call.one_of("edgeType", ("COMPANY_FOLLOWED_BY_MEMBER", "CompanyFollowedByMember"))
    return json_response({"firstDegreeSize": call.world.account_counters(account, call.world.now())["followers"]})


def summed(call: Call, posts: Iterable[Post], span: Span) -> dict[str, int]:
    """What a span added to the counters of some posts."""
    start, end = span[0], min(span[1], call.world.now())
    sums = dict.fromkeys(_COUNTED, 0)
    for post in posts:
        if post.created_at < end:
            for name, value in call.world.counters_between(post, start, end).items():
                if name in sums:
                    sums[name] += value
    return sums


def dead(call: Call) -> set[str]:
    """The metrics that LinkedIn gives no more, by their names on the wire."""
    return {str(planted["metric"]).rsplit(".", 1)[-1] for planted in call.world.planted("metric_dies", NETWORK)}


def _administered(call: Call, entity: str) -> Account:
    """The organization asked about, if the member administers it. Raises Refusal."""
    call.one_of("q", (entity,))
    if not call.owns(call.text(entity)):
        raise denied(f"{call.request.url.path.rsplit('/', 1)[-1]}.FINDER-{entity}")
    return call.account


def _living(call: Call, account: Account, urns: list[str]) -> Iterable[Post]:
    for urn in urns:
        if not urn.startswith("urn:li:"):
            raise invalid(f"{urn} is not a URN", "PARAM_INVALID")
        post = call.feed.post(urn)
        if post is not None and post.account_id == account.external_id:
            yield post


def _element(call: Call, span: Span | None, sums: dict[str, int]) -> dict[str, Any]:
    acts = sums["clicks"] + sums["likes"] + sums["comments"] + sums["shares"]
    statistics = {
        "uniqueImpressionsCount": sums["reach"],
        "shareCount": sums["shares"],
        "engagement": acts / sums["impressions"] if sums["impressions"] else 0.0,
        "clickCount": sums["clicks"],
        "likeCount": sums["likes"],
        "impressionCount": sums["impressions"],
        "commentCount": sums["comments"],
    }
    gone = dead(call)
    element: dict[str, Any] = {
        "organizationalEntity": call.text("organizationalEntity"),
        "totalShareStatistics": {name: value for name, value in statistics.items() if name not in gone},
    }
    return element if span is None else {"timeRange": spans.written(span), **element}


def _gains(call: Call, account: Account, span: Span) -> dict[str, int]:
    """Followers won less followers lost; LinkedIn's gains can be negative."""
    changed = call.world.account_between(account, span[0], min(span[1], call.world.now()))
    gains = {
        "organicFollowerGain": changed["followers_gained"] - changed["followers_lost"],
        "paidFollowerGain": 0,
    }
    return {name: value for name, value in gains.items() if name not in dead(call)}


def _people(call: Call, account: Account) -> Iterable[tuple[str, str, str, int]]:
    """Followers by facet: its name, the word for its values, a value and how many; the largest of each."""
    found = call.world.demographics(account, call.world.now())
    for facet, (word, dimension) in _FACETS.items():
        for value, count in sorted(found.get(dimension, {}).items(), key=lambda item: -item[1])[:_TOP]:
            yield facet, word, _urn(dimension, value), count


def _urn(dimension: str, value: str) -> str:
    """A facet's value: a URN to resolve, but for sizes, which are words."""
    if dimension == "staff_count_range" or value.startswith("urn:"):
        return value
    return f"urn:li:geo:{COUNTRIES.get(value, value)}"


def _views(total: int) -> dict[str, Any]:
    """Views of a page's sections, most of them of its front."""
    parts = {"allPageViews": total, "overviewPageViews": total * 7 // 10, "aboutPageViews": total * 2 // 10}
    return {"views": {name: {"pageViews": parts.get(name, 0)} for name in _VIEWED}}


def _whole(elements: list[dict[str, Any]]) -> Response:
    """Statistics come in one page."""
    return json_response({"paging": {"start": 0, "count": 10, "links": []}, "elements": elements})
