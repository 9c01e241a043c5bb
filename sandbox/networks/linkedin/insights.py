"""Statistics of shares and followers: lifetime, or by day or month of a span."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin.errors import denied, invalid, missing
from sandbox.networks.linkedin.gate import NETWORK, Call, organization_by_urn
from sandbox.networks.linkedin.read import milliseconds
from sandbox.web import json_response
from sandbox.world import Account, Post

_KEPT = timedelta(days=365)
_TOP = 100
_MOMENT_DIGITS = 13
_FACETS = {
    "followerCountsBySeniority": ("seniority", "seniority"),
    "followerCountsByIndustry": ("industry", "industry"),
    "followerCountsByFunction": ("function", "function"),
    "followerCountsByStaffCountRange": ("staffCountRange", "staff_count_range"),
    "followerCountsByGeoCountry": ("geo", "country"),
    "followerCountsByGeo": ("geo", "geo"),
}
# LinkedIn has a number for each country, not a code.
_COUNTRIES = {
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
Span = tuple[datetime, datetime]


async def shares(call: Call) -> Response:
    """What people did with an organization's posts: all together, or post by post."""
    account = _administered(call)
    named = {"share": call.listed("shares"), "ugcPost": call.listed("ugcPosts")}
    spans = _spans(call)
    now = call.world.now()
    elements: list[dict[str, Any]] = []
    if not any(named.values()):
        every = call.world.posts(NETWORK, account.external_id, since=now - _KEPT)
        for span in spans or [(now - _KEPT, now)]:
            totals = _sum(call, every, span)
            elements.append(_element(call, span if spans else None, totals))
        return _whole(elements)
    for word, urns in named.items():
        for post in _living(call, account, urns):
            for span in spans or [(max(post.created_at, now - _KEPT), now)]:
                totals = _sum(call, [post], span)
                # A post without activity is not an element of zeros: it is no element.
                if any(totals.values()):
                    element = _element(call, span if spans else None, totals)
                    elements.append({**element, word: post.external_id})
    return _whole(elements)


async def followers(call: Call) -> Response:
    """Who follows, by facet; with a time interval instead how many came."""
    account = _administered(call)
    now, entity = call.world.now(), call.text("organizationalEntity")
    spans = _spans(call)
    if spans is not None:
        return _whole(
            [
                {
                    "timeRange": _range(span),
                    "organizationalEntity": entity,
                    "followerGains": _gains(call, account, span),
                }
                for span in spans
            ]
        )
    found = call.world.demographics(account, now)
    element: dict[str, Any] = {"organizationalEntity": entity, "followerCountsByAssociationType": []}
    for facet, (word, dimension) in _FACETS.items():
        ranked = sorted(found.get(dimension, {}).items(), key=lambda item: -item[1])[:_TOP]
        element[facet] = [{word: _urn(dimension, value), "followerCounts": _organic(count)} for value, count in ranked]
    return _whole([element])


async def network_size(call: Call) -> Response:
    """How many follow an organization."""
    urn = call.key()
    account = organization_by_urn(call.world, urn)
    if account is None:
        raise missing(urn)
    if call.text("edgeType") not in ("COMPANY_FOLLOWED_BY_MEMBER", "CompanyFollowedByMember"):
        raise invalid("Parameter 'edgeType' is invalid", "PARAM_INVALID")
    return json_response({"firstDegreeSize": call.world.account_counters(account, call.world.now())["followers"]})


def _administered(call: Call) -> Account:
    """The organization asked about, if the member administers it. Raises Refusal."""
    if call.text("q") != "organizationalEntity":
        raise invalid("Parameter 'q' is invalid", "PARAM_INVALID")
    if not call.owns(call.text("organizationalEntity")):
        raise denied(call.request.url.path.rsplit("/", 1)[-1] + ".FINDER-organizationalEntity")
    return call.account


