"""When something comes again: a part of the rules of RFC 5545, on a wall clock.

`FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=10` is every other week on Mondays and Thursdays, ten times, and
`FREQ=MONTHLY;BYDAY=2MO,-1FR` the second Monday and the last Friday of every month. Weeks begin on Monday. What a rule
begins with is the first of its times only where it fits the rule.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, takewhile
from typing import Literal

from clientnest.errors import Invalid, Problem

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY"]
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES: tuple[Frequency, ...] = ("DAILY", "WEEKLY", "MONTHLY")
_MOST = {"INTERVAL": 400, "COUNT": 5_000}
_DAY = re.compile(rf"(-?[1-5])?({'|'.join(DAYS)})")
_UNTIL = re.compile(r"(\d{8})(T(\d{6}))?")
# A day that no month of a rule has, such as every 30th of each twelfth month from a February on; February's fifth
# Monday comes every 28 years.
_EMPTY_MONTHS = 48


@dataclass(frozen=True, slots=True)
class Rule:
    """`weekdays` (0 is Monday) and `month_days` (-1 is the last) are empty where the first time says them.

    `month_weekdays` are weekdays with their place in the month: (2, 0) is its second Monday, (-1, 4) its last Friday,
    (None, 0) each of its Mondays. `until` is the last wall clock that may be.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    month_weekdays: tuple[tuple[int | None, int], ...] = ()
    until: datetime | None = None
    count: int | None = None

    def times(self, first: datetime) -> Iterator[datetime]:
        """Every wall clock from `first` on, which is where the rule begins to count."""
        days = (day for day in self._days(first.date()) if day >= first.date())
        coming: Iterator[datetime] = (datetime.combine(day, first.time()) for day in days)
        if self.until is not None:
            last = self.until
            coming = takewhile(lambda at: at <= last, coming)
        if self.count is None:
            yield from coming
        else:
            for _, at in zip(range(self.count), coming, strict=False):
                yield at

    def _days(self, first: date) -> Iterator[date]:
        if self.frequency == "DAILY":
            yield from self._daily(first)
        elif self.frequency == "WEEKLY":
            yield from self._weekly(first)
        else:
            yield from self._monthly(first)

    def _daily(self, first: date) -> Iterator[date]:
        wanted = self.weekdays or tuple(range(7))
        if not any((first.weekday() + place * self.interval) % 7 in wanted for place in range(7)):
            return
        for place in _until_the_end(first, self.interval):
            day = first + timedelta(days=place)
            if day.weekday() in wanted:
                yield day

    def _weekly(self, first: date) -> Iterator[date]:
        monday = first - timedelta(days=first.weekday())
        weekdays = sorted(self.weekdays or (first.weekday(),))
        for place in _until_the_end(monday, 7 * self.interval):
            yield from (monday + timedelta(days=place + weekday) for weekday in weekdays)

    def _monthly(self, first: date) -> Iterator[date]:
        """Months without the day are left out."""
        empty = 0
        for place in count(0, self.interval):
            year, month = divmod(first.year * 12 + first.month - 1 + place, 12)
            found = [date(year, month + 1, day) for day in sorted(self._of_month(year, month + 1, first.day))]
            empty = 0 if found else empty + 1
            if year >= date.max.year - 1 or empty > _EMPTY_MONTHS:
                return
            yield from found

    def _of_month(self, year: int, month: int, usual: int) -> set[int]:
        opening, length = monthrange(year, month)
        if not self.month_weekdays:
            wanted = self.month_days or (usual,)
            return {day if day > 0 else length + 1 + day for day in wanted if day <= length}
        days: set[int] = set()
        for place, weekday in self.month_weekdays:
            each = range(1 + (weekday - opening) % 7, length + 1, 7)
            if place is None:
                days.update(each)
            else:
                days.update((each if place > 0 else each[::-1])[abs(place) - 1 : abs(place)])
        return days


