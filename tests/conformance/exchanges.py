"""What sandboxes recorded: one request with its answer a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

# How the product names itself to networks; other callers are tests and other people's clients.
OURS = "ClientNest"


@dataclass(frozen=True)
class Exchange:
    """`body` and `answer` are text, or None where they were none; `status` is None where nothing was said."""

    network: str
    operation: str
    fault: str | None
    poorer: bool
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: str | None
    status: int | None
    answer_type: str
    answer: str | None

    @property
    def ours(self) -> bool:
        """Whether the product asked."""
        return self.headers.get("user-agent", "").startswith(OURS)

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @cached_property
    def sent(self) -> Any:
        """The body read as JSON; None where it is none."""
        return _json(self.body) if self.content_type.endswith("json") else None

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        if self.body is None or self.content_type != "application/x-www-form-urlencoded":
            return {}
        return dict(parse_qsl(self.body, keep_blank_values=True))

    @cached_property
    def answered(self) -> Any:
        """The answer read as JSON; None where it is none."""
        return _json(self.answer) if self.answer_type.endswith("json") else None

    def __str__(self) -> str:
        query = "&".join(f"{name}={value[:60]}" for name, value in self.query if name != "access_token")
        return f"{self.method} {self.path}{'?' if query else ''}{query} → {self.status}"


def read(folder: Path) -> Iterator[Exchange]:
    """Every exchange in a folder of recordings; the last line of a killed process may be cut off."""
    for file in sorted(folder.glob("*.jsonl")):
        with file.open() as lines:
            for line in lines:
                if line.endswith("\n"):
                    yield _exchange(json.loads(line))


def _exchange(line: dict[str, Any]) -> Exchange:
    answered = {name.lower(): value for name, value in line["answer_headers"]}
    headers = {name.lower(): value for name, value in line["headers"]}
    # A long GET is sent as a POST with the query in its body.
    method = headers.get("x-http-method-override")
    if method is not None:
        line = {**line, "method": method, "query": line["body"], "body": ""}
    return Exchange(
        network=line["network"],
        operation=line["operation"],
        fault=line["fault"],
        poorer=line.get("poorer", False),
        method=line["method"],
        path=line["path"],
        query=tuple(parse_qsl(line["query"], keep_blank_values=True)),
        headers=headers,
        body=line["body"] if isinstance(line["body"], str) else None,
        status=line["status"],
        answer_type=answered.get("content-type", "").split(";")[0].strip().lower(),
        answer=line["answer"] if isinstance(line["answer"], str) else None,
    )


def _json(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return None
