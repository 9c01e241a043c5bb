"""Meta's lists of nodes: which edges, methods, parameters and fields there are, and of what type."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tests.conformance.exchanges import Exchange

_VERSION = re.compile(r"v\d+\.\d+")
_NAME = re.compile(r"[A-Za-z_]\w*")
# What every call of the Graph takes; the lists name only what is a node's or an edge's own.
_COMMON = frozenset(
    "access_token after appsecret_proof before debug fields format ids limit locale metadata method offset order"
    " pretty since summary until".split()
)
_ERROR: dict[str, type | tuple[type, ...]] = {
    "message": str, "type": str, "code": int, "error_subcode": int, "is_transient": bool, "fbtrace_id": str,
    "error_user_title": str, "error_user_msg": str, "error_data": (dict, str), "blame_field_specs": list,
}  # fmt: skip
_PAGED = {"data", "paging", "summary"}
_CLASSES: dict[str, tuple[type, ...]] = {
    "string": (str,), "datetime": (str,), "int": (int,), "unsigned int": (int,), "float": (int, float),
    "bool": (bool,),
}  # fmt: skip

Fields = list[tuple[str, str]]


class Node:
    """One list: a kind of node with its fields, its own calls and its edges."""

    def __init__(self, name: str, about: Mapping[str, Any], beyond: Collection[str] = ()) -> None:
        self.name = name
        self.fields = {field["name"]: field["type"] for field in about["fields"]} | dict.fromkeys(beyond, "Object")
        self.edges: dict[tuple[str, str], dict[str, Any]] = {}
        for call in about["apis"]:
            self.edges[call["method"], call.get("endpoint") or ""] = call

    def names(self, name: str) -> bool:
        """Whether it may be asked for among the fields."""
        return name == "id" or name in self.fields or ("GET", name) in self.edges


class Meta:
    """The lists about one network; `called` says which list a type of an answer is, `beyond` what fields they lack."""

    def __init__(
        self, name: str, lists: Mapping[str, Any], called: Mapping[str, str], beyond: Mapping[str, Collection[str]]
    ) -> None:
        self.name = name
        self._nodes = {node: Node(node, about, beyond.get(node, ())) for node, about in lists.items()}
        self._called = called

    def knows(self, exchange: Exchange) -> bool:
        parts = _parts(exchange.path)
        if len(parts) == 1:
            return bool(self._calls(exchange.method, ""))
        return len(parts) == 2 and bool(self._calls(exchange.method, parts[1]))

    def request(self, exchange: Exchange) -> list[str]:
        """What is wrong with a request that some list knows: parameters and fields that none of them names."""
        calls = self._calls(exchange.method, (*_parts(exchange.path), "")[1])
        asked = dict(exchange.query) | exchange.form
        if isinstance(exchange.sent, dict):
            asked |= exchange.sent
        known = {parameter["name"] for _, call in calls for parameter in call.get("params", ())}
        found = [f"no parameter {name}" for name in asked if name not in known | _COMMON]
        fields = asked.get("fields", "")
        if fields:
            found += self._fields([node for node in self._answering(exchange) if node], _split(str(fields)))
        return found

    def _fields(self, nodes: list[Node], fields: Fields) -> list[str]:
        """Fields that no single one of the nodes has all of; nodes without a list are not judged."""
        if not nodes:
            return []
        missing = [[name for name, _ in fields if not node.names(name)] for node in nodes]
        best = min(missing, key=len)
        return [f"no field {name} of {' or '.join(sorted({node.name for node in nodes}))}" for name in best]

    def answer(self, exchange: Exchange) -> list[str]:
        """What is wrong with an answer to a call that some list knows."""
        answered = exchange.answered
        if exchange.status is None or exchange.status >= 400:
            return _error(answered)
        if not isinstance(answered, dict):
            return [] if answered is True else ["the answer is no object"]
        if exchange.method != "GET":
            return []
        parts = _parts(exchange.path)
        nodes = [node for node in self._answering(exchange) if node]
        if len(parts) == 2:
            found = [f"no member {name} beside data" for name in answered if name not in _PAGED]
            for item in answered.get("data", []) if not found else []:
                found += self._best(nodes, item)
            return found
        return self._best(nodes, answered)

    def _best(self, nodes: list[Node], item: Any) -> list[str]:
        return min((self._item(node, item) for node in nodes), key=len, default=[])

    def _item(self, node: Node, item: Any) -> list[str]:
        """What is wrong with a node in an answer."""
        if not isinstance(item, dict):
            return [f"a {node.name} is no object: {str(item)[:80]}"]
        found = []
        for name, value in item.items():
            if name == "id":
                found += [] if isinstance(value, str) else ["id is no string"]
            elif name in node.fields:
                found += self._value(f"{node.name}.{name}", node.fields[name], value)
            elif ("GET", name) in node.edges:
                found += self._edge(node.edges["GET", name], value)
            else:
                found.append(f"no field {name} of {node.name}")
        return found

    def _edge(self, call: dict[str, Any], value: Any) -> list[str]:
        target = self._node(call["return"])
        items = value.get("data", []) if isinstance(value, dict) else []
        items = [items] if isinstance(items, dict) else items
        return [fault for item in items if target for fault in self._item(target, item)]

    def _value(self, place: str, kind: str, value: Any) -> list[str]:
        classes = _CLASSES.get(kind)
        if classes is not None:
            right = isinstance(value, classes) and (bool in classes or not isinstance(value, bool))
            # Ids are text on the wire, whatever the list says.
            right = right or (place.endswith("id") and isinstance(value, str) and value.isdigit())
            return [] if right else [f"{place} is {kind}, not {str(value)[:60]}"]
        if kind.startswith("list"):
            items = value.get("data") if isinstance(value, dict) else value
            if not isinstance(items, list):
                return [f"{place} is {kind}, not {str(value)[:60]}"]
            inner = kind.removeprefix("list<").removesuffix(">")
            return [fault for item in items for fault in self._value(f"{place}[]", inner, item)] if "<" in kind else []
        node = self._node(kind)
        return self._item(node, value) if node is not None and isinstance(value, dict) and "data" not in value else []

    def _calls(self, method: str, edge: str) -> list[tuple[Node, dict[str, Any]]]:
        return [(node, node.edges[method, edge]) for node in self._nodes.values() if (method, edge) in node.edges]

    def _answering(self, exchange: Exchange) -> list[Node | None]:
        """The nodes that a call may answer with."""
        parts = _parts(exchange.path)
        if len(parts) == 1:
            return [node for node, _ in self._calls(exchange.method, "")]
        return [self._node(call["return"]) for _, call in self._calls(exchange.method, parts[1])]

    def _node(self, kind: str) -> Node | None:
        return self._nodes.get(self._called.get(kind, kind))


def _parts(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part]
    return parts[1:] if parts and _VERSION.fullmatch(parts[0]) else parts


def _split(fields: str) -> Fields:
    """Names with what is asked of each: `id,comments.limit(2){text}`."""
    return [(match[0], part) for part in _commas(fields) if (match := _NAME.match(part.strip()))]


def _commas(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "({") - (letter in ")}")
        if letter == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _error(answered: Any) -> list[str]:
    error = answered.get("error") if isinstance(answered, dict) else None
    if not isinstance(error, dict):
        return ["an error without an error object"]
    found = [f"an error without {name}" for name in ("message", "type", "code") if name not in error]
    for name, value in error.items():
        if name not in _ERROR:
            found.append(f"no member {name} of an error")
        elif not isinstance(value, _ERROR[name]):
            found.append(f"error.{name} cannot be {value!r}")
    return found
