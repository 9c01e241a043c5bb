"""How often one address may ask: a bucket each, which fills up again as time passes. Nothing of it is kept."""

import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_CALLERS = 10_000


class Pace:
    """`burst` calls at once, and `per_second` more as time passes. `clock` tells seconds."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        # What each caller has left and when that was so; who called last is last.
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, caller: str) -> float:
        """Seconds until the caller may ask; 0 where it may now, and then it has asked."""
        now = self._clock()
        left, since = self._left.pop(caller, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._per_second)
        may = left >= 1
        self._left[caller] = (left - 1 if may else left, now)
        if len(self._left) > _MOST_CALLERS:
            self._left.popitem(last=False)
        return 0.0 if may else (1 - left) / self._per_second
