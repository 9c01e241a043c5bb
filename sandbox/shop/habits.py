"""What is planted in how people buy: how many come back, buy, send back, and what it is worth, by account and format.

Rates are shares of the people who click (0 to 1), worths whole cents of the shop's first currency.
"""

from dataclasses import dataclass
from typing import Any

from sandbox.world.chance import draw, lognormal

# The second currency of a shop and what a price of the first is in it; the yen has no cents.
_FOREIGN = (("NOK", 11.7), ("JPY", 161.0), ("USD", 1.08))
WITHOUT_CENTS = ("JPY",)
FIRST = "EUR"
# Spread of the worth of an order, as sigma of a lognormal whose mean is the planted worth.
SPREAD = 0.45
# Orders of which half was sent back, and the other half later.
RESTS = 0.3


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares of a seed. Of the orders, those that neither Stripe nor PayPal takes are paid at the shop itself."""

    seed: int
    # Requests of machines, and of browsers that fetch ahead, for one click of a person.
    bots: float
    prefetches: float
    # Clicks that are gone before the page is there.
    bounces: float
    # Clicks by somebody who clicked at another post too.
    again: float
    # Orders on another day, after coming back without a link.
    later: float
    signups: float
    refunds: float
    # Refunds of half the worth.
    halves: float
    stripe: float
    paypal: float
    foreign: float
    currency: str
    price: float

    def rate(self, network: str, account: str, kind: str) -> float:
        """How likely somebody who sees the shop after a click orders something."""
        base = 0.05 * lognormal(draw("rate", self.seed, network, account), 0.35)
        return min(0.5, base * self._factor("rate of format", kind))

    def worth(self, network: str, account: str, kind: str) -> float:
        """The mean worth of an order in cents."""
        base = 3600 * lognormal(draw("worth", self.seed, network, account), 0.25)
        return base * self._factor("worth of format", kind)

    def revenue(self, network: str, account: str, kind: str) -> float:
        """What a click of a person brings in the mean, in cents of the first currency, refunds taken off."""
        ordered = (1 - self.bounces) * self.rate(network, account, kind)
        return ordered * self.worth(network, account, kind) * (1 - self.refunds * self._sent_back)

    @property
    def _sent_back(self) -> float:
        """How much of an order a refund comes to in the mean."""
        return 1 - self.halves * (1 - RESTS) / 2

    def _factor(self, what: str, kind: str) -> float:
        return lognormal(draw(what, self.seed, kind), 0.25)

    def shown(self) -> dict[str, Any]:
        """The shares that are no post's or account's."""
        names = ("bots", "prefetches", "bounces", "again", "later", "signups", "refunds", "halves", "stripe", "paypal")
        shares = {name: getattr(self, name) for name in names}
        currencies = {FIRST: {"share": 1 - self.foreign, "price": 1.0}}
        return {**shares, "currencies": currencies | {self.currency: {"share": self.foreign, "price": self.price}}}


def plant(seed: int) -> Habits:
    """The habits of a seed."""
    source = draw("habits", seed)
    currency, price = _FOREIGN[(seed - 1) % len(_FOREIGN)]

    def between(least: float, most: float) -> float:
        return round(source.uniform(least, most), 4)

    return Habits(
        seed=seed,
        bots=between(0.10, 0.35),
        prefetches=between(0.02, 0.08),
        bounces=between(0.02, 0.06),
        again=between(0.15, 0.30),
        later=between(0.30, 0.50),
        signups=between(0.02, 0.05),
        refunds=between(0.04, 0.10),
        halves=between(0.20, 0.40),
        stripe=between(0.40, 0.50),
        paypal=between(0.25, 0.35),
        foreign=between(0.20, 0.40),
        currency=currency,
        price=price,
    )
