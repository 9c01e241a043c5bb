"""What is sent to the control door, read; what is wrong with it is told with what to send instead."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


class Asked(Exception):
    """What was wrong with a request, and what is expected."""


async def sent(request: Request) -> dict[str, Any]:
    """The JSON object of a body; empty where it is none, so that the answer names what is missing."""
    try:
        found = await request.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def duration(text: object, farthest: timedelta) -> timedelta:
    """An ISO 8601 duration forward, without years and months. Raises Asked."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) and text not in ("P", "PT") else None
    if found is None or not any(found.groups()):
        raise Asked('send {"advance": "PT6H"}: an ISO 8601 duration such as PT6H, P1D or PT30M')
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    try:
        span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        span = timedelta.max
    if span > farthest:
        raise Asked(f"the clock moves by {farthest.days} days at most, such as P1D")
    return span


def moment(text: object, name: str = "at") -> datetime:
    """A moment with its zone. Raises Asked."""
    try:
        found = datetime.fromisoformat(str(text).replace(" ", "+"))
    except ValueError as error:
        raise Asked(f"{name} is a moment such as 2026-11-22T10:00:00Z") from error
    if found.tzinfo is None:
        raise Asked(f"{name} needs a zone, such as 2026-11-22T10:00:00Z")
    return found.astimezone(UTC)


def known_network(name: object, networks: Iterable[str]) -> str:
    """The name of a network. Raises Asked."""
    known = tuple(networks)
    if not isinstance(name, str) or name not in known:
        raise Asked(f"network is one of {', '.join(known)}")
    return name


def whole(value: object, least: int) -> bool:
    """Whether it is a whole number, and no smaller."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def example(found: dict[str, Any]) -> str:
    """How to write what is to be sent."""
    return json.dumps(found)
