"""What reading and writing at a network costs, and what the network would not answer.

A client has one of each: `spent` and `parked`. Whoever opened the client writes them down.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from platforms.errors import Rejected

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Price:
    """What one `operation` costs, in `unit`: `USD`, or a quota's own unit such as `units`."""

    operation: str
    amount: Decimal
    unit: str
    source: str
    as_of: date


class Spent:
    """Adds up what calls cost, by unit."""

    def __init__(self, prices: Sequence[Price] = ()) -> None:
        self._prices = {price.operation: price for price in prices}
        self.totals: dict[str, Decimal] = {}

    def charge(self, operation: str, count: int = 1) -> None:
        """Count `count` times an operation of the price list. Raises KeyError for one that has no price."""
        price = self._prices[operation]
        self.totals[price.unit] = self.totals.get(price.unit, Decimal(0)) + price.amount * count


class Parked:
    """Metrics that a network refuses, with its words: they are left out until somebody looks."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}

    def without(self, metrics: Sequence[str]) -> list[str]:
        """Those that are not parked."""
        return [metric for metric in metrics if metric not in self.reasons]

    async def ask(
        self,
        metrics: Sequence[str],
        call: Callable[[Sequence[str]], Awaitable[T]],
        names_metric: Callable[[Rejected], bool],
    ) -> list[T]:
        """The answers to `call` for all metrics that the network takes, in as few calls as may be.

        A refusal for which `names_metric` is true is halved until the metric that causes it stands alone and is
        parked; every other error is raised.
        """
        wanted = self.without(metrics)
        if not wanted:
            return []
        try:
            return [await call(wanted)]
        except Rejected as refusal:
            if not names_metric(refusal):
                raise
            if len(wanted) == 1:
                self.reasons[wanted[0]] = str(refusal)
                return []
        middle = len(wanted) // 2
        return [
            *await self.ask(wanted[:middle], call, names_metric),
            *await self.ask(wanted[middle:], call, names_metric),
        ]
