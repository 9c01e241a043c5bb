"""How often an endpoint may be called, and what X says about it on every answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

WINDOW_S = 15 * 60


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
