"""Query parameters that several resources share: moments, periods, networks and accounts."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BeforeValidator

from api.moments import Asked, parsed
from clientnest import marts
from clientnest.errors import Invalid, Problem
from clientnest.marts import Period, Selection
from platforms import PLATFORMS

_LONGEST = 1100
Moment = Annotated[date | datetime, BeforeValidator(parsed)]
Since = Annotated[Moment | None, Query(description="From this UTC day or moment on.")]
Until = Annotated[Moment | None, Query(description="Up to this UTC day, included, or this moment, not included.")]


def start(since: date | datetime | None) -> datetime | None:
    """The moment at which a span begins."""
    if since is None or isinstance(since, datetime):
        return since
    return datetime.combine(since, time.min, UTC)


def end(until: date | datetime | None) -> datetime | None:
    """The moment before which a span ends."""
    if until is None or isinstance(until, datetime):
        return until
    return datetime.combine(until + timedelta(days=1), time.min, UTC)


async def _period(
    session: Asked,
    days: Annotated[
        int | None, Query(ge=1, le=_LONGEST, description="So many days up to `until`; 28 when nothing is said.")
    ] = None,
    since: Since = None,
    until: Until = None,
) -> Period:
    last = (end(until) or datetime.max.replace(tzinfo=UTC)).astimezone(UTC) - timedelta(microseconds=1)
    last_day = last.date() if until else await marts.newest_day(session)
    first = start(since)
    if first is None:
        return Period.ending(last_day, days or 28)
    if days is not None:
        raise Invalid("Give days or since, not both.", (Problem("days", "Leave it out."),))
    period = Period(first.astimezone(UTC).date(), last_day)
    if not 1 <= period.days <= _LONGEST:
        message = f"Choose 1 to {_LONGEST} days, since before until."
        raise Invalid("The period cannot be shown.", (Problem("since", message),))
    return period


def _split(given: Any) -> Any:
    if not isinstance(given, list):
        return given
    return [part.strip() for value in given for part in str(value).split(",") if part.strip()]


# For lists in a query: repeated, or separated by commas.
Separated = BeforeValidator(_split)


def _names(given: list[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(given))
    unknown = [name for name in names if name not in PLATFORMS]
    if unknown:
        problem = Problem("platforms", f"Choose from {', '.join(PLATFORMS)}.")
        raise Invalid(f"{unknown[0]!r} is not a network that ClientNest knows.", (problem,))
    return names


_NETWORKS = "Networks, repeated or separated by commas; all when left out."
_ACCOUNTS = "Accounts, repeated or separated by commas; all when left out."


def _several(
    platforms: Annotated[list[str] | None, Separated, Query(description=_NETWORKS)] = None,
    account_id: Annotated[list[UUID] | None, Separated, Query(description=_ACCOUNTS)] = None,
) -> Selection:
    return Selection(_names(platforms or []), tuple(account_id or ()))


def _one(
    platform: Annotated[list[str] | None, Separated, Query(description=_NETWORKS)] = None,
    account_id: Annotated[list[UUID] | None, Separated, Query(description=_ACCOUNTS)] = None,
) -> Selection:
    return Selection(_names(platform or []), tuple(account_id or ()))


InPeriod = Annotated[Period, Depends(_period, scope="function")]
# `/analytics/…` says `platforms`, `/social/…` says `platform`.
OfPlatforms = Annotated[Selection, Depends(_several)]
OfPlatform = Annotated[Selection, Depends(_one)]
