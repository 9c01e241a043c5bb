"""Some weeks of the networks; `python -m tests.warehouse.year` goes through whole years."""

from tests.warehouse.year import live


def test_every_figure_is_what_the_networks_showed_and_can_be_asked_as_it_was_known() -> None:
    found = live(seed=5, days=15, steps=5, builds=2)
    assert found.wrong == []
    assert found.planted == 13
    assert found.figures > 5_000
