"""Bodies checked against the shapes that X publishes: types, bounds, what must be there, and nothing else."""

from __future__ import annotations

import re
from typing import Any

from sandbox.networks.x.asked import json_object
from sandbox.networks.x.errors import Problem, invalid
from sandbox.networks.x.gate import Call

Shape = dict[str, Any]

TEXT: Shape = {"type": str}
FLAG: Shape = {"type": bool}
ID: Shape = {"type": str, "pattern": re.compile(r"[0-9]{1,19}")}
_SURROGATE = re.compile("[\ud800-\udfff]")


def text(shortest: int = 0, longest: int | None = None) -> Shape:
    """A text of so many characters."""
    return {"type": str, "shortest": shortest, "longest": longest}


def whole(low: int, high: int) -> Shape:
    """A whole number between two bounds, both included."""
    return {"type": int, "low": low, "high": high}


def one_of(*values: str) -> Shape:
    """One of a few words."""
    return {"type": str, "values": values}


def many(item: Shape, shortest: int = 0, longest: int | None = None) -> Shape:
    """A list of so many things of one shape."""
    return {"type": list, "item": item, "shortest": shortest, "longest": longest}


def members(needed: tuple[str, ...] = (), *, open_: bool = False, **known: Shape) -> Shape:
    """An object with these members; only an `open_` one may have others."""
    return {"type": dict, "needed": needed, "known": known, "open": open_}


async def checked(call: Call, shape: Shape) -> dict[str, Any]:
    """The body of a request, which is of this shape."""
    body = await json_object(call)
    check(body, shape, "$")
    return body


def check(value: object, shape: Shape, path: str) -> None:
    """Raise the problem of the first part of a value that is not of its shape."""
    wanted = shape["type"]
    # To Python a truth value is a number; to JSON it is not.
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise _refused(path, value, f"{type(value).__name__} found, {wanted.__name__} expected")
    if isinstance(value, dict):
        _check_members(value, shape, path)
    elif isinstance(value, list):
        _check_size(value, shape, path)
        for place, item in enumerate(value):
            check(item, shape["item"], f"{path}[{place}]")
    elif isinstance(value, str):
        _check_text(value, shape, path)
    elif isinstance(value, int) and "low" in shape and not shape["low"] <= value <= shape["high"]:
        raise _refused(path, value, f"must be between {shape['low']} and {shape['high']}")


def _check_members(value: dict[str, Any], shape: Shape, path: str) -> None:
    for name in shape["needed"]:
        if name not in value:
            raise _refused(f"{path}.{name}", "", "is missing but it is required")
    for name, member in value.items():
        if name in shape["known"]:
            check(member, shape["known"][name], f"{path}.{name}")
        elif not shape["open"]:
            message = "is not defined in the schema and the schema does not allow additional properties"
            raise _refused(f"{path}.{_readable(name)}", member, message)


def _check_text(value: str, shape: Shape, path: str) -> None:
    _check_size(value, shape, path)
    if _SURROGATE.search(value):
        raise _refused(path, "", "is no valid Unicode")
    if "values" in shape and value not in shape["values"]:
        raise _refused(path, value, f"does not have a value in the enumeration [{', '.join(shape['values'])}]")
    if "pattern" in shape and not shape["pattern"].fullmatch(value):
        raise _refused(path, value, f"does not match the regex pattern {shape['pattern'].pattern}")


def _check_size(value: str | list[Any], shape: Shape, path: str) -> None:
    longest = shape.get("longest")
    if len(value) < shape.get("shortest", 0) or (longest is not None and len(value) > longest):
        raise _refused(path, len(value), f"must have {shape['shortest']} to {longest or 'any number of'} items")


def _refused(path: str, value: object, message: str) -> Problem:
    return invalid(path, _readable(str(value)), f"{path}: {message}")


def _readable(found: str) -> str:
    return found.encode("utf-8", "replace").decode()
