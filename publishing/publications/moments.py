"""The moment that somebody means: a moment itself, or a wall clock in a zone.

Clocks jump twice a year in most zones. A time that is left out then is read as if the clock had not jumped yet, so
that it comes out later by the jump (RFC 5545, section 3.3.5); of a time that comes twice it is the first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clientnest.errors import Invalid, Problem

# Somebody who means now may be so late, by the network between and by their clock.
TOLERANCE = timedelta(minutes=1)
_FARTHEST = timedelta(days=730)
_SHOWN = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` in UTC; `local` is the wall clock that was meant, without zone, None where a moment itself was.

    `note` tells what the clock did, where it jumps.
    """

    at: datetime
    zone: str
    local: datetime | None = None
    note: str | None = None


def zone_named(name: str) -> ZoneInfo:
    """Raises Invalid."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise _invalid("zone", f"There is no time zone {name}: give one such as Europe/Oslo.") from error


def meant(at: datetime, zone: str | None, *, now: datetime) -> Moment:
    """A moment with an offset, or a wall clock with the IANA zone it hangs in. Raises Invalid."""
    if not 1 < at.year < MAXYEAR:
        raise _invalid("at", "Give a time of these years.")
    if at.tzinfo is not None and at.utcoffset() is not None:
        moment = Moment(at.astimezone(UTC), zone_named(zone).key if zone else "UTC")
    elif zone is None:
        raise _invalid("at", "Give an offset with the time, or the zone it is meant in: 09:00 is when where?")
    else:
        moment = on_the_wall(at, zone_named(zone), zone)
    if moment.at < now - TOLERANCE:
        raise _invalid("at", f"{at.strftime(_SHOWN)} is over: give a time to come.")
    if moment.at > now + _FARTHEST:
        raise _invalid("at", f"Plan no farther ahead than {_FARTHEST.days} days.")
    return moment


def on_the_wall(local: datetime, rules: tzinfo, zone: str) -> Moment:
    """When a clock without an offset shows `local` by these rules."""
    naive = local.replace(tzinfo=None, fold=0)
    first = naive.replace(tzinfo=rules)
    at = first.astimezone(UTC)
    shown = at.astimezone(rules).replace(tzinfo=None)
    note = None
    if shown != naive:
        note = f"In {zone} clocks leave {naive.strftime(_SHOWN)} out: it goes out at {shown.strftime(_SHOWN)}."
    elif first.utcoffset() != first.replace(fold=1).utcoffset():
        note = f"In {zone} clocks show {naive.strftime(_SHOWN)} twice: it goes out the first time."
    return Moment(at, zone, naive, note)


def again(local: datetime, zone: str, rules_of: Callable[[str], tzinfo] = zone_named) -> Moment:
    """The moment by the rules that hold today."""
    return on_the_wall(local, rules_of(zone), zone)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, (Problem(field, message),))
