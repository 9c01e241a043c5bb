"""What is planted in a world: things that happen to it at a moment, besides its own course.

A plant is a dict: `id`, `kind`, `network`, `at` (aware datetime, the world's time) and what its kind needs.
"""

from datetime import datetime
from typing import Any

from sandbox.clock import Clock

Plant = dict[str, Any]


class Plants:
    """Everything planted, whether its moment has come or not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: list[Plant] = []

    def add(self, plant: Plant) -> Plant:
        """One more; its number is its place."""
        found = {"id": len(self._all) + 1, **plant}
        self._all.append(found)
        return found

    def all(self) -> list[Plant]:
        """Oldest first."""
        return list(self._all)

    def due(self, kind: str, network: str, known: datetime | None = None) -> list[Plant]:
        """Those of a kind and network whose moment has come: by `known`, or by now."""
        by = known or self._clock.now()
        return [one for one in self._all if (one["kind"], one["network"]) == (kind, network) and one["at"] <= by]
