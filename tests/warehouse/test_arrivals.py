"""Two years that arrive anyhow; `python -m tests.warehouse.arrivals` draws many more."""

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchmarks.ground import ground
from clientnest.database import libpq_url
from tests.dbt.conftest import Dbt
from tests.warehouse.arrivals import Chances, sweep


@settings(max_examples=1, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_shuffled_killed_and_built_by_parts_is_the_same_as_in_order(seed: int) -> None:
    with ground() as home:
        outcome = sweep(Dbt(libpq_url(), home / "dbt" / "target"), Chances(seed, years=2, readings=4, runs=2))
    assert outcome.differing == []
    assert outcome.kills == 2
    assert outcome.rows > 100
