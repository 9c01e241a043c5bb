"""Rest.li 2: structures in query strings, keys in paths, long calls in a body, batches and pages.

`List(a,b)` and `(key:value,…)` are told apart before percent decoding, so a URN must arrive encoded.
"""

from __future__ import annotations

import email
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote_plus

from sandbox.networks.linkedin.errors import Refusal

Value = str | list["Value"] | dict[str, "Value"]

_PLAIN = re.compile(r"[^(),:']*")
_EMPTY = "''"
# These stand in an address as people write them, also where the protocol would have them otherwise.
_AS_WRITTEN = ("fields", "projection")


class Malformed(ValueError):
    """A query, key or body that does not follow the protocol."""


def parse(raw: str) -> Value:
    """The value of a parameter, from its still encoded form. Raises Malformed."""
    value, rest = _value(raw)
    if rest:
        raise Malformed(f"unexpected {rest[0]!r} in {raw!r}: reserved characters of a value must be percent encoded")
    return value


def query(raw: str) -> dict[str, Value]:
    """All parameters of an encoded query string or of a tunnelled body. Raises Malformed."""
    pairs = [(unquote_plus(name), value) for name, _, value in (pair.partition("=") for pair in raw.split("&") if pair)]
    return {name: unquote_plus(value) if name in _AS_WRITTEN else parse(value) for name, value in pairs}


def is_structured(raw: str) -> bool:
    """Whether a query string holds what only the second version of the protocol can read."""
    return "List(" in raw or "=(" in raw


def key(segment: str) -> Value:
    """One segment of an encoded path: a plain key, or a `(name:value,…)`. Raises Malformed for a URN not encoded."""
    if ":" in segment and not segment.startswith("("):
        raise Malformed(f"the key {segment!r} must be percent encoded")
    return parse(segment) if segment.startswith("(") else unquote_plus(segment)


def written(value: Value) -> str:
    """A value as a key of an answer or in `x-restli-id`: the protocol's own signs stand, those within are encoded."""
    if isinstance(value, dict):
        return f"({','.join(f'{name}:{written(one)}' for name, one in sorted(value.items()))})"
    if isinstance(value, list):
        return f"List({','.join(written(one) for one in value)})"
    return quote(value, safe="") or _EMPTY


def tunnelled(content_type: str, content: bytes) -> tuple[str, bytes]:
    """The query and the body of a call whose address was too long for a server. Raises Malformed."""
    if content_type.startswith("application/x-www-form-urlencoded"):
        return content.decode(), b""
    if not content_type.startswith("multipart/mixed"):
        raise Malformed(f"a tunnelled call is a form or multipart/mixed, not {content_type!r}")
    message = email.message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content)
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in message.walk()}
    asked, body = parts.get("application/x-www-form-urlencoded"), parts.get("application/json")
    if not isinstance(asked, bytes) or not isinstance(body, bytes):
        raise Malformed("a tunnelled call has a form and a JSON part")
    return asked.decode().strip(), body


def page(path: str, asked: Mapping[str, str], elements: Sequence[Any], start: int, count: int) -> dict[str, Any]:
    """One page of a collection; a link to the next only where there is one."""
    links = []
    if start + count < len(elements):
        following = {**asked, "start": str(start + count), "count": str(count)}
        href = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(following.items()))
        links.append({"type": "application/json", "rel": "next", "href": f"{path}?{href}"})
    paging = {"start": start, "count": count, "links": links, "total": len(elements)}
    return {"paging": paging, "elements": list(elements[start : start + count])}


def batch(ids: Iterable[Value], one: Callable[[Value], dict[str, Any]]) -> dict[str, Any]:
    """An answer about several ids: results, and the refusal of each that is not there. Keys are encoded ids."""
    results: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    statuses: dict[str, int] = {}
    for wanted in ids:
        name = written(wanted)
        try:
            results[name], statuses[name] = one(wanted), 200
        except Refusal as refusal:
            errors[name], statuses[name] = refusal.body, refusal.status
    return {"results": results, "statuses": statuses, "errors": errors}


def projected(body: dict[str, Any], fields: str) -> dict[str, Any]:
    """An answer with only the named fields of its entities."""
    wanted = set(fields.split(","))

    def kept(entity: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in entity.items() if name in wanted}

    if "elements" in body:
        return {**body, "elements": [kept(entity) for entity in body["elements"]]}
    if "results" in body:
        return {**body, "results": {name: kept(entity) for name, entity in body["results"].items()}}
    return kept(body)


def _value(raw: str) -> tuple[Value, str]:
    """A value at the front of a text, and what follows it."""
    if raw.startswith("List("):
        return _list(raw.removeprefix("List("))
    if raw.startswith("("):
        return _record(raw.removeprefix("("))
    if raw.startswith(_EMPTY):
        return "", raw.removeprefix(_EMPTY)
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
        record[unquote_plus(name)], raw = _value(raw)
        raw = _separated(raw)
    return record, raw[1:]


def _separated(raw: str) -> str:
    """What follows a comma; a closing parenthesis stays."""
    if raw.startswith(",") and not raw.startswith(",)"):
        return raw[1:]
    if raw.startswith(")"):
        return raw
    raise Malformed("a structure is not closed")
