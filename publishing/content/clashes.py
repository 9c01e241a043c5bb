"""What is planned too close to something else, or says the same again. Networks take it for spam; it stops nothing."""

import unicodedata
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Account
from publishing.content import repository
from publishing.content.check import Finding

SAID_WITHIN = timedelta(days=30)
CLOSE = timedelta(minutes=15)
_SHOWN = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True, order=True)
class Meant:
    """Words that are to go out on an account at a moment. `line` is where they stand in an uploaded plan."""

    at: datetime
    account_id: UUID
    post_id: UUID
    words: str
    line: int = 0

    @property
    def where(self) -> str:
        return f"line {self.line}" if self.line else f"the post of {self.at:{_SHOWN}} UTC"


class Plans:
    """What is meant for accounts, to hold more against it."""

    def __init__(self, meant: Iterable[Meant]) -> None:
        self._by_words: dict[tuple[UUID, str], list[Meant]] = defaultdict(list)
        self._by_time: dict[UUID, list[Meant]] = defaultdict(list)
        for one in sorted(meant):
            self.add(one)

    def add(self, one: Meant) -> None:
        self._by_words[one.account_id, one.words].append(one)
        insort(self._by_time[one.account_id], one)

    def twin(self, one: Meant) -> Meant | None:
        """What says this there at that very moment."""
        alike = self._by_words.get((one.account_id, one.words), ()) if one.words else ()
        return next((other for other in alike if _other(one, other) and other.at == one.at), None)

    def findings(self, account: Account, one: Meant) -> list[Finding]:
        """What clashes with it on its account; the nearest by time, the earliest by words."""
        found = []
        if one.words and (same := self._same(one)):
            message = f"{account.name} says the same in {same.where}, within {SAID_WITHIN.days} days: networks may "
            found.append(Finding("text", f"{message}take it for spam.", account.id, severity="warning"))
        if near := self._near(one):
            minutes = CLOSE.seconds // 60
            message = f"{near.where[0].upper()}{near.where[1:]} goes out on {account.name} within {minutes} minutes."
            found.append(Finding("at", message, account.id, severity="warning"))
        return found

    def _same(self, one: Meant) -> Meant | None:
        alike = self._by_words.get((one.account_id, one.words), ())
        return next((other for other in alike if _other(one, other) and abs(other.at - one.at) <= SAID_WITHIN), None)

    def _near(self, one: Meant) -> Meant | None:
        times = self._by_time.get(one.account_id, [])
        first = bisect_left(times, one.at - CLOSE, key=lambda other: other.at)
        last = bisect_right(times, one.at + CLOSE, key=lambda other: other.at)
        close = [other for other in times[first:last] if _other(one, other)]
        return min(close, key=lambda other: abs(other.at - one.at), default=None)


async def plans(session: AsyncSession, account_ids: Iterable[UUID], moments: Sequence[datetime]) -> Plans:
    """Everything that what is planned for these accounts at these moments could clash with."""
    if not moments:
        return Plans(())
    span = (min(moments) - SAID_WITHIN, max(moments) + SAID_WITHIN)
    rows = await repository.meant(session, set(account_ids), *span)
    return Plans(Meant(at, account_id, post_id, normalised(text)) for account_id, post_id, at, text in rows)


def normalised(text: str) -> str:
    """The same for what reads the same: whatever the case, the spaces and the form of the letters."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _other(one: Meant, other: Meant) -> bool:
    return other.post_id != one.post_id
