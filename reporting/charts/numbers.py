"""Numbers, dates and ages in the reader's language: one formatter for pages, charts and reports.

What is unknown (None) is a dash, never a zero. Rates are shares of 1.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_compact_decimal, format_decimal

UNKNOWN = "—"
MINUS = "−"
# No line may break between a number and its unit.
SPACE = "\u00a0"
# Beyond this share a change in per cent is hard to picture.
MULTIPLE_FROM = 9.99


@dataclass(frozen=True, slots=True)
class Numbers:
    """`locale` is a Babel name; `zone` the IANA zone in which moments are shown."""

    locale: str = "en_GB"
    zone: str = "UTC"

    @classmethod
    def of(cls, locale: str | None, zone: str | None) -> "Numbers":
        """For what a browser says of itself (`de-CH`, `Europe/Oslo`); British English and UTC where it is unclear."""
        return cls(_known_locale(locale), _known_zone(zone))

    def full(self, value: float | None) -> str:
        """54,261"""
        return UNKNOWN if value is None else _true_minus(format_decimal(value, locale=self.locale))

    def compact(self, value: float | None) -> str:
        """1.31 M, 612 K, 8,917: three digits from ten thousand on."""
        if value is None:
            return UNKNOWN
        if abs(value) < 10_000:
            return self.full(round(value))
        rounded = float(f"{value:.3g}")
        digits = 2 - (len(str(int(abs(rounded)))) - 1) % 3
        text = format_compact_decimal(rounded, locale=self.locale, fraction_digits=digits)
        return _true_minus(re.sub(r"(?<=\d)(?=[^\W\d])", SPACE, text))

    def rate(self, share: float | None) -> str:
        """3.4 %"""
        if share is None:
            return UNKNOWN
        return _true_minus(format_decimal(_one_digit(share * 100), "#,##0.0", locale=self.locale)) + SPACE + "%"

    def change(self, now: float | None, before: float | None) -> str:
        """+18 %, × 12 from ten times on, "new" from zero, a dash where either is unknown."""
        if now is None or before is None:
            return UNKNOWN
        if before == 0:
            return f"0{SPACE}%" if now == 0 else "new"
        share = (now - before) / abs(before)
        if share > MULTIPLE_FROM:
            return f"×{SPACE}{self.full(round(now / before))}"
        percent = round(share * 100)
        return f"{_sign(percent)}{self.full(abs(percent))}{SPACE}%"

    def points(self, now: float | None, before: float | None) -> str:
        """The change of a rate: +0.3 pp."""
        if now is None or before is None:
            return UNKNOWN
        points = _one_digit((now - before) * 100)
        return f"{_sign(points)}{format_decimal(abs(points), '#,##0.0', locale=self.locale)}{SPACE}pp"

    def day(self, day: date, today: date | None = None) -> str:
        """20 Nov; with the year where it is not that of `today`."""
        skeleton = "MMMd" if today is not None and day.year == today.year else "yMMMd"
        return str(format_skeleton(skeleton, day, locale=self.locale))

    def short_day(self, day: date) -> str:
        """20 Nov, for axes: never with a year."""
        return self.day(day, day)

    def weekday(self, day: date) -> str:
        """Fri 20 Nov"""
        return f"{format_date(day, 'EEE', locale=self.locale)} {self.short_day(day)}"

    def span(self, since: date, until: date) -> str:
        """24 Oct – 20 Nov 2026"""
        return f"{self.day(since, until)} – {self.day(until)}"

    def clock(self, moment: datetime) -> str:
        """16:00"""
        return str(format_time(moment, "short", tzinfo=ZoneInfo(self.zone), locale=self.locale))

    def moment(self, moment: datetime | None, now: datetime) -> str:
        """today 13:02; 20 Nov, 13:02; with the year where it is another."""
        if moment is None:
            return UNKNOWN
        local, today = self._local(moment).date(), self._local(now).date()
        if local == today:
            return f"today {self.clock(moment)}"
        return f"{self.day(local, today)}, {self.clock(moment)}"

    def when(self, moment: datetime) -> str:
        """20 Nov, 13:02: for reports, where there is no today."""
        return f"{self.short_day(self._local(moment).date())}, {self.clock(moment)}"

    def age(self, moment: datetime | None, now: datetime) -> str:
        """14 minutes ago under an hour, then the moment; "never" where there is none."""
        if moment is None:
            return "never"
        minutes = int((now - moment).total_seconds() // 60)
        if 0 <= minutes < 1:
            return "just now"
        if 0 < minutes < 60:
            return f"{minutes} minute{'s' if minutes > 1 else ''} ago"
        return self.moment(moment, now)

    def stamp(self, moment: datetime) -> str:
        """20 Nov 2026, 13:02 (Europe/Oslo): for reports, where no reader is known."""
        text = format_datetime(moment, "d MMM y, HH:mm", tzinfo=ZoneInfo(self.zone), locale=self.locale)
        return f"{text} ({self.zone})"

    def today(self, now: datetime) -> date:
        return self._local(now).date()

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.zone))


def ticks(largest: float) -> list[int | float]:
    """Zero and up to four round values, the last at or above `largest`."""
    if largest <= 0:
        return [0, 1]
    rough = largest / 4
    power = 10.0 ** (len(f"{rough:.0f}") - 1) if rough >= 1 else 1.0
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    if step != int(step):
        step = float(int(step) + 1)
    count = int(-(-largest // step))
    return [int(step) * mark for mark in range(count + 1)]


def weeks_back(days: int) -> list[int]:
    """Every seventh index counted back from the last of `days`, so that the newest day is always labelled.

    Fewer labels where there are many days.
    """
    step = 7 * max(1, -(-days // 70))
    if days <= 8:
        step = 2 if days > 4 else 1
    return sorted(range(days - 1, -1, -step))


def days_between(since: date, until: date) -> list[date]:
    """Every day, both included."""
    return [since + timedelta(days=day) for day in range((until - since).days + 1)]


def _one_digit(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))


def _sign(value: float | Decimal) -> str:
    return "+" if value > 0 else MINUS if value < 0 else ""


def _true_minus(text: str) -> str:
    return text.replace("-", MINUS)


def _known_locale(name: str | None) -> str:
    try:
        return str(Locale.parse(name or "", sep="-"))
    except (UnknownLocaleError, ValueError):
        return "en_GB"


def _known_zone(name: str | None) -> str:
    try:
        return ZoneInfo(name or "UTC").key
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"
