"""X's published OpenAPI documents, in both of its vocabularies."""

import re
from typing import Any

from tests.conformance.exchanges import Exchange
from tests.conformance.schemas import Schema, Schemas
from tests.conformance.unspecified import COUNTS, CREATED, PROBLEMS

_AT = "#/components/schemas/"
_WHOLE = re.compile(r"-?\d+")


class OpenApi:
    """One document of version 3.0."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas = Schemas(document["components"]["schemas"], _AT)
        problems = document["components"]["schemas"]["Problem"]["discriminator"]["mapping"]
        self._problems = {address.rsplit("/", 1)[-1] for address in problems}
        # A written path goes before one with a parameter in the same place.
        ordered = sorted(document["paths"].items(), key=lambda item: item[0].count("{"))
        self._paths = [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), methods) for path, methods in ordered]

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """What the document says of a call."""
        for pattern, methods in self._paths:
            if pattern.fullmatch(path) and method.lower() in methods:
                found: dict[str, Any] = methods[method.lower()]
                return found
        return None

    def request(self, exchange: Exchange) -> list[str]:
        """What is wrong with a request that the document knows."""
        operation = self.operation(exchange.method, exchange.path) or {}
        known = [self._resolved(parameter) for parameter in operation.get("parameters", ())]
        by_name = {parameter["name"]: parameter for parameter in known if parameter["in"] == "query"}
        found = [f"no parameter {name}" for name, _ in exchange.query if name not in by_name]
        asked = dict(exchange.query)
        found += [f"{name} is required" for name, one in by_name.items() if one.get("required") and name not in asked]
        for name, value in asked.items():
            if name in by_name:
                found += self._value(f"{operation['operationId']} {name}", by_name[name]["schema"], value)
        return found + self._body(operation, exchange)

    def _value(self, key: str, schema: Schema, text: str) -> list[str]:
        schema = self._resolved(schema)
        if schema.get("type") == "array":
            items = self._resolved(schema["items"])
            value: Any = [_typed(items, part) for part in text.split(",")]
        else:
            value = _typed(schema, text)
        return [f"{key}: {one}" for one in self._schemas.faults(f"parameter {key}", schema, value, strict=True)]

    def _body(self, operation: dict[str, Any], exchange: Exchange) -> list[str]:
        described = operation.get("requestBody")
        if described is None:
            return ["no body is expected"] if exchange.body else []
        if exchange.content_type not in described["content"]:
            missing = not exchange.content_type and not described.get("required")
            return [] if missing else [f"a body of {exchange.content_type or 'no type'} is not expected"]
        if exchange.content_type != "application/json":
            return []
        schema = described["content"][exchange.content_type]["schema"]
        key = f"{operation['operationId']} body"
        return self._schemas.faults(key, schema, exchange.sent, strict=True)

    def answer(self, exchange: Exchange, *, strict: bool) -> list[str]:
        """What is wrong with an answer to a call that the document knows."""
        operation = self.operation(exchange.method, exchange.path) or {}
        responses = operation["responses"]
        status = str(exchange.status)
        if status not in responses and exchange.status is not None and exchange.status < 400:
            return [f"status {status} is not in the document"]
        if status not in responses:
            return self._error(operation, exchange)
        described = responses[status].get("content", {})
        if exchange.answer_type not in described:
            return [f"an answer of {exchange.answer_type or 'no type'} is not in the document"] if described else []
        key = f"{operation['operationId']} {status} {exchange.answer_type}"
        schema = described[exchange.answer_type]["schema"]
        return self._schemas.faults(key, schema, exchange.answered, strict=strict)

    def _error(self, operation: dict[str, Any], exchange: Exchange) -> list[str]:
        """X sends its errors with either type; some it describes only in prose."""
        told = exchange.answered
        if not isinstance(told, dict):
            return ["an error that is no object"]
        kind = str(told.get("type", "")).rsplit("/", 1)[-1]
        if kind and kind not in self._problems | PROBLEMS:
            return [f"no problem {kind}"]
        if kind in PROBLEMS:
            missing = [name for name in ("title", "detail") if not isinstance(told.get(name), str)]
            return [f"a problem without {name}" for name in missing]
        if isinstance(told.get("errors"), list) and set(told) == {"errors"}:
            # The older form of an error, several at once.
            told = told["errors"][0]
        found = [
            self._schemas.faults(f"error {media_type}", described["schema"], told, strict=False)
            for media_type, described in operation["responses"]["default"]["content"].items()
        ]
        return min(found, key=len)

    def _resolved(self, found: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in found:
            return found
        value: Any = self._document
        for part in found["$ref"].removeprefix("#/").split("/"):
            value = value[part]
        return self._resolved(value)


def _typed(schema: Schema, text: str) -> Any:
    kind = schema.get("type")
    if kind == "integer" and _WHOLE.fullmatch(text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


class X:
    """Both vocabularies: a request is of the one whose document it fits."""

    name = "X OpenAPI 2.167 and 2.159"

    def __init__(self, newer: dict[str, Any], older: dict[str, Any]) -> None:
        self._documents = tuple(OpenApi(with_prose(document)) for document in (newer, older))

    def knows(self, exchange: Exchange) -> bool:
        return any(one.operation(exchange.method, exchange.path) for one in self._documents)

    def request(self, exchange: Exchange) -> list[str]:
        """What is wrong with a request, by the document that it fits better."""
        knowing = [one for one in self._documents if one.operation(exchange.method, exchange.path)]
        return min((one.request(exchange) for one in knowing), key=len)

    def answer(self, exchange: Exchange) -> list[str]:
        """What is wrong with an answer. One to a request that fits both may use the words of both."""
        knowing = [one for one in self._documents if one.operation(exchange.method, exchange.path)]
        faults = [one.request(exchange) for one in knowing]
        fitting = [one for one, found in zip(knowing, faults, strict=True) if len(found) == min(map(len, faults))]
        return min((one.answer(exchange, strict=len(fitting) == 1) for one in fitting), key=len)


def with_prose(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the fields that only X's pages describe."""
    schemas = document["components"]["schemas"]
    data = document["paths"]["/2/tweets"]["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    while "$ref" in data or "data" in data["properties"]:
        data = schemas[data["$ref"].removeprefix(_AT)] if "$ref" in data else data["properties"]["data"]
    data["properties"][CREATED] = {"type": "array", "items": {"type": "string"}}
    for schema in schemas.values():
        # The older document requires a field of media answers that it does not have.
        if "required" in schema and "properties" in schema:
            schema["required"] = [name for name in schema["required"] if name in schema["properties"]]
        for name, counts in COUNTS.items():
            holder = schema.get("properties", {}).get(name, {})
            if "properties" in holder:
                holder["properties"] |= {count: {"type": "integer"} for count in counts}
    return document
