"""One function for every span of time that a network is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from platforms.platform import Window

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
# A call reaches the network later than it was made, and two clocks differ: the oldest moment is not asked for.
_MARGIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reach:
    """How much time one call of an operation may ask for.

    `longest` and `shortest` bound one span, in whole seconds. With a `zone` spans are whole days of it; a day that
    still runs counts up to the newest moment, once that much of it is `shortest`, and a single day is never too
    long, whatever the clocks do. `history` is how far back the network answers (None: for ever), `lag` how far
    before now the newest moment must lie; a negative one lets a span end in the future.
    Raises ValueError where nothing could be cut.
    """

    longest: timedelta
    shortest: timedelta = timedelta(0)
    zone: ZoneInfo | None = None
    history: timedelta | None = None
    lag: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        needed = _DAY if self.zone else max(2 * self.shortest, _SECOND)
        if self.longest < needed:
            raise ValueError(f"longest is {self.longest}: spans can only be cut where it is at least {needed}")


def cut(window: Window, reach: Reach, now: datetime) -> list[Window]:
    """The window as spans that one call each may ask for: in order, without gap or overlap, of like length.

    Bounds are whole seconds, UTC; with a zone they are its midnights, so days that the window touches are whole.
    Left out is what the network does not answer: what is older than its history, and what is newer than `now`, the
    network's time, less the lag. Where all that is asked is shorter than `shortest`, it grows at its end, and what
    cannot grow yet is left for the next time.
    """
    newest = _floor(now - reach.lag)
    oldest = _floor(now - reach.history + _MARGIN) if reach.history is not None else None
    if window.start >= window.end:
        return []
    if reach.zone:
        return _together(_days(window, reach.zone, oldest, newest, reach.shortest), reach.longest)
    start = _floor(window.start) if oldest is None else max(_floor(window.start), oldest)
    end = _floor(window.end)
    if start >= end:
        return []
    end = min(max(end, start + reach.shortest), newest)
    if end - start < max(reach.shortest, _SECOND):
        return []
    parts = _split((end - start) // _SECOND, reach.longest // _SECOND)
    return [Window(start + first * _SECOND, start + last * _SECOND) for first, last in parts]


def dates(span: Window, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last day of `zone` that a span touches."""
    last = span.end - timedelta.resolution
    return span.start.astimezone(zone).date(), last.astimezone(zone).date()


def _days(
    window: Window, zone: ZoneInfo, oldest: datetime | None, newest: datetime, shortest: timedelta
) -> list[Window]:
    """The whole days that the window touches within what the network answers; the running one up to `newest`."""
    found: list[Window] = []
    day = window.start.astimezone(zone).date()
    while (start := _midnight(day, zone)) < min(window.end, newest):
        day += _DAY
        end = _midnight(day, zone)
        running = end > newest
        # A day that a zone skipped, as Samoa did, has no length.
        if start < end and (oldest is None or start >= oldest) and not (running and newest - start < shortest):
            found.append(Window(start, min(end, newest)))
    return found


def _together(days: Sequence[Window], longest: timedelta) -> list[Window]:
    """Days in as few spans as may be; the hour that clocks add to one of them counts."""
    most = longest // _DAY
    while True:
        spans = [Window(days[first].start, days[end - 1].end) for first, end in _split(len(days), most)]
        if most == 1 or all(span.end - span.start <= longest for span in spans):
            return spans
        most -= 1


def _split(count: int, most: int) -> list[tuple[int, int]]:
    """Bounds of as few parts of `count` things as may be, of like size, none with more than `most`."""
    parts = -(-count // most)
    return list(pairwise(count * n // parts for n in range(parts + 1))) if parts else []


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _floor(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
