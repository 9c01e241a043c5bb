"""How much of its allowance an app, and each page or account, has used: in percent, as headers tell it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta

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

    def count(self, owner: str, now: datetime) -> None:
        """Count a call on behalf of a page or account. Raises GraphError where an allowance is used up."""
        place = self._slice(now)
        for key in ("", owner) if owner else ("",):
            self._calls[key, place] += 1
        oldest = place - _OBJECT_SPAN // _SLICE
        for known in [known for known in self._calls if known[1] < oldest]:
            del self._calls[known]
        if self._percent("", _APP_SPAN, _APP_CALLS, now) > 100:
            raise GraphError("(#4) Application request limit reached", _APP_LIMIT, is_transient=True)
        if owner and self._percent(owner, _OBJECT_SPAN, _OBJECT_CALLS, now) > 100:
            raise GraphError(f"(#{self._code}) There have been too many calls to this account.", self._code)

    def headers(self, owner: str, now: datetime) -> dict[str, str]:
        """Usage headers; one is absent while hardly anything is used."""
        found = {}
        app = self._percent("", _APP_SPAN, _APP_CALLS, now)
        if app:
            found["x-app-usage"] = json.dumps(_told(app))
        used = self._percent(owner, _OBJECT_SPAN, _OBJECT_CALLS, now) if owner else 0
        if used:
            regain = {"estimated_time_to_regain_access": 60 if used > 100 else 0}
            found["x-business-use-case-usage"] = json.dumps({owner: [{"type": self._kind, **_told(used), **regain}]})
        return found

    def _percent(self, owner: str, span: timedelta, allowed: int, now: datetime) -> int:
        first = self._slice(now - span)
        return 100 * sum(n for (key, place), n in self._calls.items() if key == owner and place > first) // allowed

    @staticmethod
    def _slice(at: datetime) -> int:
        return int(at.timestamp() // _SLICE.total_seconds())


def _told(percent: int) -> dict[str, int]:
    return {"call_count": percent, "total_cputime": percent // 3, "total_time": percent // 2}
