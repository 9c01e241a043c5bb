"""What people did with a person's own posts: one metric a call, all together or by day."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin import spans
from sandbox.networks.linkedin.call import Call
from sandbox.networks.linkedin.errors import denied, invalid, missing
from sandbox.networks.linkedin.insights import dead, summed
from sandbox.networks.linkedin.people import NETWORK
from sandbox.web import json_response
from sandbox.world import Post

_METRICS = {
    "IMPRESSION": "impressions",
    "MEMBERS_REACHED": "reach",
    "RESHARE": "shares",
    "REACTION": "likes",
    "COMMENT": "comments",
}
_TYPE = "com.linkedin.adsexternalapi.memberanalytics.v1.CreatorPostAnalyticsMetricTypeV1"
_SORTS = {"share": "share", "ugc": "ugcPost"}


async def post_analytics(call: Call) -> Response:
    """One metric of a post, or of all posts of the person."""
    finder = call.one_of("q", ("entity", "me"))
    metric = call.text("queryType")
    if metric not in _METRICS or metric in dead(call):
        raise invalid(f"Parameter 'queryType' is invalid: {metric}", "PARAM_INVALID")
    daily = call.one_of("aggregation", ("DAILY", "TOTAL"), "TOTAL") == "DAILY"
    if daily and metric == "MEMBERS_REACHED":
        raise invalid("aggregation DAILY is not supported for queryType MEMBERS_REACHED", "PARAM_INVALID")
    posts = [_post(call)] if finder == "entity" else call.world.posts(NETWORK, call.person.external_id)
    now = call.world.now()
    oldest = min((post.created_at for post in posts), default=now)
    span = spans.dated(call) or (oldest, now)
    elements = [_element(call, posts, metric, one) for one in (spans.days(span) if daily else [span])]
    if finder == "entity":
        elements = [{**element, "targetEntity": call.query["entity"]} for element in elements]
    return json_response({"paging": {"start": 0, "count": 10, "links": []}, "elements": elements})


def _post(call: Call) -> Post:
    """The post of a `(share:urn)` or `(ugc:urn)`, if the person wrote it. Raises Refusal."""
    entity = call.query.get("entity")
    if not isinstance(entity, dict) or len(entity) != 1 or not set(entity) <= set(_SORTS):
        raise invalid("Parameter 'entity' is (share:urn) or (ugc:urn)", "PARAM_INVALID")
    ((sort, urn),) = entity.items()
    if not isinstance(urn, str) or not urn.startswith(f"urn:li:{_SORTS[sort]}:"):
        raise invalid(f"Parameter 'entity' does not name a {_SORTS[sort]}", "PARAM_INVALID")
    post = call.feed.post(urn)
    if post is None:
        raise missing(urn)
    if post.account_id != call.person.external_id:
        raise denied("memberCreatorPostAnalytics.FINDER-entity")
    return post


def _element(call: Call, posts: list[Post], metric: str, span: spans.Span) -> dict[str, Any]:
    return {
        "count": summed(call, posts, span)[_METRICS[metric]],
        "metricType": {_TYPE: metric},
        "dateRange": spans.dated_as(span),
    }
