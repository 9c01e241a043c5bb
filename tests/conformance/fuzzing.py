"""Calls that schemathesis makes up from X's documents, made to a sandbox: no 5xx, and answers as the documents say.

`python -m tests.conformance.fuzzing --examples 200` does it at length.
"""

import argparse
import copy
import gzip
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from sandbox.networks.x import OPERATIONS
from tests.conformance.exchanges import Exchange
from tests.conformance.openapi import OpenApi, with_prose
from tests.sandbox.stage import Stage, running

DOCUMENTS = ("openapi-2.167-post-naming.json.gz", "openapi-2.159-tweet-naming.json.gz")
_WAIT = 20


@cache
def document(folder: Path, name: str) -> Any:
    """One of X's documents."""
    with gzip.open(folder / name) as file:
        return json.load(file)


@cache
def _judge(folder: Path, name: str) -> OpenApi:
    return OpenApi(with_prose(copy.deepcopy(document(folder, name))))


def operations(folder: Path, name: str) -> dict[str, Any]:
    """Those of a document that the sandbox claims, by id; the older document has other ids for the same paths."""
    claimed = _paths(document(folder, DOCUMENTS[0]), set(OPERATIONS))
    schema = schemathesis.openapi.from_dict(document(folder, name))
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return {one.definition.raw["operationId"]: one for one in found if (one.method.upper(), one.path) in claimed}


def _paths(about: dict[str, Any], ids: set[str]) -> set[tuple[str, str]]:
    return {
        (method.upper(), path)
        for path, methods in about["paths"].items()
        for method, one in methods.items()
        if isinstance(one, dict) and one.get("operationId") in ids
    }


def fuzz(stage: Stage, folder: Path, name: str, operation: Any, examples: int) -> None:
    """Call one operation with what its document allows. Raises AssertionError for a wrong answer."""
    judge = _judge(folder, name)
    token = stage.networks["x"]["accounts"][0]["access_token"]
    base = stage.networks["x"]["base_url"]

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def call(case: Case[Any]) -> None:
        answer = case.call(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=_WAIT)
        asked = answer.request
        exchange = Exchange(
            network="x", operation="", fault=None, poorer=False, method=case.method, path=asked.path_url.split("?")[0],
            query=(), headers={}, body=None, status=answer.status_code,
            answer_type=(answer.headers.get("content-type") or [""])[0].split(";")[0], answer=answer.text,
        )  # fmt: skip
        assert answer.status_code < 500, f"{asked.method} {asked.path_url} {asked.body!r}: {answer.text}"
        # What is asked in no vocabulary is answered in both.
        wrong = judge.answer(exchange, strict=False)
        assert wrong == [], f"{asked.method} {asked.path_url} {asked.body!r}: {answer.text}"

    call()


def main(argv: list[str]) -> int:
    """The exit code: 1 where an answer was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.fuzzing", description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="calls of each operation")
    parser.add_argument("--documents", type=Path, default=Path(__file__).parents[3] / "shared" / "contracts" / "x")
    asked = parser.parse_args(argv)
    wrong = 0
    for name in DOCUMENTS:
        with running(seed=9) as stage:
            for id_, operation in operations(asked.documents, name).items():
                try:
                    fuzz(stage, asked.documents, name, operation, asked.examples)
                except AssertionError as error:
                    wrong += 1
                    sys.stdout.write(f"{id_}: {error}\n")
    sys.stdout.write(f"{wrong} operations answer wrongly\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
