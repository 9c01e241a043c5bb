"""The spans of time that statistics are asked for: whole days or months, UTC, of the last twelve months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.networks.linkedin.call import Call, moment
from sandbox.networks.linkedin.errors import invalid
from sandbox.networks.linkedin.feed import milliseconds

# Statistics are kept for a rolling year; a leap day and the hours of the day that runs are no reason to refuse.
KEPT = timedelta(days=365)
_OLDEST = timedelta(days=367)
Span = tuple[datetime, datetime]


def asked(call: Call) -> list[Span] | None:
    """The spans of `timeIntervals`; None where none is asked. Raises Refusal."""
    found = call.query.get("timeIntervals")
    if found is None:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("timeRange"), dict):
        raise invalid("Parameter 'timeIntervals' is invalid", "PARAM_INVALID")
    bounds, step, now = found["timeRange"], found.get("timeGranularityType"), call.world.now()
    if step not in ("DAY", "MONTH"):
        raise invalid("Parameter 'timeGranularityType' is DAY or MONTH", "PARAM_INVALID")
    assert isinstance(bounds, dict), "checked above"
    start = moment(bounds.get("start"), "timeRange.start")
    end = moment(bounds["end"], "timeRange.end") if "end" in bounds else now
    if start >= end:
        raise invalid("Parameter 'timeRange' ends before it starts", "PARAM_INVALID")
    if start < now - _OLDEST:
        raise invalid("Parameter 'timeRange.start' is older than 12 months", "PARAM_INVALID")
    return list(_steps(start, min(end, now), monthly=step == "MONTH"))


def dated(call: Call) -> Span | None:
    """The span of `dateRange`, whose end is not part of it; None where none is asked. Raises Refusal."""
    found = call.query.get("dateRange")
    if found is None:
        return None
    if not isinstance(found, dict):
        raise invalid("Parameter 'dateRange' is invalid", "PARAM_INVALID")
    start, end = _day(found.get("start")), _day(found.get("end"))
    if start is None or (end is not None and end <= start):
        raise invalid("Parameter 'dateRange' needs a start before its end", "PARAM_INVALID")
    return start, end or call.world.now()


def days(span: Span) -> list[Span]:
    """Every day of a span."""
    return list(_steps(span[0], span[1], monthly=False))


def written(span: Span) -> dict[str, int]:
    """A span as statistics of pages say it."""
    return {"start": milliseconds(span[0]), "end": milliseconds(span[1])}


def dated_as(span: Span) -> dict[str, dict[str, int]]:
    """A span as statistics of people say it."""
    return {
        name: {"year": at.year, "month": at.month, "day": at.day} for name, at in (("start", span[0]), ("end", span[1]))
    }


def _steps(start: datetime, end: datetime, *, monthly: bool) -> Iterable[Span]:
    """Whole days or months from the one in which the span starts."""
    edge = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if monthly:
        edge = edge.replace(day=1)
    while edge < end:
        following = (edge + timedelta(days=32)).replace(day=1) if monthly else edge + timedelta(days=1)
        yield edge, following
        edge = following


def _day(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        named = date(*(int(value[part]) for part in ("year", "month", "day")))
    except (KeyError, TypeError, ValueError) as error:
        raise invalid("Parameter 'dateRange' needs year, month and day", "PARAM_INVALID") from error
    return datetime.combine(named, time.min, UTC)
