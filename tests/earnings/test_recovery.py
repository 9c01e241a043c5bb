"""A sample of the sweep over seeds: sums exact on each, intervals as often right as they say."""

import pytest

from benchmarks.report import Report
from tests.dbt.conftest import Dbt
from tests.earnings.recovery import recover

SEEDS = range(1001, 1021)


@pytest.fixture(scope="module")
def report(dbt: Dbt) -> Report:
    return recover(dbt.url, dbt.target, SEEDS)


def test_what_was_planted_is_recovered(report: Report) -> None:
    assert [gate for gate in report.gates if not gate.holds] == []


def test_everything_was_looked_at_on_every_seed(report: Report) -> None:
    assert all(int(str(row["of"])) >= len(SEEDS) for row in report.rows)
    assert len(report.rows) == 16
