"""Media and account insights: which metric goes with what is checked, and one wrong name fails the call."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.networks.instagram.audience import demographics
from sandbox.networks.instagram.login import INSIGHTS, own_post
from sandbox.networks.instagram.shapes import product
from sandbox.networks.meta.errors import GraphError, denied, invalid
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Post

_PACIFIC = ZoneInfo("America/Los_Angeles")
_KEPT = timedelta(days=90)
# The hour is what the end of daylight saving adds.
_LONGEST = timedelta(days=30, hours=1)
_DAY = timedelta(days=1)
_FEWEST_FOLLOWERS, _FEWEST_VIEWERS = 100, 5
_INTERACTIONS = ("likes", "comments", "saves", "shares")

Counters = Mapping[str, int]


def _interactions(found: Counters) -> int:
    return sum(found[name] for name in _INTERACTIONS)


_OF_ALL: dict[str, Callable[[Counters], int]] = {
    **{name: itemgetter(name) for name in ("views", "reach", "shares", "follows", "profile_visits")},
    "profile_activity": lambda found: found["profile_visits"] // 5,
    "total_interactions": _interactions,
}
_OF_FEED = _OF_ALL | {
    "likes": itemgetter("likes"),
    "comments": itemgetter("comments"),
    "saved": itemgetter("saves"),
    "reposts": lambda found: found["shares"] // 6,
}
_OF_REEL = _OF_FEED | {
    "ig_reels_avg_watch_time": itemgetter("watched_ms"),
    "ig_reels_video_view_total_time": lambda found: found["watched_ms"] * found["views"],
    "reels_skip_rate": lambda found: 20 + found["watched_ms"] % 30,
    "crossposted_views": itemgetter("views"),
    "facebook_views": lambda found: 0,
}
_OF_STORY = _OF_ALL | {
    "navigation": lambda found: found["views"] * 4 // 5,
    "replies": itemgetter("comments"),
    "link_clicks": lambda found: found["profile_visits"] // 5,
}
_BY_PRODUCT = {"FEED": _OF_FEED, "REELS": _OF_REEL, "STORY": _OF_STORY}

# What figures of a medium are made of, in percent.
_PARTS = {
    ("navigation", "story_navigation_action_type"): {
        "tap_forward": 70,
        "tap_back": 8,
        "tap_exit": 13,
        "swipe_forward": 9,
    },
    ("profile_activity", "action_type"): {"bio_link_clicked": 60, "call": 15, "direction": 10, "email": 10, "text": 5},
}

_OF_ACCOUNT: dict[str, Callable[[Counters], int]] = {
    **{name: itemgetter(name) for name in ("views", "reach", *_INTERACTIONS)},
    "total_interactions": _interactions,
    "accounts_engaged": lambda found: _interactions(found) * 7 // 10,
    "replies": lambda found: 0,
    "reposts": lambda found: found["shares"] // 6,
    "follows_and_unfollows": lambda found: found["followers_gained"] - found["followers_lost"],
    "profile_links_taps": itemgetter("link_clicks"),
    "profile_views": itemgetter("profile_visits"),
}
_DAILY = {"reach": itemgetter("reach"), "follower_count": itemgetter("followers_gained")}
_PEOPLE = ("follower_demographics", "engaged_audience_demographics")
_SHOWN_AS = {"reel": "REEL", "carousel": "CAROUSEL_CONTAINER", "story": "STORY"}


def of(call: Call, about: str) -> dict[str, Any]:
    """Insights of the token's account or of one of its media. Raises GraphError."""
    acting = call.acting(INSIGHTS)
    if about in (acting.external_id, acting.extra["app_scoped_id"]):
        return _of_account(call, acting)
    if call.world.account("instagram", about):
        raise denied(INSIGHTS)
    return _of_media(call, own_post(call, acting, about))


