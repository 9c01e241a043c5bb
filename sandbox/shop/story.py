"""What happens at a shop, one thing at a moment. Amounts are decimal numbers in whole units of their currency."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sandbox.world.model import Post

PERSON, BOT, PREFETCH = "person", "bot", "prefetch"


@dataclass(frozen=True, slots=True)
class Followed:
    """A post and the address that people who click at it come to."""

    post: Post
    url: str


@dataclass(frozen=True, slots=True)
class Click:
    """An address of a post is asked for, by a person, a machine, or a browser that fetches ahead."""

    at: datetime
    id: str
    network: str
    post: str
    url: str
    who: str
    browser: str
    # The page it comes from, where the browser tells.
    referrer: str | None
    # What the shop knows a person by; machines have no name there.
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """A person sees the shop: at a click, or coming by themselves, perhaps by a newsletter's address.

    `cause` is the click without which it would not be, of everything that follows too.
    """

    at: datetime
    id: str
    person: str
    click: str | None
    cause: str | None
    newsletter: bool = False


@dataclass(frozen=True, slots=True)
class Signup:
    at: datetime
    id: str
    person: str
    cause: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """`payment` is `stripe`, `paypal` or `shop`."""

    at: datetime
    id: str
    person: str
    cause: str | None
    amount: Decimal
    currency: str
    payment: str


@dataclass(frozen=True, slots=True)
class Refund:
    """`before` is what was sent back of the same order earlier."""

    at: datetime
    id: str
    order: Order
    amount: Decimal
    before: Decimal


def cause(one: "Happening") -> str | None:
    """The click without which something would not be; a click is its own."""
    if isinstance(one, Click):
        return one.id
    return one.order.cause if isinstance(one, Refund) else one.cause


Happening = Click | Visit | Signup | Order | Refund
