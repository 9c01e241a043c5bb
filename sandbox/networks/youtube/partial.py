"""Partial answers: `fields=items(id,snippet/title),nextPageToken` keeps what it names."""

from __future__ import annotations

import re
from typing import Any

from sandbox.networks.youtube.errors import invalid

_TOKEN = re.compile(r"[\w*:.$-]+|[(),/]")
Wanted = dict[str, "Wanted"]


def chosen(body: Any, fields: str) -> Any:
    """The body without what `fields` leaves out. Raises Refusal for a mask that does not read."""
    tokens = _TOKEN.findall(fields)
    if "".join(tokens) != fields.replace(" ", ""):
        raise invalid("fields", fields)
    wanted = _list(tokens, fields)
    if tokens:
        raise invalid("fields", fields)
    return _kept(body, wanted)


def _list(tokens: list[str], fields: str) -> Wanted:
    """Names separated by commas; takes its tokens from the front."""
    wanted: Wanted = {}
    while True:
        name, inner = _path(tokens, fields)
        wanted[name] = {**wanted.get(name, {}), **inner}
        if not tokens or tokens[0] != ",":
            return wanted
        tokens.pop(0)


def _path(tokens: list[str], fields: str) -> tuple[str, Wanted]:
    if not tokens or tokens[0] in "(),/":
        raise invalid("fields", fields)
    name = tokens.pop(0)
    following = tokens[0] if tokens else ""
    if following == "/":
        tokens.pop(0)
        child, inner = _path(tokens, fields)
        return name, {child: inner}
    if following == "(":
        tokens.pop(0)
        listed = _list(tokens, fields)
        if not tokens or tokens.pop(0) != ")":
            raise invalid("fields", fields)
        return name, listed
    return name, {}


def _kept(found: Any, wanted: Wanted) -> Any:
    if not wanted or wanted == {"*": {}}:
        return found
    if isinstance(found, list):
        return [_kept(one, wanted) for one in found]
    if not isinstance(found, dict):
        return found
    rest = wanted.get("*")
    return {
        name: _kept(value, wanted.get(name, rest or {}))
        for name, value in found.items()
        if name in wanted or rest is not None
    }