def parsed(text: str) -> Rule:
    """A rule as it is written. Raises Invalid with everything that is wrong with it."""
    parts, problems = _parts(text)
    frequency = next((one for one in _FREQUENCIES if one == parts.get("FREQ")), None)
    if frequency is None:
        problems.append(f"Begin with FREQ= and one of {', '.join(_FREQUENCIES)}.")
    interval, times = (_number(parts, name, problems) for name in ("INTERVAL", "COUNT"))
    days = _days(parts.get("BYDAY"), problems)
    month_days = _month_days(parts.get("BYMONTHDAY"), problems)
    until = _until(parts.get("UNTIL"), problems)
    if until is not None and times is not None:
        problems.append("Give UNTIL or COUNT, not both.")
    if frequency == "MONTHLY" and "BYDAY" in parts and "BYMONTHDAY" in parts:
        problems.append("Give BYDAY or BYMONTHDAY, not both.")
    if frequency != "MONTHLY" and month_days:
        problems.append("Only a monthly rule has BYMONTHDAY.")
    if frequency != "MONTHLY" and any(place for place, _ in days):
        problems.append("Only a monthly rule has places of weekdays, as in 2MO.")
    if problems or frequency is None:
        raise Invalid("This rule cannot be.", tuple(Problem("rule", problem) for problem in problems))
    if frequency == "MONTHLY":
        return Rule(frequency, interval or 1, (), month_days, days, until, times)
    return Rule(frequency, interval or 1, tuple(sorted({weekday for _, weekday in days})), until=until, count=times)


def _parts(text: str) -> tuple[dict[str, str], list[str]]:
    known = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "UNTIL", "COUNT")
    parts: dict[str, str] = {}
    problems = []
    for part in text.upper().replace(" ", "").removeprefix("RRULE:").strip(";").split(";"):
        name, _, value = part.partition("=")
        if name not in known:
            problems.append(f"{name or 'Nothing'} is not known here: choose from {', '.join(known)}.")
        elif name in parts:
            problems.append(f"{name} is there twice.")
        parts[name] = value
    return parts, problems


def _number(parts: dict[str, str], name: str, problems: list[str]) -> int | None:
    value = parts.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 1 <= int(value) <= _MOST[name]:
        problems.append(f"{name} is a number from 1 to {_MOST[name]:,}.")
        return None
    return int(value)


def _days(value: str | None, problems: list[str]) -> tuple[tuple[int | None, int], ...]:
    """Weekdays, with their place in the month where that is told."""
    days = value.split(",") if value is not None else []
    found = [match for day in days if (match := _DAY.fullmatch(day))]
    if len(found) < len(days):
        unknown = ", ".join(day for day in days if not _DAY.fullmatch(day))
        problems.append(f"BYDAY has days out of {', '.join(DAYS)}, of a month also as 2MO or -1FR, not {unknown}.")
    return tuple(dict.fromkeys((int(match[1]) if match[1] else None, DAYS.index(match[2])) for match in found))


def _month_days(value: str | None, problems: list[str]) -> tuple[int, ...]:
    days = value.split(",") if value is not None else []
    if not all(re.fullmatch(r"-1|[1-9]|[12][0-9]|3[01]", day) for day in days):
        problems.append("BYMONTHDAY has days from 1 to 31, or -1 for the last of the month.")
        return ()
    return tuple(sorted({int(day) for day in days}))


def _until(value: str | None, problems: list[str]) -> datetime | None:
    """A day is meant with its evening."""
    if value is None:
        return None
    found = _UNTIL.fullmatch(value)
    try:
        if found is None:
            raise ValueError(value)
        day = date.fromisoformat(found[1])
        clock = time.fromisoformat(found[3]) if found[3] else time.max
    except ValueError:
        problems.append("UNTIL is a day such as 20270131, or a wall clock such as 20270131T090000.")
        return None
    return datetime.combine(day, clock)


def _until_the_end(first: date, step: int) -> range:
    """Days from the first one, as long as there is a calendar."""
    return range(0, (date.max - first).days - 7, step)
