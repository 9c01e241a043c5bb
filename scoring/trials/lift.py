"""Difference of means between the people of a treated arm and those of the control, with its 95 % interval (Welch)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

LEVEL = 0.95
# Fewer people of an arm say nothing, and `student` needs as many.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Lift:
    """One treated arm against the control, by one outcome.

    `n` count people whose outcome is known, `unknown` the others of both arms. `relative` is the difference by the
    control's mean, None where that is zero. Error, freedom and bounds are None where nobody differs from anybody:
    there is no scatter to judge by.
    """

    outcome: str
    arm: str
    control: str
    n: int
    n_control: int
    unknown: int
    mean: float
    mean_control: float
    difference: float
    relative: float | None
    standard_error: float | None
    freedom: float | None
    low: float | None
    high: float | None


def lifts(people: "pl.DataFrame", arm: str, control: str, outcomes: Sequence[str]) -> list[Lift]:
    """Every other arm against `control`, by outcome and arm in order.

    `people` has one row per person: `arm` names the arm, the outcomes are numbers or null. Groups with fewer known
    outcomes than FEWEST are left out.
    """
    import polars as pl

    described = people.group_by(arm).agg(
        *(pl.col(name).count().alias(f"{name} n") for name in outcomes),
        *(pl.col(name).null_count().alias(f"{name} unknown") for name in outcomes),
        *(pl.col(name).mean().alias(f"{name} mean") for name in outcomes),
        *(pl.col(name).var(ddof=1).alias(f"{name} variance") for name in outcomes),
    )
    arms = {row[arm]: row for row in described.iter_rows(named=True)}
    treated = sorted(name for name in arms if name != control)
    return [
        _lift(outcome, name, control, arms[name], arms[control])
        for outcome in outcomes
        for name in treated
        if min(arms[name][f"{outcome} n"], arms[control][f"{outcome} n"]) >= FEWEST
    ]


def _lift(outcome: str, arm: str, control: str, treated: dict[str, float], base: dict[str, float]) -> Lift:
    n, n_control = int(treated[f"{outcome} n"]), int(base[f"{outcome} n"])
    mean, mean_control = treated[f"{outcome} mean"], base[f"{outcome} mean"]
    parts = treated[f"{outcome} variance"] / n, base[f"{outcome} variance"] / n_control
    error = math.sqrt(sum(parts))
    difference = mean - mean_control
    freedom = None
    half = None
    if error > 0:
        freedom = sum(parts) ** 2 / (parts[0] ** 2 / (n - 1) + parts[1] ** 2 / (n_control - 1))
        half = student(freedom) * error
    return Lift(
        outcome=outcome,
        arm=arm,
        control=control,
        n=n,
        n_control=n_control,
        unknown=int(treated[f"{outcome} unknown"] + base[f"{outcome} unknown"]),
        mean=mean,
        mean_control=mean_control,
        difference=difference,
        relative=difference / mean_control if mean_control else None,
        standard_error=error or None,
        freedom=freedom,
        low=None if half is None else difference - half,
        high=None if half is None else difference + half,
    )


def student(freedom: float) -> float:
    """How many standard errors the interval reaches: the quantile of Student's distribution.

    By the first four terms of its expansion around the normal one (Fisher and Cornish); within 0.1 % from 4 degrees of
    freedom on.
    """
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))
