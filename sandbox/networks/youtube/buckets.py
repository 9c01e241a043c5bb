"""The project's quota by day: units, and buckets of their own for uploads and searches.

A day ends at midnight Pacific. `quota` planted in the world leaves a bucket with so much for the rest of that day.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sandbox.networks.youtube.errors import quota_exceeded, uploads_exceeded
from sandbox.world import World

NETWORK = "youtube"
PACIFIC = ZoneInfo("America/Los_Angeles")
DAILY = {"units": 10_000, "inserts": 100, "searches": 100}
# What one channel may upload; YouTube does not say how much that is.
CHANNEL = "uploads"
BUCKETS = (*DAILY, CHANNEL)
_ALSO = {"videos.insert": "inserts", "search.list": "searches"}


@dataclass(frozen=True)
class Price:
    """What a call costs of a day's bucket."""

    amount: int = 1
    bucket: str = "units"


class Buckets:
    """What was spent, by Pacific day, bucket and channel; the channel is empty for the project."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._spent: Counter[tuple[date, str, str]] = Counter()
        self._caps: dict[tuple[date, str, str], int] = {}
        self._heard: set[str] = set()

    def charge(self, price: Price, account_id: str) -> None:
        """Take the price of a call. Raises Refusal where the project's or the channel's bucket is too low."""
        day = self._world.now().astimezone(PACIFIC).date()
        self._hear(day)
        due = [price, *([Price(1, CHANNEL)] if price.bucket == "inserts" else [])]
        keys = [((day, one.bucket, owner), one.amount) for one in due for owner in ("", account_id)]
        for key, amount in keys:
            most = self._caps.get(key, None if key[2] else DAILY.get(key[1]))
            if most is not None and self._spent[key] + amount > most:
                raise uploads_exceeded() if key[1] == CHANNEL else quota_exceeded()
        for key, amount in keys:
            self._spent[key] += amount

    def _hear(self, day: date) -> None:
        """Lower the caps by what was planted since the last call."""
        for planted in self._world.planted("quota", NETWORK):
            name = json.dumps(planted, sort_keys=True, default=str)
            if name in self._heard:
                continue
            self._heard.add(name)
            wanted = str(planted.get("bucket", "*"))
            for bucket in BUCKETS if wanted == "*" else (_ALSO.get(wanted, wanted),):
                key = (day, bucket, str(planted.get("account") or ""))
                self._caps[key] = self._spent[key] + int(planted["remaining"])
