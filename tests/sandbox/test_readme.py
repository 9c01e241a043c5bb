"""What the README of the sandbox says is so."""

from pathlib import Path

import pytest

from sandbox import operations
from sandbox.faults import KINDS
from sandbox.networks import NETWORKS
from sandbox.planting import KINDS as PLANTS

README = (Path(__file__).parents[2] / "sandbox" / "README.md").read_text()


def test_every_operation_is_listed() -> None:
    assert operations.listed(README, NETWORKS) == README, "write it anew: python -m sandbox.operations"


@pytest.mark.parametrize("kind", [*KINDS, *PLANTS])
def test_every_kind_is_explained(kind: str) -> None:
    assert f"`{kind}`" in README


@pytest.mark.parametrize("network", NETWORKS)
def test_operations_are_named_once(network: str) -> None:
    names = NETWORKS[network].OPERATIONS
    assert len(set(names)) == len(names)
