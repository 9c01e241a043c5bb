"""Cursor pages. A cursor is opaque to callers: where the last page ended, base64url."""

import base64
import binascii
import json
from typing import Annotated, Any

from fastapi import Query

from clientnest.errors import Invalid, Problem

Limit = Annotated[int, Query(ge=1, le=200, description="How many items at most.")]
Cursor = Annotated[
    str | None, Query(max_length=2000, description="`next_cursor` of the page before; leave out for the first page.")
]
NEXT_CURSOR = "Give it as `cursor` for the next page; null on the last page."


def encode(*place: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(place, default=str).encode()).rstrip(b"=").decode()


def decode(cursor: str, length: int) -> list[Any]:
    """The `length` values that were encoded. Raises Invalid."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise invalid() from error
    if not isinstance(place, list) or len(place) != length:
        raise invalid()
    return place


def invalid() -> Invalid:
    """What to raise for a cursor that does not belong here."""
    return Invalid("The cursor does not belong to this list.", (Problem("cursor", "Start again without a cursor."),))
