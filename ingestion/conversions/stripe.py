"""What Stripe tells, see https://docs.stripe.com/api/events/types (looked up 2026-11-22).

A sale is one payment intent, whichever of its events come and in whatever order; it has its name as `order_id`. Only
an invoice that names no payment intent counts under its own name, and a checkout without one under its own. A
checkout that begins a subscription is no sale: its invoices are. A refund is its own name; the sum of refunds that a
charge tells of adds what no single refund explains.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from clientnest.currencies import currencies
from ingestion.conversions.fields import Refused
from ingestion.conversions.told import (
    Conversion,
    Refunded,
    Refusal,
    Told,
    Trail,
    inside,
    parsed,
    trail_as_far_as_told,
)

# https://docs.stripe.com/currencies, looked up 2026-11-22. ISK and UGX have no minor unit and are told in hundredths.
ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())
_LOST = ("failed", "canceled")


def read(body: bytes, _now: datetime) -> Told:
    """One event; nothing where it is none of money. Raises Invalid for what is no event."""
    event = parsed(body)
    name = event.get("id")
    try:
        told, created = _object(event), datetime.fromtimestamp(_whole(event, "created"), UTC)
        found = _READ[str(event.get("type"))](told, created) if event.get("type") in _READ else None
    except (Refused, OverflowError, OSError) as error:
        return Told(refused=(Refusal(name if isinstance(name, str) else None, str(error)),))
    return Told(payments=(found,) if found else ())


def money(amount: int, currency: str) -> Decimal:
    """Minor units as whole ones."""
    digits = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    return Decimal(amount).scaleb(-digits)


def _checkout(told: Mapping[str, Any], created: datetime) -> Conversion | None:
    if told.get("mode") == "subscription" or told.get("payment_status") not in ("paid", "no_payment_required"):
        return None
    return _sale(_name(told, "payment_intent") or _needed(told, "id"), told, "amount_total", created)


def _intent(told: Mapping[str, Any], created: datetime) -> Conversion | None:
    return _sale(_needed(told, "id"), told, "amount_received", created)


def _invoice(told: Mapping[str, Any], created: datetime) -> Conversion | None:
    if not told.get("amount_paid"):
        return None
    payments = inside(told, "payments").get("data")
    first = payments[0] if isinstance(payments, list) and payments else None
    later = _name(inside(first, "payment"), "payment_intent")
    return _sale(_name(told, "payment_intent") or later or _needed(told, "id"), told, "amount_paid", created)


def _refund(told: Mapping[str, Any], created: datetime) -> Conversion | None:
    if told.get("status") in _LOST:
        return None
    amount, currency = _money(told, "amount")
    payment = _name(told, "payment_intent") or _name(told, "charge")
    return Conversion(_needed(told, "id"), "refund", created, -amount, currency, payment)


def _charge(told: Mapping[str, Any], created: datetime) -> Refunded | None:
    total, currency = _money(told, "amount_refunded")
    return Refunded(_name(told, "payment_intent") or _needed(told, "id"), total, currency, created)


_READ: Mapping[str, Any] = {
    "checkout.session.completed": _checkout,
    "checkout.session.async_payment_succeeded": _checkout,
    "payment_intent.succeeded": _intent,
    "invoice.paid": _invoice,
    "refund.created": _refund,
    "charge.refunded": _charge,
}


def _sale(payment: str, told: Mapping[str, Any], field: str, created: datetime) -> Conversion:
    amount, currency = _money(told, field)
    return Conversion(payment, "purchase", created, amount, currency, payment, _trail(told))


def _trail(told: Mapping[str, Any]) -> Trail:
    """From the metadata of the object or of its subscription; `client_reference_id` is a visitor or a click."""
    reference = told.get("client_reference_id")
    of_subscription = (("subscription_details", "metadata"), ("parent", "subscription_details", "metadata"))
    metadata = {
        name: value for path in (*of_subscription, ("metadata",)) for name, value in inside(told, *path).items()
    }
    return trail_as_far_as_told({"cn_visitor": reference, "cn_click": reference, **metadata}, "cn_visitor", "cn_click")


def _money(told: Mapping[str, Any], field: str) -> tuple[Decimal, str]:
    currency = str(told.get("currency")).upper()
    if currency not in currencies():
        raise Refused(f"{currency!r} is no currency that is known here: tell us.")
    return money(_whole(told, field), currency), currency


def _object(event: Mapping[str, Any]) -> Mapping[str, Any]:
    told = inside(event, "data", "object")
    if not told:
        raise Refused("This is no event of Stripe: data.object is missing.")
    return told


def _whole(told: Mapping[str, Any], field: str) -> int:
    value = told.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10**14:
        raise Refused(f"{field} is no whole number of minor units.")
    return value


def _name(told: Mapping[str, Any], field: str) -> str | None:
    """The id of another object, which may stand there whole."""
    value = told.get(field)
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) and found else None


def _needed(told: Mapping[str, Any], field: str) -> str:
    found = _name(told, field)
    if found is None:
        raise Refused(f"{field} is missing.")
    return found
