"""Field expansion: `id,comments.summary(true).limit(0){id,message}` asked of a node."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.networks.meta.errors import GraphError

_NAME = re.compile(r"[A-Za-z_0-9]+")
_MODIFIER = re.compile(r"\.([A-Za-z_]+)\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Want:
    """One field, how it is asked (`limit`, `summary`, `metric` …) and what of it."""

    name: str
    how: Mapping[str, str] = field(default_factory=dict)
    of: tuple["Want", ...] = ()


def parse(text: str) -> tuple[Want, ...]:
    """Raises GraphError for text that is no list of fields."""
    found, place = _list(text.replace(" ", ""), 0)
    if place != len(text.replace(" ", "")):
        raise _syntax(text)
    return found


def _list(text: str, place: int) -> tuple[tuple[Want, ...], int]:
    found: list[Want] = []
    while place < len(text) and text[place] != "}":
        name = _NAME.match(text, place)
        if name is None:
            raise _syntax(text)
        place = name.end()
        how: dict[str, str] = {}
        of: tuple[Want, ...] = ()
        while modifier := _MODIFIER.match(text, place):
            how[modifier[1]] = modifier[2]
            place = modifier.end()
        if text[place : place + 1] == "{":
            of, place = _list(text, place + 1)
            if text[place : place + 1] != "}":
                raise _syntax(text)
            place += 1
        found.append(Want(name[0], how, of))
        if text[place : place + 1] == ",":
            place += 1
    return tuple(found), place


def node(
    wants: Sequence[Want], values: Mapping[str, Callable[[Want], Any]], external_id: str, kind: str
) -> dict[str, Any]:
    """What was asked of a node; a field that is unknown fails the whole call, one without a value is absent."""
    found: dict[str, Any] = {}
    for want in wants:
        if want.name not in values:
            raise GraphError(f"(#100) Tried accessing nonexisting field ({want.name}) on node type ({kind})", 100)
        value = values[want.name](want)
        if value is not None:
            found[want.name] = value
    return found | {"id": external_id}


def _syntax(text: str) -> GraphError:
    return GraphError(f'Syntax error "Expected a field name" in fields: {text[:80]}', 2500)
