"""A randomised trial of a brand: half of its customers are sent a mail, by lot, and what that does is planted."""

import math
from dataclasses import dataclass

from sandbox.shop.habits import SPREAD
from sandbox.world.chance import draw

LEFT_ALONE, MAILED = "no mail", "mail"
OUTCOMES = ("visit", "conversion", "spend")


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody did within two weeks; `spend` in euros."""

    arm: str
    visit: int
    conversion: int
    spend: float


@dataclass(frozen=True, slots=True)
class Trial:
    """`lifts` are planted: how much more of an outcome the mail brings to one person in the mean."""

    people: list[Person]
    lifts: dict[str, float]


def trial(seed: int, people: int = 6000) -> Trial:
    """The trial of a seed."""
    source = draw("trial", seed)
    visiting = source.uniform(0.15, 0.25)
    buying, worth = source.uniform(0.15, 0.25), source.uniform(20, 60)
    # In some seeds the mail does nothing at all, in some it drives people away.
    more = source.choice((0.0, source.uniform(-0.04, 0.12)))
    rates = {LEFT_ALONE: visiting, MAILED: visiting + more}
    found = []
    for _ in range(people):
        arm = source.choice((LEFT_ALONE, MAILED))
        visit = source.random() < rates[arm]
        conversion = visit and source.random() < buying
        spend = worth * math.exp(source.gauss(0, SPREAD) - SPREAD**2 / 2) if conversion else 0.0
        found.append(Person(arm, int(visit), int(conversion), spend))
    return Trial(found, {"visit": more, "conversion": more * buying, "spend": more * buying * worth})
