"""What calls cost: X bills by use, the same post once in a UTC day."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from platforms.accounting import Price

_DOCS = "xdevplatform/docs, x-api/getting-started/pricing"
_AS_OF = date(2026, 11, 22)
POST_READ, OWNED_READ, CREATE, CREATE_WITH_URL = "post_read", "owned_read", "create", "create_with_url"

PRICES = (
    Price(POST_READ, Decimal("0.005"), "USD", _DOCS, _AS_OF),
    Price(OWNED_READ, Decimal("0.001"), "USD", _DOCS, _AS_OF),
    Price(CREATE, Decimal("0.015"), "USD", _DOCS, _AS_OF),
    Price(CREATE_WITH_URL, Decimal("0.20"), "USD", _DOCS, _AS_OF),
)
# More of one app and day are not remembered, and counted again.
_MOST = 200_000


class Billed:
    """The posts that an app has paid for today, as far as this process knows."""

    def __init__(self) -> None:
        self._days: dict[str, tuple[date, set[str]]] = {}

    def new(self, app: str, day: date, ids: Iterable[str]) -> int:
        """How many of these X bills now."""
        since, known = self._days.get(app, (day, set()))
        if since != day:
            known = set()
        fresh = set(ids) - known
        if len(known) + len(fresh) <= _MOST:
            known |= fresh
        self._days[app] = (day, known)
        return len(fresh)
