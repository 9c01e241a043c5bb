"""How often an endpoint may be called, what X says about it on every answer, and what is planted to run out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.networks.x.errors import Problem, capped, gone, out_of_credits
from sandbox.world import World

WINDOW_S = 15 * 60
NETWORK = "x"
# Planted quotas of these names are of the app's month and of its purse; every other name is an operation's window.
CAP = frozenset({"*", "usage", "usage-cap", "monthly", "posts"})
CREDITS = frozenset({"credits", "402"})


@dataclass(frozen=True)
class Standing:
    """What is left of a window after a call. `reset` is in epoch seconds."""

    limit: int
    remaining: int
    reset: int
    spent: bool

    def headers(self) -> dict[str, str]:
        """The three headers of every answer."""
        return {
            "x-rate-limit-limit": str(self.limit),
            "x-rate-limit-remaining": str(self.remaining),
            "x-rate-limit-reset": str(self.reset),
        }


class Windows:
    """Calls counted in fixed windows per endpoint and user."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], tuple[int, int]] = {}

    def take(self, endpoint: str, user: str, limit: int, now: datetime) -> Standing:
        """Count one call; `spent` when it is one too many."""
        opened = int(now.timestamp()) // WINDOW_S * WINDOW_S
        since, used = self._counts.get((endpoint, user), (opened, 0))
        used = used + 1 if since == opened else 1
        self._counts[endpoint, user] = (opened, used)
        return Standing(limit, max(limit - used, 0), opened + WINDOW_S, used > limit)


class Planted:
    """Quotas that somebody planted in the world, each counted down by the calls it is about."""

    def __init__(self, world: World) -> None:
        self._world = world
        # Calls by the number of what is planted.
        self._used: dict[int, int] = {}

    def problem(self, user: str) -> Problem | None:
        """Why the app gets nothing at all: its version ended, its purse or its month is empty."""
        for planted in self._world.planted("version_sunset", NETWORK):
            return gone(str(planted.get("version", "2")))
        for planted in self._quotas(user):
            bucket = str(planted.get("bucket", "*"))
            if bucket in CREDITS | CAP and self._take(planted) < 0:
                return out_of_credits(user) if bucket in CREDITS else capped()
        return None

    def narrowed(self, operation: str, user: str, standing: Standing) -> Standing:
        """The window as a planted quota of this operation leaves it, which lasts a window from then on."""
        for planted in self._quotas(user):
            until = int(planted["at"].timestamp()) + WINDOW_S
            if planted.get("bucket") == operation and self._world.now().timestamp() < until:
                left = self._take(planted)
                standing = Standing(standing.limit, max(left, 0), until, standing.spent or left < 0)
        return standing

    def _quotas(self, user: str) -> list[dict[str, Any]]:
        planted = self._world.planted("quota", NETWORK)
        return [one for one in planted if one.get("account") in (None, user)]

    def _take(self, planted: dict[str, Any]) -> int:
        """What is left after this call; below nought when there was nothing."""
        number = planted["id"]
        self._used[number] = self._used.get(number, 0) + 1
        return int(planted.get("remaining", 0)) - self._used[number]
