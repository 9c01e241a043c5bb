"""The OpenAPI document: a change of it is seen, and every field is described or speaks for itself."""

import json
import re
from pathlib import Path
from typing import Any

from api.main import app
from tests.api.conftest import Caller

SNAPSHOT = Path(__file__).with_name("openapi.json")
RENEW = "python -m tests.api.test_openapi"


def _written() -> str:
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def test_the_document_is_the_one_that_was_reviewed() -> None:
    assert SNAPSHOT.read_text() == _written(), f"look at the change, then renew the snapshot: {RENEW}"


def test_the_api_serves_it(nobody: Caller) -> None:
    assert nobody.get("/openapi.json").json() == json.loads(SNAPSHOT.read_text())


def _parameters(document: dict[str, Any]) -> list[str]:
    return [
        f"{path} {parameter['name']}"
        for path, methods in document["paths"].items()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
        if "description" not in parameter and not re.search(r"_id$|_key$|order", parameter["name"])
    ]


def test_every_route_and_parameter_is_described() -> None:
    document = app.openapi()
    assert _parameters(document) == []
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["tags"]


def test_every_reference_leads_somewhere() -> None:
    document = app.openapi()
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert names <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in document["components"]["schemas"]


if __name__ == "__main__":
    SNAPSHOT.write_text(_written())
