"""What calls cost, and how one refused metric never costs the others."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.accounting import Parked, Price, Spent
from platforms.errors import Rejected

METRICS = [f"metric_{n}" for n in range(12)]


class Network:
    """Refuses a whole call where one of its dead metrics is in it."""

    def __init__(self, dead: set[str]) -> None:
        self.dead = dead
        self.calls: list[list[str]] = []

    async def call(self, metrics: Sequence[str]) -> list[str]:
        self.calls.append(list(metrics))
        if self.dead & set(metrics):
            raise Rejected("no such metric", evidence={"code": 100})
        return list(metrics)


def names_metric(refusal: Rejected) -> bool:
    return refusal.evidence.get("code") == 100


@given(st.sets(st.sampled_from(METRICS)))
async def test_every_living_metric_is_answered_whatever_else_is_dead(dead: set[str]) -> None:
    parked, network = Parked(), Network(dead)
    answers = await parked.ask(METRICS, network.call, names_metric)
    assert [metric for answer in answers for metric in answer] == [m for m in METRICS if m not in dead]
    assert parked.reasons == dict.fromkeys(dead, "no such metric")
    before = len(network.calls)
    await parked.ask(METRICS, network.call, names_metric)
    assert len(network.calls) - before == (len(dead) < len(METRICS))


async def test_one_dead_metric_among_many_takes_few_calls() -> None:
    network = Network({METRICS[7]})
    await Parked().ask(METRICS, network.call, names_metric)
    assert len(network.calls) <= 9


async def test_a_refusal_for_another_reason_parks_nothing() -> None:
    async def refuse(metrics: Sequence[str]) -> None:
        raise Rejected("deleted", evidence={"code": 33})

    parked = Parked()
    with pytest.raises(Rejected, match="deleted"):
        await parked.ask(METRICS, refuse, names_metric)
    assert parked.reasons == {}


def test_costs_add_up_exactly_by_unit() -> None:
    today = date(2026, 11, 22)
    spent = Spent((Price("read", Decimal("0.001"), "USD", "x", today), Price("list", Decimal(1), "units", "y", today)))
    for _ in range(15):
        spent.charge("read")
    spent.charge("list", 3)
    assert spent.totals == {"USD": Decimal("0.015"), "units": Decimal(3)}
    with pytest.raises(KeyError):
        spent.charge("unheard of")
