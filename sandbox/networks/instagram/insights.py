"""Media and account insights: which metric goes with what is checked, and one wrong name fails the call."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sandbox.networks.instagram.read import PRODUCTS
from sandbox.networks.meta.errors import denied, invalid, missing
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account

_SCOPE = "instagram_business_manage_insights"
_KEPT = timedelta(days=90)
_LONGEST = timedelta(days=30, hours=2)
_DAY = timedelta(days=1)

Counters = Mapping[str, int]
_OF_MEDIA: dict[str, Callable[[Counters], int]] = {
    "views": lambda found: found["views"],
    "reach": lambda found: found["reach"],
    "likes": lambda found: found["likes"],
    "comments": lambda found: found["comments"],
    "saved": lambda found: found["saves"],
    "shares": lambda found: found["shares"],
    "total_interactions": lambda found: sum(found[name] for name in ("likes", "comments", "saves", "shares")),
    "follows": lambda found: found["follows"],
    "profile_visits": lambda found: found["profile_visits"],
}
_NOT_FOR_REELS = ("follows", "profile_visits", "profile_activity")
_WATCHED = {"ig_reels_avg_watch_time": 1, "ig_reels_video_view_total_time": 2}
_OF_ACCOUNT: dict[str, Callable[[Counters], int]] = {
    **{name: _OF_MEDIA[name] for name in ("views", "reach", "likes", "comments", "shares", "total_interactions")},
    "saves": _OF_MEDIA["saved"],
    "replies": lambda found: 0,
    "accounts_engaged": lambda found: sum(found[name] for name in ("likes", "comments", "saves", "shares")) * 7 // 10,
    "profile_links_taps": lambda found: found["link_clicks"],
    "profile_views": lambda found: found["profile_visits"],
    "follows_and_unfollows": lambda found: found["followers_gained"] - found["followers_lost"],
}
_PEOPLE = ("follower_demographics", "engaged_audience_demographics")


def of_media(call: Call, media_id: str) -> dict[str, Any]:
    acting = call.acting(_SCOPE)
    post = call.world.post("instagram", media_id)
    if post is None or post.account_id != acting.external_id:
        raise missing(media_id)
    counters, product = call.world.counters(post, call.now), PRODUCTS.get(post.kind, "FEED")
    data = []
    for name in call.words("metric"):
        if name in _WATCHED and product == "REELS":
            value = counters["views"] * _WATCHED[name] * 1000
        elif name not in _OF_MEDIA or (product == "REELS" and name in _NOT_FOR_REELS):
            raise invalid(f"The Media Insights API does not support the {name} metric for this media product type.")
        else:
            value = _OF_MEDIA[name](counters)
        data.append(_metric(media_id, name, "lifetime", values=[{"value": value}]))
    return {"data": data}


def of_account(call: Call, account_id: str) -> dict[str, Any]:
    account = call.acting(_SCOPE)
    if account.external_id != account_id:
        raise denied(_SCOPE)
    names = call.words("metric")
    if any(name in _PEOPLE for name in names):
        return {"data": [_demographics(call, account, name) for name in names]}
    if call.text("period", "day") != "day":
        raise invalid("period must be day for these metrics")
    start, end = _span(call)
    if call.text("metric_type", "time_series") == "time_series":
        return {"data": [_series(call, account, name, start, end) for name in names]}
    found = call.world.account_between(account, start, end)
    return {"data": [_total(account, name, found) for name in names]}


def _span(call: Call) -> tuple[datetime, datetime]:
    """What is asked, of what is kept."""
    end = call.moment("until") or call.now
    start = call.moment("since") or end - _DAY
    if start >= end:
        raise invalid("since must be before until")
    if end - start > _LONGEST:
        raise invalid("There cannot be more than 30 days (2592000 s) between since and until")
    if start < call.now - _KEPT - _DAY:
        raise invalid("Insights older than 90 days are not available")
    return start, min(end, call.now)


def _total(account: Account, name: str, found: Counters) -> dict[str, Any]:
    if name not in _OF_ACCOUNT:
        raise invalid(f"metric[0] must be one of the following values: {', '.join(_OF_ACCOUNT)}")
    return _metric(account.external_id, name, "day", total_value={"value": _OF_ACCOUNT[name](found)})


def _series(call: Call, account: Account, name: str, start: datetime, end: datetime) -> dict[str, Any]:
    """Only reach and follower_count come by day."""
    if name not in ("reach", "follower_count"):
        raise invalid(f"metric {name} is incompatible with the metric type time_series; use total_value")
    counted = "reach" if name == "reach" else "followers_gained"
    values = []
    day = datetime.combine(start.astimezone(UTC).date(), time.min, UTC)
    while day + _DAY <= end:
        if day >= start - _DAY + timedelta(seconds=1):
            value = call.world.account_between(account, day, day + _DAY)[counted]
            values.append({"value": value, "end_time": stamp(day + _DAY)})
        day += _DAY
    return _metric(account.external_id, name, "day", values=values)


def _demographics(call: Call, account: Account, name: str) -> dict[str, Any]:
    """Lifetime, in one breakdown."""
    if call.text("period") != "lifetime" or call.text("metric_type") != "total_value":
        raise invalid(f"{name} needs period=lifetime and metric_type=total_value")
    if name not in _PEOPLE:
        raise invalid(f"{name} cannot be asked together with demographics")
    breakdown = call.text("breakdown")
    people = call.world.demographics(account, call.now)
    if breakdown not in ("age", "gender", "city", "country"):
        raise invalid("breakdown must be one of age, gender, city, country")
    results = [{"dimension_values": [value], "value": count} for value, count in people[breakdown].items()]
    total = {"breakdowns": [{"dimension_keys": [breakdown], "results": results}]}
    return _metric(account.external_id, name, "lifetime", total_value=total)


def _metric(about: str, name: str, period: str, **figures: Any) -> dict[str, Any]:
    title = name.replace("_", " ").capitalize()
    found = {"name": name, "period": period, "title": title, "description": title}
    return {**found, **figures, "id": f"{about}/insights/{name}/{period}"}