def nested(call: Call, post: Post, want: Want) -> dict[str, Any]:
    """`insights.metric(views,reach)` within the fields of a medium."""
    call.acting(INSIGHTS)
    return _of_media(dataclasses.replace(call, params=dict(want.how)), post)


def _of_media(call: Call, post: Post) -> dict[str, Any]:
    known, names = _BY_PRODUCT[product(post)], call.words("metric")
    if wrong := [name for name in names if name not in known or name in _dead(call)]:
        raise invalid(f"The Media Insights API does not support the {wrong[0]} metric for this media product type.")
    if call.text("period", "lifetime") != "lifetime":
        raise invalid("Media insights are available for the period lifetime")
    breakdown = call.params.get("breakdown")
    if breakdown and (wrong := [name for name in names if (name, breakdown) not in _PARTS]):
        raise invalid(f"The breakdown {breakdown} is incompatible with the metric {wrong[0]}")
    counters = call.world.counters(post, call.now)
    if product(post) == "STORY":
        if call.now - post.created_at >= _DAY:
            return {"data": []}
        if counters["reach"] < _FEWEST_VIEWERS:
            raise GraphError("(#10) Not enough viewers for the media to show insights", 10)
    counters |= {"watched_ms": _watched_ms(post)}
    values = {name: known[name](counters) for name in names}
    if breakdown:
        return {"data": [_parted(post, name, value, str(breakdown)) for name, value in values.items()]}
    return {"data": [_lifetime(post, name, value) for name, value in values.items()]}


def _dead(call: Call) -> set[str]:
    """Metrics that died on a day."""
    return {one["metric"] for one in call.world.planted("metric_dies", "instagram")}


