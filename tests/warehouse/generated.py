"""A year of pages as four networks would send them: figures corrected, falling, withheld, told twice, with gaps."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

NETWORKS = ("tiktok", "x", "facebook", "youtube")
_START = datetime(2025, 9, 1, tzinfo=UTC)
_POSTS = 3
# Tables whose pages lack what is gone of the posts that they were asked for.
_BY_ID = {"tiktok": ("post_metrics",), "x": ("post_metrics",), "youtube": ("post_metrics",)}


@dataclass(frozen=True, slots=True)
class Answer:
    """One page: the body, when it was sent, and what it does not say itself."""

    body: str
    at: str
    context: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one load of a raw table (without the network) of an account receives."""

    platform: str
    table: str
    answers: list[Answer]


class _Post:
    """A post and the counters that a network shows of it; a counter may be withheld for a while."""

    def __init__(self, chance: random.Random, platform: str, place: int) -> None:
        self.id = f"{platform}-{place}"
        self.published_at = _START + timedelta(days=chance.uniform(0, 200))
        self.counters = dict.fromkeys(("views", "likes", "comments", "shares", "saves"), 0)
        self.withheld: set[str] = set()
        self.days: dict[str, dict[str, int]] = {}
        self._chance = chance

    def move_on(self, at: datetime) -> None:
        """What happened since: mostly growth, sometimes nothing, a fall, or a figure that is withheld or told again."""
        for name in self.counters:
            fate = self._chance.random()
            if fate < 0.6:
                self.counters[name] += self._chance.randrange(400)
            elif fate < 0.7:
                self.counters[name] = int(self.counters[name] * 0.8)
            elif fate < 0.78:
                self.withheld ^= {name}
        day = str(at.date() - timedelta(days=self._chance.randrange(1, 4)))
        if day >= str(self.published_at.date()):
            # A day that was told before is corrected.
            self.days[day] = {"views": self._chance.randrange(90), "likes": self._chance.randrange(9)}

    def __getitem__(self, name: str) -> int | None:
        return None if name in self.withheld else self.counters[name]


def year(seed: int, readings: int = 8) -> list[Reading]:
    """What all loads of a year receive, oldest first; the same for the same seed."""
    chance = random.Random(seed)
    found: list[tuple[datetime, Reading]] = []
    for platform in NETWORKS:
        posts = [_Post(chance, platform, place) for place in range(_POSTS)]
        moments = sorted(_START + timedelta(days=chance.uniform(1, 365)) for _ in range(readings))
        for at in (moment.replace(microsecond=0) for moment in moments):
            for post in posts:
                post.move_on(at)
            published = [post for post in posts if post.published_at < at]
            there = [post for post in published if chance.random() < 0.9]
            for second, (table, answers) in enumerate(_loads(chance, platform, at, there)):
                sent = at + timedelta(seconds=second)
                if table in _BY_ID.get(platform, ()):
                    asked = " ".join(post.id for post in published)
                    answers = [(body, {**context, "asked": asked}) for body, context in answers]
                found.append((sent, Reading(platform, table, _sent(chance, answers, sent))))
    return [reading for _, reading in sorted(found, key=lambda one: one[0])]


_Bodies = list[tuple[Any, dict[str, str]]]


def _sent(chance: random.Random, bodies: _Bodies, at: datetime) -> list[Answer]:
    """The pages of one load; some are sent twice."""
    twice = [body for body in bodies for _ in range(2 if chance.random() < 0.2 else 1)]
    return [Answer(json.dumps(body), at.isoformat(), context) for body, context in twice]


def _loads(chance: random.Random, platform: str, at: datetime, posts: list[_Post]) -> Iterator[tuple[str, _Bodies]]:
    """Tables and bodies of one reading; a load may be missing, as where it failed."""
    shapes = {"tiktok": _tiktok, "x": _x, "facebook": _facebook, "youtube": _youtube}
    followers = 1000 + chance.randrange(50)
    for table, bodies in shapes[platform](at, posts, followers):
        if chance.random() < 0.9:
            yield table, bodies


def _known(**figures: int | None) -> dict[str, int]:
    """What is withheld is absent."""
    return {name: value for name, value in figures.items() if value is not None}


