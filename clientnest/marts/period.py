"""What is asked about: days, and which networks and accounts."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

METRICS = ("impressions", "reach", "views", "reactions", "likes", "comments", "shares", "saves", "clicks")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole UTC days, both ends included."""

    since: date
    until: date

    @classmethod
    def ending(cls, until: date, days: int) -> "Period":
        return cls(until - timedelta(days=days - 1), until)

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Period":
        """As many days, directly before."""
        return Period.ending(self.since - timedelta(days=1), self.days)

    @property
    def dates(self) -> list[date]:
        return [self.since + timedelta(days=day) for day in range(self.days)]


@dataclass(frozen=True, slots=True)
class Selection:
    """Networks and accounts; empty means all. `connected` are the accounts that count as connected, where that is
    asked of a past moment; None are those that are now."""

    platforms: tuple[str, ...] = ()
    account_ids: tuple[UUID, ...] = ()
    connected: tuple[UUID, ...] | None = None

    @property
    def parameters(self) -> dict[str, list[str] | list[UUID]]:
        return {"platforms": list(self.platforms), "account_ids": list(self.account_ids)}

    @property
    def connection(self) -> dict[str, list[UUID] | None]:
        return {"connected": None if self.connected is None else list(self.connected)}


# The condition that `Selection.parameters` fill; the table needs `platform` and `account_id`.
SELECTED = """
    (cardinality(cast(:platforms as text[])) = 0 or platform = any(cast(:platforms as text[])))
    and (cardinality(cast(:account_ids as uuid[])) = 0 or account_id = any(cast(:account_ids as uuid[])))
"""
# The condition that `Selection.connection` fills, over marts.accounts.
CONNECTED = """
    (source = 'api' and case when cast(:connected as uuid[]) is null then status <> 'disconnected'
        else account_id = any(cast(:connected as uuid[])) end)
"""
