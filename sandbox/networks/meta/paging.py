"""Edges in pages. Only a missing `next` ends an edge: pages may be short or empty before."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from sandbox.networks.meta.errors import GraphError, invalid

T = TypeVar("T")
DEFAULT, MOST = 25, 100
_HOLE = "h"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of an edge a call wants, and the address that a following call would have."""

    limit: int
    after: str | None
    before: str | None
    url: str
    params: dict[str, str]

    def link(self, **change: str) -> str:
        """The same call with another place to start from."""
        kept = {name: value for name, value in self.params.items() if name not in ("after", "before")}
        return f"{self.url}?{urlencode({**kept, **change})}"


def bounded(value: str | None) -> int:
    """`limit` as it counts. Raises GraphError."""
    if value is None:
        return DEFAULT
    if not value.isdigit():
        raise invalid("limit must be a non-negative integer")
    return min(int(value), MOST)


def page(items: Sequence[T], ids: Sequence[str], asked: Asked) -> tuple[Sequence[T], dict[str, Any]]:
    """Items of the asked part, and `paging`. `ids` names each item; a cursor stands for the last one shown.

    The second page of a long edge is empty though it has a `next`, as pages of Graph sometimes are.
    """
    if asked.limit == 0 or not items:
        return [], {}
    if asked.before is not None:
        end = _place(asked.before, ids)[0]
        start, hole = max(end - asked.limit, 0), False
    else:
        start, hole = _after(asked.after, ids)
        end = start + asked.limit
    if hole:
        cursor = _cursor(ids[start - 1])
        paging = {"cursors": {"before": cursor, "after": cursor}, "next": asked.link(after=cursor)}
        return [], paging
    shown = items[start:end]
    if not shown:
        return [], {}
    first, last = _cursor(ids[start]), _cursor(ids[start + len(shown) - 1])
    paging = {"cursors": {"before": first, "after": last}}
    if start + len(shown) < len(items):
        paging["next"] = asked.link(after=_cursor(ids[end - 1], _HOLE) if start == 0 else last)
    if start > 0:
        paging["previous"] = asked.link(before=first)
    return shown, paging


def _after(cursor: str | None, ids: Sequence[str]) -> tuple[int, bool]:
    if cursor is None:
        return 0, False
    place, mark = _place(cursor, ids)
    return place + 1, mark == _HOLE


def _cursor(id_: str, mark: str = "") -> str:
    return base64.urlsafe_b64encode(f"{mark}:{id_}".encode()).decode().rstrip("=")


def _place(cursor: str, ids: Sequence[str]) -> tuple[int, str]:
    """Where the item of a cursor stands now, and the cursor's mark. Raises GraphError."""
    try:
        written = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        mark, id_ = written.split(":", 1)
        return ids.index(id_), mark
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise _bad_cursor() from error


def _bad_cursor() -> GraphError:
    return invalid("Invalid parameter: the cursor is not of this list")
