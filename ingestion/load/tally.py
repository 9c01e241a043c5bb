"""What a client spends, and what the network refuses it, during one load."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from platforms.accounting import Parked, Spent


class Tally:
    """Begun before a load. `known` are the metrics that are left out, with the reasons why."""

    def __init__(self, client: Any, known: Mapping[str, str]) -> None:
        self._spent: Spent = getattr(client, "spent", None) or Spent()
        self._parked: Parked = getattr(client, "parked", None) or Parked()
        self._before = dict(self._spent.totals)
        self._known = dict(known)
        self._parked.reasons.clear()
        self._parked.reasons.update(known)

    @property
    def cost(self) -> dict[str, Decimal]:
        """Spent since, by unit."""
        spent = {unit: total - self._before.get(unit, Decimal(0)) for unit, total in self._spent.totals.items()}
        return {unit: amount for unit, amount in spent.items() if amount}

    @property
    def parked(self) -> dict[str, str]:
        """All metrics that were left out or refused."""
        return dict(self._parked.reasons)

    @property
    def newly_parked(self) -> dict[str, str]:
        """Those that were refused since."""
        return {metric: reason for metric, reason in self._parked.reasons.items() if metric not in self._known}
