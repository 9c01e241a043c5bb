"""X's sandbox under calls made up from X's documents."""

import pytest

from tests.conformance.fuzzing import DOCUMENTS, fuzz, operations
from tests.conftest import shared
from tests.sandbox.stage import running

# At length: python -m tests.conformance.fuzzing --examples 200
EXAMPLES = 8


@pytest.mark.parametrize("name", DOCUMENTS)
def test_made_up_calls_are_answered_as_the_document_says(name: str) -> None:
    folder = shared("contracts/x")
    found = operations(folder, name)
    assert len(found) > 20
    # A world of its own: what was made in one vocabulary may have no words in the other.
    with running(seed=9) as stage:
        for operation in found.values():
            fuzz(stage, folder, name, operation, EXAMPLES)
