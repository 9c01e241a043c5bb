"""JSON Schemas of published documents, checked strictly: what a document does not name is not there."""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

Schema = dict[str, Any]
_ONE, _MANY = ("items", "additionalProperties", "not"), ("allOf", "anyOf", "oneOf")
_ANNOTATIONS = ("example", "examples", "discriminator", "xml", "externalDocs", "id", "annotations", "enumDescriptions")


class Schemas:
    """The named schemas of a document; `at` is the pointer to them, such as `#/components/schemas/`."""

    def __init__(self, named: Mapping[str, Schema], at: str) -> None:
        self._named, self._at = named, at
        self._validators: dict[tuple[str, bool], jsonschema_rs.Draft202012Validator] = {}
        self._registries = {
            strict: jsonschema_rs.Registry(
                [("urn:document", {name: self._written(schema, strict=strict) for name, schema in named.items()})]
            )
            for strict in (True, False)
        }

    def faults(self, key: str, schema: Schema, value: Any, *, strict: bool) -> list[str]:
        """What is wrong with a value; `key` names the schema, which is compiled once."""
        if (key, strict) not in self._validators:
            compiled = self._place(schema) if strict else self._written(schema, strict=False)
            self._validators[key, strict] = jsonschema_rs.Draft202012Validator(
                compiled, registry=self._registries[strict], validate_formats=True
            )
        try:
            errors = list(self._validators[key, strict].iter_errors(value))
        except UnicodeEncodeError:
            return ["body: half of a character"]
        return sorted({f"{_place_of(error)}: {error.message[:300]}" for error in errors})

    def _place(self, schema: Schema) -> Schema:
        """A schema where a value stands: nothing beside what it names."""
        written = self._written(schema, strict=True)
        return {**written, "unevaluatedProperties": False} if self._names_fields(schema) else written

    def _names_fields(self, schema: Schema) -> bool:
        # A schema that stands for several others by the value of a field does not name all of theirs.
        if "additionalProperties" in schema or ("discriminator" in schema and not set(_MANY) & set(schema)):
            return False
        if "$ref" in schema:
            return self._names_fields(self._named[schema["$ref"].removeprefix(self._at)])
        parts = [part for many in _MANY for part in schema.get(many, ())]
        return bool(schema.get("properties")) or (bool(parts) and all(map(self._names_fields, parts)))

    def _written(self, schema: Schema, *, strict: bool) -> Schema:
        """As JSON Schema 2020-12, with what is below strict or not."""
        if "$ref" in schema:
            return {"$ref": f"urn:document#/{schema['$ref'].removeprefix(self._at)}"}

        def below(part: Any) -> Any:
            return (self._place(part) if strict else self._written(part, strict=False)) if _is_schema(part) else part

        found = {name: value for name, value in schema.items() if name not in _ANNOTATIONS}
        if not isinstance(found.get("required", []), list):
            del found["required"]
        if found.get("type") == "any":
            del found["type"]
        if found.pop("nullable", False) and "type" in found:
            found["type"] = [found["type"], "null"]
        found |= {name: below(found[name]) for name in _ONE if name in found}
        found |= {many: [self._written(part, strict=strict) for part in found[many]] for many in _MANY if many in found}
        if "properties" in found:
            found["properties"] = {name: below(part) for name, part in found["properties"].items()}
        return found


def _is_schema(part: Any) -> bool:
    return isinstance(part, dict)


def _place_of(error: jsonschema_rs.ValidationError) -> str:
    return ".".join("[]" if isinstance(part, int) else part for part in error.instance_path) or "body"