def _spans(call: Call) -> list[Span] | None:
    """The spans of a time interval in UTC; None where none is asked. Raises Refusal."""
    asked = call.query.get("timeIntervals")
    if asked is None:
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("timeRange"), dict):
        raise invalid("Parameter 'timeIntervals' is invalid", "PARAM_INVALID")
    bounds, step = asked["timeRange"], asked.get("timeGranularityType")
    now = call.world.now()
    start = _moment(bounds, "start")
    end = min(_moment(bounds, "end"), now) if isinstance(bounds, dict) and "end" in bounds else now
    if step not in ("DAY", "MONTH"):
        raise invalid("Parameter 'timeGranularityType' is DAY or MONTH", "PARAM_INVALID")
    return list(_steps(max(start, now - _KEPT), end, monthly=step == "MONTH"))


def _moment(bounds: Any, name: str) -> datetime:
    value = bounds.get(name)
    if not isinstance(value, str) or not value.isdecimal() or len(value) > _MOMENT_DIGITS:
        raise invalid(f"Parameter 'timeRange.{name}' must be in milliseconds", "PARAM_INVALID")
    return datetime.fromtimestamp(int(value) / 1000, UTC)


def _steps(start: datetime, end: datetime, *, monthly: bool) -> Iterable[Span]:
    """Whole days or months from the one in which the span starts."""
    edge = start.replace(hour=0, minute=0, second=0, microsecond=0)
    if monthly:
        edge = edge.replace(day=1)
    while edge < end:
        following = (edge + timedelta(days=32)).replace(day=1) if monthly else edge + timedelta(days=1)
        yield edge, following
        edge = following


def _living(call: Call, account: Account, urns: list[str]) -> Iterable[Post]:
    for urn in urns:
        post = call.world.post(NETWORK, urn)
        if post is not None and post.deleted_at is None and post.account_id == account.external_id:
            yield post


def _sum(call: Call, posts: Iterable[Post], span: Span) -> dict[str, int]:
    """What a span added to the counters of some posts."""
    start, end = span[0], min(span[1], call.world.now())
    sums = dict.fromkeys(("impressions", "reach", "likes", "comments", "shares", "clicks"), 0)
    for post in posts:
        if post.created_at < end:
            for name, value in call.world.counters_between(post, start, end).items():
                if name in sums:
                    sums[name] += value
    return sums


def _element(call: Call, span: Span | None, sums: dict[str, int]) -> dict[str, Any]:
    acts = sums["clicks"] + sums["likes"] + sums["comments"] + sums["shares"]
    element: dict[str, Any] = {
        "organizationalEntity": call.text("organizationalEntity"),
        "totalShareStatistics": {
            "uniqueImpressionsCount": sums["reach"],
            "shareCount": sums["shares"],
            "engagement": acts / sums["impressions"] if sums["impressions"] else 0.0,
            "clickCount": sums["clicks"],
            "likeCount": sums["likes"],
            "impressionCount": sums["impressions"],
            "commentCount": sums["comments"],
        },
    }
    return element if span is None else {"timeRange": _range(span), **element}


def _range(span: Span) -> dict[str, int]:
    return {"start": milliseconds(span[0]), "end": milliseconds(span[1])}


def _gains(call: Call, account: Account, span: Span) -> dict[str, int]:
    """Followers won less followers lost; LinkedIn's gains can be negative."""
    changed = call.world.account_between(account, span[0], min(span[1], call.world.now()))
    return {
        "organicFollowerGain": changed["followers_gained"] - changed["followers_lost"],
        "paidFollowerGain": 0,
    }


def _organic(count: int) -> dict[str, int]:
    return {"organicFollowerCount": count, "paidFollowerCount": 0}


def _urn(dimension: str, value: str) -> str:
    """A facet's value: a URN to resolve, but for sizes, which are words."""
    if dimension == "staff_count_range" or value.startswith("urn:"):
        return value
    if dimension == "country":
        return f"urn:li:geo:{_COUNTRIES.get(value, value)}"
    return f"urn:li:{dimension}:{value}"


def _whole(elements: list[dict[str, Any]]) -> Response:
    """Statistics come in one page."""
    return json_response({"paging": {"start": 0, "count": 10, "links": []}, "elements": elements})