def _tiktok(at: datetime, posts: list[_Post], followers: int) -> Iterator[tuple[str, _Bodies]]:
    user = {"open_id": "tiktok", "display_name": "Nordlys", "username": "nordlys", "follower_count": followers}
    yield "accounts", [({"data": {"user": user}}, {})]
    listed = [{"id": p.id, "create_time": int(p.published_at.timestamp()), "share_url": "/video/"} for p in posts]
    yield "posts", [({"data": {"videos": listed}}, {})]
    counted = [
        {"id": p.id}
        | _known(view_count=p["views"], like_count=p["likes"], comment_count=p["comments"], share_count=p["shares"])
        for p in posts
    ]
    yield "post_metrics", [({"data": {"videos": counted}}, {})]


def _x(at: datetime, posts: list[_Post], followers: int) -> Iterator[tuple[str, _Bodies]]:
    user = {"id": "x", "name": "Nordlys", "username": "nordlys", "public_metrics": {"followers_count": followers}}
    yield "accounts", [({"data": user}, {})]
    listed = [{"id": p.id, "created_at": p.published_at.isoformat(), "text": f"About {p.id}"} for p in posts]
    yield "posts", [({"data": listed}, {})]
    counted = [
        {
            "id": p.id,
            "public_metrics": _known(
                impression_count=p["views"],
                like_count=p["likes"],
                reply_count=p["comments"],
                repost_count=p["shares"],
                quote_count=3,
                bookmark_count=p["saves"],
            ),
        }
        for p in posts
    ]
    yield "post_metrics", [({"data": counted}, {})]
    days = [
        {
            "id": p.id,
            "timestamped_metrics": [
                {"timestamp": f"{day}T00:00:00Z", "metrics": {"impressions": told["views"], "likes": told["likes"]}}
                for day, told in p.days.items()
            ],
        }
        for p in posts
    ]
    yield "post_metrics_daily", [({"data": days}, {})]


def _facebook(at: datetime, posts: list[_Post], followers: int) -> Iterator[tuple[str, _Bodies]]:
    yield "accounts", [({"id": "facebook", "name": "Nordlys", "followers_count": followers}, {})]
    listed = [{"id": p.id, "created_time": p.published_at.isoformat(), "message": f"About {p.id}"} for p in posts]
    yield "posts", [({"data": listed}, {})]
    counted = []
    for post in posts:
        summed = {"reactions": post["likes"], "comments": post["comments"]}
        told = {name: {"summary": {"total_count": value}} for name, value in _known(**summed).items()}
        counted.append({"id": post.id, **told, **({"shares": {"count": post["shares"]}} if post["shares"] else {})})
    yield "post_metrics", [({"data": counted}, {})]
    insights: _Bodies = []
    for post in posts:
        figures = _known(post_media_view=post["views"], post_clicks=post["saves"])
        named = [{"name": name, "values": [{"value": value}]} for name, value in figures.items()]
        insights.append(({"data": named}, {"external_id": post.id}))
    yield "post_metrics_insights", insights
    ended = at.replace(hour=7, minute=0, second=0).isoformat()
    values = [{"value": followers * 2, "end_time": ended}]
    yield "account_metrics", [({"data": [{"name": "page_media_view", "values": values}]}, {})]


def _youtube(at: datetime, posts: list[_Post], followers: int) -> Iterator[tuple[str, _Bodies]]:
    statistics = {"subscriberCount": str(followers), "hiddenSubscriberCount": followers % 5 == 0}
    channel = {"id": "youtube", "snippet": {"title": "Nordlys"}, "statistics": statistics}
    yield "accounts", [({"items": [channel]}, {})]
    listed = [
        {"id": p.id, "snippet": {"title": f"About {p.id}", "publishedAt": p.published_at.isoformat()}} for p in posts
    ]
    yield "posts", [({"items": listed}, {})]
    counted = [
        {"id": p.id, "statistics": _known(viewCount=p["views"], likeCount=p["likes"], commentCount=p["comments"])}
        for p in posts
    ]
    yield "post_metrics", [({"items": counted}, {})]
    named = [{"name": name} for name in ("video", "views", "likes")]
    by_day: dict[str, list[list[Any]]] = {}
    for post in posts:
        for day, told in post.days.items():
            by_day.setdefault(day, []).append([post.id, told["views"], told["likes"]])
    days: _Bodies = [({"columnHeaders": named, "rows": rows}, {"as_of_date": day}) for day, rows in by_day.items()]
    yield "post_metrics_daily", days
