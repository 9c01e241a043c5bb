"""Google's discovery documents for the YouTube Data and Analytics APIs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.conformance.exchanges import Exchange
from tests.conformance.schemas import Schemas

# The documents describe no errors; this is the shape that google-api-python-client reads.
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "status": {"type": "string"},
                "errors": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["message", "domain", "reason"],
                        "properties": {
                            name: {"type": "string"}
                            for name in ("message", "domain", "reason", "location", "locationType", "extendedHelp")
                        },
                    },
                },
                "details": {"type": "array"},
            },
        }
    },
}
# Of the upload protocol, which is described in prose; the document names the rest of it.
_UPLOAD = {"uploadType", "upload_id"}


@dataclass(frozen=True)
class _Method:
    about: dict[str, Any]
    upload: bool


class Discovery:
    """One document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.name = f"{document['title']} {document['version']}, revision {document['revision']}"
        self._shared = document["parameters"]
        self._schemas = Schemas(document["schemas"], "")
        self._methods: list[tuple[str, re.Pattern[str], _Method]] = []
        for about in _methods(document):
            path = f"/{document['servicePath']}{about.get('flatPath', about['path'])}"
            self._methods.append((about["httpMethod"], _pattern(path), _Method(about, upload=False)))
            for protocol in about.get("mediaUpload", {}).get("protocols", {}).values():
                upload = _Method(about, upload=True)
                self._methods.append((about["httpMethod"], _pattern(protocol["path"]), upload))

    def knows(self, exchange: Exchange) -> bool:
        return self._method(exchange) is not None

    def _method(self, exchange: Exchange) -> _Method | None:
        for verb, path, method in self._methods:
            if verb == exchange.method and path.fullmatch(exchange.path):
                return method
        return None

    def request(self, exchange: Exchange) -> list[str]:
        """What is wrong with a request that the document knows."""
        method = self._method(exchange)
        if method is None:
            return ["no such call"]
        named = method.about.get("parameters", {})
        parameters = self._shared | {name: one for name, one in named.items() if one["location"] == "query"}
        asked = {name for name, _ in exchange.query}
        found = [f"{name} is required" for name, one in parameters.items() if one.get("required") and name not in asked]
        for name, value in exchange.query:
            if name in parameters:
                found += _value(name, parameters[name], value)
            elif not (method.upload and name in _UPLOAD):
                found.append(f"no parameter {name}")
        return found + self._body(method, exchange)

    def _body(self, method: _Method, exchange: Exchange) -> list[str]:
        expected = method.about.get("request")
        if exchange.content_type != "application/json":
            return [] if method.upload or not exchange.body else [f"a body of {exchange.content_type or 'no type'}"]
        if expected is None:
            return ["no body is expected"] if exchange.body else []
        return self._schemas.faults(expected["$ref"], expected, exchange.sent, strict=True)

    def answer(self, exchange: Exchange) -> list[str]:
        """What is wrong with an answer to a call that the document knows."""
        method = self._method(exchange)
        if method is None:
            return ["no such call"]
        expected = method.about.get("response")
        if exchange.status is not None and exchange.status >= 400:
            return self._schemas.faults("error", _ERROR, exchange.answered, strict=True)
        if exchange.answered is None:
            begun = method.upload and any(name.lower() == "uploadtype" for name, _ in exchange.query)
            empty = expected is None or begun or method.about.get("supportsMediaDownload") or exchange.status == 304
            return [] if empty else ["the answer is no JSON"]
        if expected is None:
            return ["no answer is expected"]
        return self._schemas.faults(expected["$ref"], expected, exchange.answered, strict=True)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))


def _methods(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from found.get("methods", {}).values()
    for resource in found.get("resources", {}).values():
        yield from _methods(resource)


def _value(name: str, parameter: dict[str, Any], text: str) -> list[str]:
    kind = parameter["type"]
    parts = text.split(",") if parameter.get("repeated") else [text]
    found = []
    for part in parts:
        if kind == "integer" and not re.fullmatch(r"-?\d+", part):
            found.append(f"{name} is a whole number, not {part}")
        elif kind == "integer" and not int(parameter.get("minimum", part)) <= int(part) <= int(
            parameter.get("maximum", part)
        ):
            found.append(f"{name} cannot be {part}")
        elif kind == "boolean" and part not in ("true", "false"):
            found.append(f"{name} is true or false, not {part}")
        elif "enum" in parameter and part not in parameter["enum"]:
            found.append(f"{name} cannot be {part}")
    return found


class Google:
    """All documents of a network."""

    def __init__(self, *documents: dict[str, Any]) -> None:
        self._documents = [Discovery(document) for document in documents]
        self.name = "; ".join(one.name for one in self._documents)

    def knows(self, exchange: Exchange) -> bool:
        return any(one.knows(exchange) for one in self._documents)

    def request(self, exchange: Exchange) -> list[str]:
        return next(one for one in self._documents if one.knows(exchange)).request(exchange)

    def answer(self, exchange: Exchange) -> list[str]:
        return next(one for one in self._documents if one.knows(exchange)).answer(exchange)
