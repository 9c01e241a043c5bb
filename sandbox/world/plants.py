"""What is planted in a world: things that happen to it at a moment, besides its own course.

A plant is a dict: `id`, `kind`, `network`, `at` (aware datetime, the world's time) and what its kind needs.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import Clock

Plant = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A post's counter becomes `after` at a moment at which it was `before`."""

    at: datetime
    counter: str
    before: int
    after: int
    # Whether the figures of the time before were wrong too, or only fall from here on.
    past: bool

    def applied(self, value: int, moment: datetime) -> int:
        """What the counter was at a moment, as it is told since the change."""
        if moment >= self.at:
            return max(0, value + self.after - self.before)
        return value * self.after // self.before if self.past and self.before else value


class Plants:
    """Everything planted, whether its moment has come or not."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._all: list[Plant] = []
        self._changes: dict[tuple[str, str], list[Change]] = defaultdict(list)

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
        if not self._all:
            return []
        by = known or self._clock.now()
        return [one for one in self._all if (one["kind"], one["network"]) == (kind, network) and one["at"] <= by]

    def change(self, network: str, post_id: str, change: Change) -> None:
        """Let a post's counter be another one."""
        self._changes[network, post_id].append(change)

    def concern(self, network: str, post_id: str) -> bool:
        """Whether a post's counters change."""
        return (network, post_id) in self._changes

    def changed(self, network: str, post_id: str, found: dict[str, int], at: datetime, known: datetime) -> None:
        """Put into `found` what its counters were at a moment, by what is known at another."""
        for change in self._changes.get((network, post_id), ()):
            if change.at <= known:
                found[change.counter] = change.applied(found[change.counter], at)

    def known(self, known: datetime) -> int:
        """How many have come by a moment; figures are the same while it is the same."""
        return sum(one["at"] <= known for one in self._all)

    def late(self, network: str, at: datetime) -> datetime:
        """The newest moment of which figures are shown, for one who asks about `at` now."""
        return min([at, *(self._clock.now() - timedelta(hours=one["hours"]) for one in self.due("late", network))])
