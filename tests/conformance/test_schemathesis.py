"""X's sandbox under calls made up from X's documents."""

from collections.abc import Iterator

import pytest

from tests.conformance.fuzzing import DOCUMENTS, fuzz, operations
from tests.conftest import shared
from tests.sandbox.stage import Stage, running

# At length: python -m tests.conformance.fuzzing --examples 200
EXAMPLES = 4


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(seed=9) as found:
        yield found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_made_up_calls_are_answered_as_the_document_says(stage: Stage, name: str) -> None:
    folder = shared("contracts/x")
    found = operations(folder, name)
    assert len(found) > 20
    for operation in found.values():
        fuzz(stage, folder, operation, EXAMPLES)