def _parted(post: Post, name: str, value: int, breakdown: str) -> dict[str, Any]:
    """A figure and what it is made of; parts without anything are left out."""
    shares = _PARTS[name, breakdown]
    parts = {part: value * share // 100 for part, share in shares.items()}
    first = next(iter(parts))
    parts[first] += value - sum(parts.values())
    results = [{"dimension_values": [part], "value": amount} for part, amount in parts.items() if amount]
    total = {"value": value, "breakdowns": [{"dimension_keys": [breakdown], "results": results}]}
    return _metric(post.external_id, name, "lifetime", total_value=total)


def _watched_ms(post: Post) -> int:
    """How long people watch a reel on average."""
    share = 25 + int(post.external_id) % 40
    return (post.duration_s or 20) * share * 10


def _lifetime(post: Post, name: str, value: int) -> dict[str, Any]:
    return _metric(post.external_id, name, "lifetime", values=[{"value": value}])


def _of_account(call: Call, account: Account) -> dict[str, Any]:
    names = call.words("metric")
    if any(name in _PEOPLE for name in names):
        return {"data": _people(call, account, names)}
    known = (_OF_ACCOUNT.keys() | _DAILY.keys()) - _dead(call)
    if wrong := [name for name in names if name not in known]:
        listed = ", ".join((*_OF_ACCOUNT, "follower_count", *_PEOPLE))
        raise invalid(f"metric[{names.index(wrong[0])}] must be one of the following values: {listed}")
    if call.text("period", "day") != "day":
        raise invalid(f"The metric {names[0]} is only available for the period day")
    start, end = _span(call)
    if call.params.get("metric_type") == "total_value":
        if "follower_count" in names:
            raise invalid("The metric follower_count is incompatible with metric_type total_value")
        return {"data": [_total(call, account, name, start, end) for name in names]}
    if totals := [name for name in names if name not in _DAILY]:
        raise invalid(f"The metrics ({', '.join(totals)}) should be specified with parameter metric_type=total_value")
    if "follower_count" in names and start < call.now - _LONGEST - _DAY:
        raise invalid("(follower_count) metric only supports querying data for the last 30 days")
    found = [_series(call, account, name, start, end) for name in names]
    return {"data": [one for one in found if one["values"]]}


def _span(call: Call) -> tuple[datetime, datetime]:
    """What is asked, of what is kept. Raises GraphError."""
    end = call.moment("until", _PACIFIC) or call.now
    start = call.moment("since", _PACIFIC) or end - _DAY
    if start >= end:
        raise invalid("since must be before until")
    if end - start > _LONGEST:
        raise invalid("There cannot be more than 30 days (2592000 s) between since and until")
    if start < call.now - _KEPT - _DAY:
        raise invalid("Insights of more than 90 days ago are not kept")
    return start, min(end, call.now)


def _total(call: Call, account: Account, name: str, start: datetime, end: datetime) -> dict[str, Any]:
    """One figure for the whole span, split where that was asked."""
    found = call.world.account_between(account, start, end)
    total: dict[str, Any] = {"value": _OF_ACCOUNT[name](found)}
    if breakdown := call.params.get("breakdown"):
        results = _split(call, account, name, str(breakdown), start, end)
        listed = [{"dimension_values": [value], "value": amount} for value, amount in results.items()]
        total["breakdowns"] = [{"dimension_keys": [breakdown], "results": listed}]
    return _metric(account.external_id, name, "day", total_value=total)


def _split(call: Call, account: Account, name: str, breakdown: str, start: datetime, end: datetime) -> dict[str, int]:
    """A figure by the values of a dimension. Raises GraphError where the two do not go together."""
    found = call.world.account_between(account, start, end)
    match breakdown, name:
        case "follow_type", "follows_and_unfollows":
            return {"FOLLOWER": found["followers_gained"], "NON_FOLLOWER": found["followers_lost"]}
        case "contact_button_type", "profile_links_taps":
            calls = found["link_clicks"] // 9
            return {"CALL": calls, "EMAIL": calls // 2, "UNDEFINED": found["link_clicks"] - calls - calls // 2}
        case "media_product_type", "views" | "reach" | "total_interactions" | "likes" | "comments" | "saves" | "shares":
            parts: dict[str, int] = {}
            for post in call.world.posts("instagram", account.external_id, until=end):
                shown = _SHOWN_AS.get(post.kind, "POST")
                brought = call.world.counters_between(post, start, end)
                parts[shown] = parts.get(shown, 0) + _OF_ACCOUNT[name](brought)
            return parts
    raise invalid(f"The breakdown {breakdown} is incompatible with the metric {name}")


def _series(call: Call, account: Account, name: str, start: datetime, end: datetime) -> dict[str, Any]:
    """Days of California that have ended."""
    values = []
    enough = call.world.account_counters(account, call.now)["followers"] >= _FEWEST_FOLLOWERS
    day = start.astimezone(_PACIFIC).date()
    while enough and (until := datetime.combine(day + _DAY, time.min, _PACIFIC).astimezone(UTC)) <= end:
        if until > start:
            since = datetime.combine(day, time.min, _PACIFIC).astimezone(UTC)
            value = _DAILY[name](call.world.account_between(account, since, until))
            values.append({"value": value, "end_time": stamp(until)})
        day += _DAY
    return _metric(account.external_id, name, "day", values=values)


def _people(call: Call, account: Account, names: list[str]) -> list[dict[str, Any]]:
    """Who follows, or who took part. Raises GraphError."""
    if wrong := [name for name in names if name not in _PEOPLE or name in _dead(call)]:
        raise invalid(f"The metric {wrong[0]} cannot be asked for together with demographics")
    groups = demographics(call, account)
    if groups is None:
        return []
    return [_metric(account.external_id, name, "lifetime", total_value={"breakdowns": [groups]}) for name in names]


def _metric(about: str, name: str, period: str, **figures: Any) -> dict[str, Any]:
    title = name.replace("_", " ").capitalize()
    found = {"name": name, "period": period, "title": title, "description": title}
    return {**found, **figures, "id": f"{about}/insights/{name}/{period}"}
