"""What a request asks for, checked: moments, numbers, ids, and lists of fields."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from sandbox.networks.x.errors import Problem, invalid
from sandbox.networks.x.gate import Call

_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
# Before this there is nothing to ask for.
_EARLIEST = datetime(2010, 11, 6, tzinfo=UTC)
_ID = re.compile(r"[0-9]{1,19}")
MOST_IDS = 100


def instant(moment: datetime) -> str:
    """A moment as X writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment(query: QueryParams, name: str) -> datetime | None:
    """A moment of the query; None when it is not asked."""
    value = query.get(name)
    if value is None:
        return None
    if not _MOMENT.fullmatch(value):
        raise invalid(name, value, f"The `{name}` query parameter value [{value}] is not a valid RFC3339 date-time")
    try:
        found = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise invalid(name, value, f"The `{name}` query parameter value [{value}] is no moment") from error
    if found < _EARLIEST:
        raise invalid(name, value, f"Invalid '{name}': it must be on or after [{instant(_EARLIEST)}]")
    return found


def needed(query: QueryParams, name: str) -> datetime:
    """A moment that must be asked."""
    found = moment(query, name)
    if found is None:
        raise invalid(name, "", f"The `{name}` query parameter can not be empty")
    return found


async def json_object(call: Call) -> dict[str, Any]:
    """The object that a body holds."""
    try:
        body = await call.request.json()
    except (ValueError, RecursionError) as error:
        raise Problem(400, "Invalid Request", "The body is not JSON.", "invalid-request") from error
    if not isinstance(body, dict):
        raise Problem(400, "Invalid Request", "The body must be an object.", "invalid-request")
    return body


def number(query: QueryParams, name: str, low: int, high: int, default: int) -> int:
    """A whole number of the query between two bounds."""
    value = query.get(name)
    if value is None:
        return default
    if not (value.isascii() and value.isdecimal()) or len(value) > 9 or not low <= int(value) <= high:
        message = f"The `{name}` query parameter value [{value}] is not between {low} and {high}"
        raise invalid(name, value, message)
    return int(value)


def chosen(call: Call, name: str, allowed: frozenset[str]) -> set[str]:
    """A comma separated list of the query, each of a known set less what X has given up."""
    query, allowed = call.request.query_params, allowed - call.dead
    values = {value for value in query.get(name, "").split(",") if value}
    for value in sorted(values - allowed):
        raise invalid(
            name, value, f"The `{name}` query parameter value [{value}] is not one of [{','.join(sorted(allowed))}]"
        )
    return values


def listed(query: QueryParams, name: str, pattern: re.Pattern[str]) -> list[str]:
    """The things of a lookup, at most a hundred, in the order asked."""
    values = list(dict.fromkeys(query.get(name, "").split(",")))
    if values == [""]:
        raise invalid(name, "", f"The `{name}` query parameter can not be empty")
    if len(values) > MOST_IDS:
        message = f"The number of values in the `{name}` query parameter list [{len(values)}] is not between 1 and 100"
        raise invalid(name, len(values), message)
    for value in values:
        if not pattern.fullmatch(value):
            raise invalid(name, value, f"The `{name}` query parameter value [{value}] is not valid")
    return values


def ids(query: QueryParams) -> list[str]:
    """The ids of a lookup."""
    return listed(query, "ids", _ID)


def numeric(value: str, parameter: str) -> str:
    """An id as X writes ids."""
    if not _ID.fullmatch(value):
        raise invalid(parameter, value, f"The `{parameter}` query parameter value [{value}] is not valid")
    return value


def seal(direction: str, edge: int) -> str:
    """A page's token: which way, and from where."""
    return base64.urlsafe_b64encode(f"page {direction}{edge:020d}".encode()).decode().rstrip("=")


def unsealed(query: QueryParams, *names: str) -> tuple[bool, int | None]:
    """Whether a token of the query leads forward, and its edge; None where none is asked."""
    for name in names:
        token = query.get(name)
        if token is None:
            continue
        try:
            plain = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
            found = re.fullmatch(r"page ([np])([0-9]{1,20})", plain)
        except (binascii.Error, ValueError):
            found = None
        if found is None:
            raise invalid(name, token, f"The `{name}` query parameter value [{token}] is not valid")
        return found[1] == "n", int(found[2])
    return True, None
