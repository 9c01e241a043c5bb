"""Whether the records of a load are each about something else, as far as it is seen without asking the database."""

from bisect import bisect_left
from collections.abc import Sequence
from operator import eq, itemgetter
from typing import Any

from ingestion.load.contracts import ordered
from platforms.platform import Contract


class Keys:
    """The keys of what was read, kept as the span from the lowest to the highest of each page.

    Networks list by time, by name or by id, so spans do not meet unless something is said twice; where they meet all
    the same, that is not looked into.
    """

    def __init__(self, contract: Contract) -> None:
        # What may be unknown has no order; without it records can only look more alike.
        places = {field.name: n for n, field in enumerate(ordered(contract)) if field.required}
        self._places = [places[name] for name in contract.key if name in places]
        # In order, none meeting another.
        self._lowest: list[tuple[Any, ...]] = []
        self._highest: list[tuple[Any, ...]] = []
        self.are_distinct = bool(self._places)

    def add(self, said: tuple[Any, ...], rows: Sequence[tuple[Any, ...]]) -> None:
        """The next page: what all its rows begin with, and at least one row."""
        if not self.are_distinct:
            return
        shift = len(said)
        before = tuple(said[n] for n in self._places if n < shift)
        within = [n - shift for n in self._places if n >= shift]
        keys = sorted(map(itemgetter(*within), rows)) if within else [()] * len(rows)
        lowest, highest = (before, keys[0]), (before, keys[-1])
        place = bisect_left(self._lowest, lowest)
        meets_one_below = place > 0 and self._highest[place - 1] >= lowest
        meets_one_above = place < len(self._lowest) and self._lowest[place] <= highest
        self.are_distinct = not (meets_one_below or meets_one_above or any(map(eq, keys, keys[1:])))
        self._lowest.insert(place, lowest)
        self._highest.insert(place, highest)
