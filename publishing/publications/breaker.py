"""A network that fails one account after the other is left alone for a while, so that what is due keeps its attempts.

An app is a registration at a network: the installation's, or a workspace's own. It counts as away when the attempts
of several of its accounts in a row found nobody there; then it is tried again with a few posts, ever more rarely,
until one of them is answered. What one account has trouble with holds up no other.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import structlog

# A network's name, and the workspace whose own registration it is; None for the installation's.
App = tuple[str, UUID | None]

# Accounts in a row, and how long they are left alone then, in seconds: twice as long after each trial in vain.
ACCOUNTS = 3
_FIRST, _LONGEST = 15.0, 300.0
_log = structlog.get_logger()


@dataclass(slots=True)
class _Circuit:
    failing: set[UUID] = field(default_factory=set)
    wait: float = 0.0
    closed_again_at: float = 0.0


class Breaker:
    """`clock` is in seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._circuits: dict[App, _Circuit] = {}

    @property
    def waits(self) -> Mapping[App, float]:
        """Those that are left alone now, and for how many seconds still."""
        now = self._clock()
        left = {app: circuit.closed_again_at - now for app, circuit in self._circuits.items()}
        return {app: seconds for app, seconds in left.items() if seconds > 0}

    @property
    def away(self) -> frozenset[App]:
        """Those that are left alone now."""
        return frozenset(self.waits)

    @property
    def tried(self) -> frozenset[App]:
        """Those that were away and are tried again now."""
        return frozenset(app for app, circuit in self._circuits.items() if circuit.wait) - self.away

    def answered(self, app: App) -> None:
        """Somebody was there."""
        if (circuit := self._circuits.pop(app, None)) is not None and circuit.wait:
            _log.info("publishing.network_is_back", platform=app[0])

    def failed(self, app: App, account_id: UUID) -> None:
        """An attempt of an account found nobody there."""
        circuit = self._circuits.setdefault(app, _Circuit())
        circuit.failing.add(account_id)
        if circuit.closed_again_at <= self._clock() and (circuit.wait or len(circuit.failing) >= ACCOUNTS):
            circuit.wait = min(circuit.wait * 2 or _FIRST, _LONGEST)
            circuit.closed_again_at = self._clock() + circuit.wait
            _log.warning("publishing.network_is_away", platform=app[0], seconds=circuit.wait)
