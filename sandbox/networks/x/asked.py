"""What a request asks for, checked: moments, numbers, ids, and lists of fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from sandbox.networks.x.errors import Problem, invalid
from sandbox.networks.x.gate import Call

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)")
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
    # A plus sign of a zone arrives as a space when it was not encoded.
    if not _MOMENT.fullmatch(value):
        raise invalid(name, value, f"The `{name}` query parameter value [{value}] is not a valid RFC3339 date-time")
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise invalid(name, value, f"The `{name}` query parameter value [{value}] is no moment") from error
    if found < _EARLIEST:
        raise invalid(name, value, f"Invalid '{name}': it must be on or after [{instant(_EARLIEST)}]")
    return found


async def json_object(call: Call) -> dict[str, Any]:
    """The object that a body holds."""
    try:
        body = await call.request.json()
    except ValueError as error:
        raise Problem(400, "Invalid Request", "The body is not JSON.", "invalid-request") from error
    if not isinstance(body, dict):
        raise Problem(400, "Invalid Request", "The body must be an object.", "invalid-request")
    return body


def number(query: QueryParams, name: str, low: int, high: int, default: int) -> int:
    """A whole number of the query between two bounds."""
    value = query.get(name)
    if value is None:
        return default
    if not value.isdecimal() or not low <= int(value) <= high:
        message = f"The `{name}` query parameter value [{value}] is not between {low} and {high}"
        raise invalid(name, value, message)
    return int(value)


def chosen(query: QueryParams, name: str, allowed: frozenset[str]) -> set[str]:
    """A comma separated list of the query, each of a known set."""
    values = {value for value in query.get(name, "").split(",") if value}
    for value in sorted(values - allowed):
        raise invalid(
            name, value, f"The `{name}` query parameter value [{value}] is not one of [{','.join(sorted(allowed))}]"
        )
    return values


def ids(query: QueryParams) -> list[str]:
    """The ids of a lookup, at most a hundred, in the order asked."""
    values = list(dict.fromkeys(query.get("ids", "").split(",")))
    if values == [""]:
        raise invalid("ids", "", "The `ids` query parameter can not be empty")
    if len(values) > MOST_IDS:
        raise invalid(
            "ids",
            len(values),
            f"The number of values in the `ids` query parameter list [{len(values)}] is not between 1 and 100",
        )
    for value in values:
        numeric(value, "ids")
    return values


def numeric(value: str, parameter: str) -> str:
    """An id as X writes ids."""
    if not _ID.fullmatch(value):
        raise invalid(parameter, value, f"The `{parameter}` query parameter value [{value}] is not valid")
    return value
