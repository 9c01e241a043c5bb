"""What to read next of an account's posts, and when: the network's budget goes where figures still move.

A post is read again after a twelfth of the age that it had when it was last read, so its readings thin out as its
figures settle: every hour on its first half day, every 2 hours at the end of its first day, every 14 hours when it
is a week old, every 2 days and 8 hours at four weeks, and never rarer than every 30 days. That is some 62 readings
in the first four weeks, where every hour would be 672. Where figures have stood still for longer than a sixth of
that age, half of that stillness is waited for instead; a post that the network has just told of is due at once.

After a downtime everything that fell due is read, most overdue first, as far as the budgets go. Of each budget a
fifth is left to the account itself, to publishing and to what people ask for. A budget of the whole app is shared:
an account has its part of it, and what is left of the whole bounds all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import floor

from platforms.platform import PostRef, Window

# A little less than the hour that passes between two refreshes, which do not take equally long.
SHORTEST = timedelta(minutes=50)
LONGEST = timedelta(days=30)
_AGE_PER_WAIT = 12
_STILLNESS_PER_WAIT = 2
# What an account may use of any budget.
_READING = Decimal("0.8")
# How far back a refresh goes on its own where nothing was read for long.
CATCH_UP = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Reading:
    """A post, when it was last read, when its figures last changed by then, and when the network last told of it."""

    post: PostRef
    read_at: datetime | None = None
    changed_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def wait(self) -> timedelta:
        """How long after its last reading it is worth another."""
        if self.read_at is None or (self.told_at is not None and self.told_at > self.read_at):
            return timedelta(0)
        age = self.read_at - self.post.published_at
        stillness = self.read_at - self.changed_at if self.changed_at is not None else timedelta(0)
        return min(max(age / _AGE_PER_WAIT, stillness / _STILLNESS_PER_WAIT, SHORTEST), LONGEST)

    @property
    def due_at(self) -> datetime:
        """From when on it is worth another reading."""
        return self.post.published_at if self.read_at is None else self.read_at + self.wait


@dataclass(frozen=True, slots=True)
class Purse:
    """One budget: so much in all, so much of it spent by everybody and by this account, and what one post costs.

    `accounts` share it; 1 where it is the account's own.
    """

    unit: str
    amount: Decimal
    spent: Decimal
    spent_by_account: Decimal
    per_post: Decimal
    accounts: int = 1

    @property
    def left(self) -> Decimal:
        """What the account may still spend on posts."""
        usable = self.amount * _READING
        return min(usable - self.spent, usable / self.accounts - self.spent_by_account)

    @property
    def is_empty(self) -> bool:
        """Whether nothing may be asked any more, not even about the account."""
        return self.spent >= self.amount


@dataclass(frozen=True, slots=True)
class Plan:
    """Posts to read now, most urgent first, and when the next one falls due; None where there is none."""

    posts: list[PostRef]
    next_at: datetime | None


def affordable(purses: Sequence[Purse]) -> int | None:
    """How many posts all budgets together allow; None where none bounds it."""
    counts = [max(0, floor(purse.left / purse.per_post)) for purse in purses if purse.per_post > 0]
    return min(counts, default=None)


def plan(readings: Sequence[Reading], now: datetime, purses: Sequence[Purse] = ()) -> Plan:
    """What is due of an account's posts, as far as the budgets go; what they leave out stays due."""
    due = sorted((one for one in readings if one.due_at <= now), key=lambda one: _urgency(one, now), reverse=True)
    chosen = due[: affordable(purses)]
    rest = [*due[len(chosen) :], *(one for one in readings if one.due_at > now)]
    return Plan([one.post for one in chosen], min((one.due_at for one in rest), default=None))


def caught_up(window: Window, read_until: datetime | None, history: timedelta | None) -> Window:
    """The window from where the last reading ended, if that was before it begins; at most `CATCH_UP` back."""
    if read_until is None or read_until >= window.start:
        return window
    furthest = window.end - (CATCH_UP if history is None else min(CATCH_UP, history))
    return Window(min(window.start, max(read_until, furthest)), window.end)


def _urgency(reading: Reading, now: datetime) -> tuple[bool, float, datetime]:
    """What was never read or was just told of first, then by how many waits it is late, then the younger."""
    if not reading.wait:
        return True, 0.0, reading.post.published_at
    return False, (now - reading.due_at) / reading.wait, reading.post.published_at
