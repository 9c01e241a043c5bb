"""Page and post insights: one dead name fails the whole call, days are Pacific, no data is an empty list."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.networks.meta.errors import denied, invalid, missing, not_reviewed, unauthorized
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Post

_PACIFIC = ZoneInfo("America/Los_Angeles")
# The hour is what the end of daylight saving adds to 90 days.
_LONGEST = timedelta(days=90, hours=1)
_FEWEST_FOLLOWERS = 100
_KINDS = ("like", "love", "wow", "haha", "sorry", "anger")
_VIDEOS = ("video", "reel")
_LAST_DAYS = re.compile(r"last_(\d+)d")
_DAYS = {"day": 1, "week": 7, "days_28": 28}
_PERIODS = (*_DAYS, "month", "lifetime", "total_over_range")

Counters = Mapping[str, int]
# Sums over a span.
_OF_SPAN: dict[str, Callable[[Counters], int]] = {
    "page_media_view": lambda found: found["views"],
    "page_total_media_view_unique": lambda found: found["reach"],
    "page_post_engagements": lambda found: sum(found[name] for name in ("reactions", "comments", "shares", "clicks")),
    "page_views_total": lambda found: found["profile_visits"],
    "page_total_actions": lambda found: found["link_clicks"],
    "page_daily_follows_unique": lambda found: found["followers_gained"],
    "page_daily_unfollows_unique": lambda found: found["followers_lost"],
    **{f"page_actions_post_reactions_{kind}_total": itemgetter(f"reactions_{kind}") for kind in _KINDS},
}
# Of a part of the page's posts.
_VIDEO_VIEWS = "page_video_views"
# Standings at the end of a day.
_OF_MOMENT = ("page_follows", "page_follows_city", "page_follows_country")
_OF_POST: dict[str, Callable[[Counters], Any]] = {
    "post_media_view": lambda found: found["views"],
    "post_total_media_view_unique": lambda found: found["reach"],
    "post_clicks": lambda found: found["clicks"],
    "post_reactions_by_type_total": lambda found: {
        kind: found[f"reactions_{kind}"] for kind in _KINDS if found[f"reactions_{kind}"]
    },
    **{f"post_reactions_{kind}_total": itemgetter(f"reactions_{kind}") for kind in _KINDS},
}
_OF_STORY: dict[str, Callable[[Counters], Any]] = {
    "STORY_MEDIA_VIEW": lambda found: found["views"],
    "STORY_TOTAL_MEDIA_VIEW_UNIQUE": lambda found: found["reach"],
    "STORY_INTERACTION": lambda found: sum(found[name] for name in ("reactions", "comments", "shares", "clicks")),
}
# Which part of the views each breakdown gives to its first value, in per cent.
_BREAKDOWNS = {"is_from_ads": 0, "is_from_followers": 62}


def of_page(call: Call, page_id: str) -> dict[str, Any]:
    """Days, or weeks and months that end with each day, of a page. Raises GraphError."""
    page = _acting(call)
    if page.external_id != page_id:
        raise not_reviewed("Page Public Content Access")
    names = call.words("metric")
    _check(call, names, (*_OF_SPAN, *_OF_MOMENT, _VIDEO_VIEWS))
    periods = call.words("period") if "period" in call.params else list(_DAYS)
    if unknown := [period for period in periods if period not in _PERIODS]:
        raise invalid(f"period must be one of {', '.join(_PERIODS)}, not {unknown[0]}")
    since, until = _span(call)
    breakdown = _breakdown(call, names)
    if since >= until:
        raise invalid("since must be before until")
    if until - since > _LONGEST:
        raise invalid("There cannot be more than 90 days (7776000 s) between since and until")
    found = []
    if call.world.account_counters(page, call.now)["followers"] >= _FEWEST_FOLLOWERS:
        for name in names:
            for period in periods:
                if values := _split(_values(call, page, name, period, since, until), breakdown):
                    found.append(_metric(page_id, name, period, values))
    step = until - since
    paging = {"previous": _neighbour(call, since - step, since), "next": _neighbour(call, until, until + step)}
    return {"data": found, "paging": paging}


def _span(call: Call) -> tuple[datetime, datetime]:
    """`since` and `until`, or what a `date_preset` stands for; the last two days where nothing is named."""
    today = datetime.combine(call.now.astimezone(_PACIFIC).date(), time.min, _PACIFIC)
    preset = str(call.params.get("date_preset", ""))
    if preset == "today":
        return today.astimezone(UTC), call.now
    if preset == "yesterday":
        return _midnight(today.date() - timedelta(days=1)), today.astimezone(UTC)
    if (found := _LAST_DAYS.fullmatch(preset)) is not None:
        return _midnight(today.date() - timedelta(days=int(found[1]))), today.astimezone(UTC)
    if preset:
        raise invalid(f"Param date_preset must be one of {{today, yesterday, last_7d, last_28d, …}} - got {preset}")
    until = call.moment("until", _PACIFIC) or call.now
    return call.moment("since", _PACIFIC) or until - timedelta(days=2), until


def _breakdown(call: Call, names: list[str]) -> str | None:
    """By what values are split; only views are. Raises GraphError."""
    if "breakdown" not in call.params:
        return None
    wanted = call.words("breakdown")
    if len(wanted) != 1 or wanted[0] not in _BREAKDOWNS or names != ["page_media_view"]:
        raise invalid("This breakdown is not supported for the metrics that are asked for")
    return wanted[0]


def _split(values: list[dict[str, Any]], breakdown: str | None) -> list[dict[str, Any]]:
    """Each value in two, those that are and those that are not."""
    if breakdown is None:
        return values
    share = _BREAKDOWNS[breakdown]
    return [
        {**one, "value": part, breakdown: told}
        for one in values
        for told, part in (("1", one["value"] * share // 100), ("0", one["value"] - one["value"] * share // 100))
    ]


def of_post(call: Call, post_id: str) -> dict[str, Any]:
    """What a post came to so far. Raises GraphError."""
    page = _acting(call)
    post = call.world.post("facebook", post_id)
    if post is None or post.account_id != page.external_id:
        raise missing(post_id)
    names = call.words("metric")
    is_story = post.kind == "story"
    _check(call, names, _OF_STORY if is_story else _OF_POST)
    if call.text("period", "lifetime") != "lifetime":
        return {"data": []}
    return {"data": _lifetime(call, post, names)}


def nested(call: Call, post: Post, want: Want) -> dict[str, Any]:
    """`insights.metric(a,b)` among a post's fields. Raises GraphError."""
    _acting(call)
    names = [name.strip() for name in want.how.get("metric", "").split(",")]
    _check(call, names, _OF_POST)
    return {"data": _lifetime(call, post, names)}


