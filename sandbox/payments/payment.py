"""What a shop has paid through somebody: an order, and what was sent back of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """`about` is what the shop wants to find again beside the payment, such as who ordered."""

    at: datetime
    order: str
    amount: Decimal
    currency: str
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Repayment:
    """`before` is what was sent back of the same payment earlier."""

    at: datetime
    id: str
    payment: Payment
    amount: Decimal
    before: Decimal


@dataclass(frozen=True, slots=True)
class Call:
    """A webhook, ready to be sent: signed when it goes out."""

    name: str
    body: bytes
