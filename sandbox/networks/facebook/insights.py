"""Page and post insights: one dead name fails the whole call, days are Pacific, no data is an empty list."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.networks.meta.errors import denied, invalid, missing, unauthorized
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Post

_PACIFIC = ZoneInfo("America/Los_Angeles")
_LONGEST = timedelta(days=90, hours=2)
_KINDS = ("like", "love", "wow", "haha", "sorry", "anger")

Counters = Mapping[str, int]
# Sums over a span of days.
_BY_DAY: dict[str, Callable[[Counters], int]] = {
    "page_media_view": lambda found: found["views"],
    "page_total_media_view_unique": lambda found: found["reach"],
    "page_post_engagements": lambda found: sum(found[name] for name in ("reactions", "comments", "shares", "clicks")),
    "page_views_total": lambda found: found["profile_visits"],
    "page_video_views": lambda found: found["views"] * 3 // 10,
    "page_total_actions": lambda found: found["link_clicks"],
    "page_daily_follows_unique": lambda found: found["followers_gained"],
    "page_daily_unfollows_unique": lambda found: found["followers_lost"],
    **{f"page_actions_post_reactions_{kind}_total": itemgetter(f"reactions_{kind}") for kind in _KINDS},
}
_OF_POST: dict[str, Callable[[Counters], Any]] = {
    "post_media_view": lambda found: found["views"],
    "post_total_media_view_unique": lambda found: found["reach"],
    "post_clicks": lambda found: found["clicks"],
    "post_reactions_by_type_total": lambda found: {
        kind: found[f"reactions_{kind}"] for kind in _KINDS if found[f"reactions_{kind}"]
    },
    **{f"post_reactions_{kind}_total": itemgetter(f"reactions_{kind}") for kind in _KINDS},
}
_SPANS = {"day": 1, "week": 7, "days_28": 28}


def of_page(call: Call, page_id: str) -> dict[str, Any]:
    page = call.acting("read_insights")
    if call.grant().extra.get("kind") == "user":
        raise unauthorized("This method must be called with a Page Access Token")
    if page.external_id != page_id:
        raise denied("read_insights")
    names, period = call.words("metric"), call.text("period", "day")
    since = call.moment("since") or call.now - timedelta(days=2)
    until = call.moment("until") or call.now
    if until - since > _LONGEST:
        raise invalid("There cannot be more than 90 days (7776000 s) between since and until")
    found = []
    for name in names:
        if values := _values(call, page, name, period, since, until):
            found.append(_metric(page_id, name, period, values))
    return {"data": found, "paging": {"previous": _neighbour(call, since, since - (until - since))}}


def of_post(call: Call, post_id: str) -> dict[str, Any]:
    call.acting("read_insights")
    post = call.world.post("facebook", post_id)
    if post is None:
        raise missing(post_id)
    return {"data": _lifetime(call, post, call.words("metric"))}


def nested(call: Call, post: Post, want: Want) -> dict[str, Any]:
    """`insights.metric(a,b)` among a post's fields."""
    return {"data": _lifetime(call, post, want.how.get("metric", "").split(","))}


def _lifetime(call: Call, post: Post, names: list[str]) -> list[dict[str, Any]]:
    counters = call.world.counters(post, call.now)
    for name in names:
        if name not in _OF_POST:
            raise invalid("The value must be a valid insights metric")
    return [_metric(post.external_id, name, "lifetime", [{"value": _OF_POST[name](counters)}]) for name in names]


def _values(
    call: Call, page: Account, name: str, period: str, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    if name in ("page_follows_city", "page_follows_country"):
        people = call.world.demographics(page, call.now)[name.rsplit("_", 1)[-1]]
        return [{"value": people, "end_time": stamp(_midnight(call.now.astimezone(_PACIFIC).date()))}]
    if name != "page_follows" and name not in _BY_DAY:
        raise invalid("The value must be a valid insights metric")
    if period not in _SPANS:
        raise invalid(f"The metric {name} is not available for the period {period}")
    found = []
    day = since.astimezone(_PACIFIC).date()
    while (end := _midnight(day + timedelta(days=1))) <= min(until, call.now):
        if end > since:
            start = _midnight(day + timedelta(days=1 - _SPANS[period]))
            if name == "page_follows":
                value = call.world.account_counters(page, end)["followers"]
            else:
                value = _BY_DAY[name](call.world.account_between(page, start, end))
            found.append({"value": value, "end_time": stamp(end)})
        day += timedelta(days=1)
    return found


def _metric(about: str, name: str, period: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    title = name.replace("_", " ").capitalize()
    return {
        "name": name,
        "period": period,
        "values": values,
        "title": title,
        "description": title,
        "id": f"{about}/insights/{name}/{period}",
    }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, _PACIFIC).astimezone(UTC)


def _neighbour(call: Call, end: datetime, start: datetime) -> str:
    return str(call.request.url.include_query_params(since=int(start.timestamp()), until=int(end.timestamp())))