def _acting(call: Call) -> Account:
    """The page of a page's token."""
    page = call.acting("read_insights")
    if call.kind() == "user":
        raise unauthorized("This method must be called with a Page Access Token", 2069032)
    if page.external_id not in call.grant().account_ids:
        raise denied("read_insights")
    return page


def _check(call: Call, names: list[str], known: Any) -> None:
    """One name that is no metric, or none any more, fails them all."""
    dead = {plant["metric"] for plant in call.world.planted("metric_dies", "facebook")}
    if not names or any(name not in known or name in dead for name in names):
        raise invalid("The value must be a valid insights metric")


def _lifetime(call: Call, post: Post, names: list[str]) -> list[dict[str, Any]]:
    counters, known = call.world.counters(post, call.now), {**_OF_POST, **_OF_STORY}
    return [_metric(post.external_id, name, "lifetime", [{"value": known[name](counters)}]) for name in names]


def _values(
    call: Call, page: Account, name: str, period: str, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """One value per day that has ended, of as many days as the period has; empty where the period is not kept."""
    if period == "total_over_range":
        return [] if name in _OF_MOMENT else [{"value": _summed(call, page, name, since, until)}]
    if period not in _DAYS or (name in _OF_MOMENT and period != "day"):
        return []
    found = []
    day = since.astimezone(_PACIFIC).date()
    while (end := _midnight(day + timedelta(days=1))) <= min(until, call.now):
        if end > since:
            start = _midnight(day + timedelta(days=1 - _DAYS[period]))
            kept = name in _OF_MOMENT
            value = _standing(call, page, name, end) if kept else _summed(call, page, name, start, end)
            found.append({"value": value, "end_time": stamp(end)})
        day += timedelta(days=1)
    return found


def _summed(call: Call, page: Account, name: str, start: datetime, end: datetime) -> int:
    """What a span brought."""
    if name != _VIDEO_VIEWS:
        return _OF_SPAN[name](call.world.account_between(page, start, end))
    videos = (post for post in call.world.posts("facebook", page.external_id, until=end) if post.kind in _VIDEOS)
    return sum(call.world.counters_between(post, start, end)["views"] for post in videos)


def _standing(call: Call, page: Account, name: str, at: datetime) -> int | dict[str, int]:
    if name == "page_follows":
        return call.world.account_counters(page, at)["followers"]
    return call.world.demographics(page, at)[name.rsplit("_", 1)[-1]]


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


def _neighbour(call: Call, start: datetime, end: datetime) -> str:
    return str(call.request.url.include_query_params(since=int(start.timestamp()), until=int(end.timestamp())))
