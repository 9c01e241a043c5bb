"""How much of its allowance an app, and each page or account, has used: in percent, as headers tell it."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.meta.errors import GraphError

_SLICE = timedelta(minutes=5)
_APP_SPAN, _APP_CALLS = timedelta(hours=1), 20_000
_OBJECT_SPAN, _OBJECT_CALLS = timedelta(hours=24), 60_000
_APP_LIMIT = 4
# What a limit of one page or account is called, and its code.
KINDS = {"facebook": ("pages", 80001), "instagram": ("instagram", 80002)}


class Usage:
    """Calls of one app within windows that roll in steps of five minutes."""

    def __init__(self, network: str) -> None:
        self._kind, self._code = KINDS[network]
        self._calls: Counter[tuple[str, int]] = Counter()
        # Calls since an allowance was planted, and until when whose is used up.
        self._since: Counter[str] = Counter()
        self._spent: dict[str, datetime] = {}

    def count(self, owner: str, now: datetime, plants: Sequence[Mapping[str, Any]] = ()) -> None:
        """Count a call on behalf of a page or account. Raises GraphError where an allowance is used up."""
        for plant in plants:
            self._hold_to(plant, owner, now)
        place = self._slice(now)
        for key in ("", owner) if owner else ("",):
            self._calls[key, place] += 1
        oldest = place - _OBJECT_SPAN // _SLICE
        for known in [known for known in self._calls if known[1] < oldest]:
            del self._calls[known]
        if self._percent("", _APP_SPAN, _APP_CALLS, now) > 100:
            raise _app_limit()
        if owner and self._percent(owner, _OBJECT_SPAN, _OBJECT_CALLS, now) > 100:
            raise self._limit()

    def _hold_to(self, plant: Mapping[str, Any], owner: str, now: datetime) -> None:
        """An allowance that was planted: `bucket` is `app`, `pages` or `instagram`, or `*` for the account's."""
        bucket = plant.get("bucket", "*")
        span = _APP_SPAN if bucket == "app" else _OBJECT_SPAN
        whose = "" if bucket == "app" else owner
        is_meant = bucket in ("*", "app", self._kind) and plant.get("account") in (None, owner)
        if not is_meant or (bucket != "app" and not owner) or now >= plant["at"] + span:
            return
        key = f"{bucket} {plant.get('account')} {plant['at'].isoformat()} {whose}"
        self._since[key] += 1
        if self._since[key] > int(plant["remaining"]):
            self._spent[whose] = plant["at"] + span
            raise _app_limit() if bucket == "app" else self._limit()

    def _limit(self) -> GraphError:
        return GraphError(f"(#{self._code}) There have been too many calls to this account.", self._code)

    def headers(self, owner: str, now: datetime) -> dict[str, str]:
        """Usage headers; one is absent while hardly anything is used."""
        found = {}
        app = 100 if self._left("", now) else self._percent("", _APP_SPAN, _APP_CALLS, now)
        if app:
            found["x-app-usage"] = json.dumps(_told(app))
        left = self._left(owner, now) if owner else 0
        used = 100 if left else self._percent(owner, _OBJECT_SPAN, _OBJECT_CALLS, now) if owner else 0
        if used:
            regain = {"estimated_time_to_regain_access": left or (60 if used > 100 else 0)}
            found["x-business-use-case-usage"] = json.dumps({owner: [{"type": self._kind, **_told(used), **regain}]})
        return found

    def _left(self, owner: str, now: datetime) -> int:
        """Whole minutes until an allowance that was planted is there again."""
        until = self._spent.get(owner)
        return max(math.ceil((until - now) / timedelta(minutes=1)), 0) if until else 0

    def _percent(self, owner: str, span: timedelta, allowed: int, now: datetime) -> int:
        first = self._slice(now - span)
        return 100 * sum(n for (key, place), n in self._calls.items() if key == owner and place > first) // allowed

    @staticmethod
    def _slice(at: datetime) -> int:
        return int(at.timestamp() // _SLICE.total_seconds())


def _app_limit() -> GraphError:
    return GraphError("(#4) Application request limit reached", _APP_LIMIT, is_transient=True)


def _told(percent: int) -> dict[str, int]:
    return {"call_count": percent, "total_cputime": percent // 3, "total_time": percent // 2}
