"""Rest.li 2: structures in query strings, keys in paths, and the pages of a collection.

`List(a,b)` and `(key:value,…)` are told apart before percent decoding, so a URN must arrive encoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote_plus

Value = str | list["Value"] | dict[str, "Value"]

_PLAIN = re.compile(r"[^(),:]*")


class Malformed(ValueError):
    """A query or key that does not follow the protocol."""


def parse(raw: str) -> Value:
    """The value of a parameter, from its still encoded form. Raises Malformed."""
    value, rest = _value(raw)
    if rest:
        raise Malformed(f"unexpected {rest[0]!r} in {raw!r}: reserved characters of a value must be percent encoded")
    return value


def query(raw: str) -> dict[str, Value]:
    """All parameters of an encoded query string or of a tunnelled body."""
    pairs = (pair.partition("=") for pair in raw.split("&") if pair)
    return {unquote_plus(name): parse(value) for name, _, value in pairs}


def key(raw_path: str) -> str:
    """The last segment of an encoded path, decoded. Raises Malformed when a URN is not encoded."""
    segment = raw_path.rsplit("/", 1)[-1]
    if ":" in segment:
        raise Malformed(f"the key {segment!r} must be percent encoded")
    return unquote_plus(segment)


def page(path: str, asked: Mapping[str, str], elements: Sequence[Any], start: int, count: int) -> dict[str, Any]:
    """One page of a collection; a link to the next only where there is one."""
    links = []
    if start + count < len(elements):
        following = {**asked, "start": str(start + count), "count": str(count)}
        href = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(following.items()))
        links.append({"type": "application/json", "rel": "next", "href": f"{path}?{href}"})
    paging = {"start": start, "count": count, "links": links, "total": len(elements)}
    return {"paging": paging, "elements": list(elements[start : start + count])}


def _value(raw: str) -> tuple[Value, str]:
    """A value at the front of a text, and what follows it."""
    if raw.startswith("List("):
        return _list(raw.removeprefix("List("))
    if raw.startswith("("):
        return _record(raw.removeprefix("("))
    match = _PLAIN.match(raw)
    plain = match.group() if match else ""
    return unquote_plus(plain), raw[len(plain) :]


def _list(raw: str) -> tuple[list[Value], str]:
    values: list[Value] = []
    while not raw.startswith(")"):
        value, raw = _value(raw)
        values.append(value)
        raw = _separated(raw)
    return values, raw[1:]


def _record(raw: str) -> tuple[dict[str, Value], str]:
    record: dict[str, Value] = {}
    while not raw.startswith(")"):
        name, colon, raw = raw.partition(":")
        if not colon:
            raise Malformed("a record needs name:value")
        record[name], raw = _value(raw)
        raw = _separated(raw)
    return record, raw[1:]


def _separated(raw: str) -> str:
    """What follows a comma; a closing parenthesis stays."""
    if raw.startswith(","):
        return raw[1:]
    if raw.startswith(")"):
        return raw
    raise Malformed("a structure is not closed")
