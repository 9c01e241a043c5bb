"""What is checked without a warehouse: generated seeds."""

import pytest

from tests.dbt.seeds import SEEDS, WRITTEN


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_seeds_say_what_the_data_sheets_say(name: str) -> None:
    written = (SEEDS / name).read_text(encoding="utf-8")
    assert written == WRITTEN[name](), "the data sheets changed: run `python -m tests.dbt.seeds`"
