"""Fields of visits and conversions as others tell them. What is not what it should be is refused with a sentence."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from clientnest.currencies import currencies

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
LONGEST = 500
_KIND = re.compile(r"[a-z][a-z0-9_]{0,49}")
# Clocks differ; nothing happens a day from now.
_AHEAD = timedelta(days=1)
_EARLIEST = datetime(2004, 1, 1, tzinfo=UTC)
_MOST = Decimal(10) ** 14
_FINEST = -4


class Refused(ValueError):
    """What was told cannot be taken; the message says what to do."""


def text(told: Mapping[str, Any], name: str) -> str | None:
    """A text, or a whole number as one; None where nothing is told."""
    value = told.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Refused(f"{name} is no text: send it within quotes.")
    if len(value) > LONGEST:
        raise Refused(f"{name} has {len(value)} characters: send up to {LONGEST}.")
    if "\x00" in value or not value.isprintable():
        raise Refused(f"{name} holds characters that cannot be printed: remove them.")
    return value


def needed(told: Mapping[str, Any], name: str) -> str:
    """A text that must be told."""
    value = text(told, name)
    if value is None:
        raise Refused(f"{name} is missing: send one.")
    return value


def moment(told: Mapping[str, Any], name: str, now: datetime) -> datetime:
    """A moment with its zone, not before 2004 and not later than tomorrow."""
    value = needed(told, name)
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise Refused(f"{name} is no moment: send one such as 2026-11-22T10:00:00+01:00.") from error
    if found.tzinfo is None:
        raise Refused(f"{name} names no zone: add one, e.g. 2026-11-22T10:00:00+01:00 or a Z at the end.")
    try:
        found = found.astimezone(UTC)
    except OverflowError as error:
        raise Refused(f"{name} is no moment that can be: correct it.") from error
    if not _EARLIEST <= found <= now + _AHEAD:
        raise Refused(f"{name} is {found:%Y-%m-%d}: send when it happened, from 2004 to today.")
    return found


def kind(told: Mapping[str, Any], name: str = "kind") -> str:
    """What sort of conversion it is."""
    value = needed(told, name).lower()
    if not _KIND.fullmatch(value):
        raise Refused(f"{name} is {value!r}: send a word such as purchase, lead, signup or refund.")
    return value


def amount(told: Mapping[str, Any], sort: str) -> tuple[Decimal | None, str | None]:
    """Amount and currency, or neither. What a refund takes back is negative, with or without a sign."""
    value, currency = told.get("amount"), text(told, "currency")
    if value is None or value == "":
        if currency is not None:
            raise Refused("currency is told without an amount: send both or neither.")
        return None, None
    if currency is None:
        raise Refused("amount is told without a currency: send three letters of ISO 4217, such as EUR.")
    found = number(value, "amount")
    if currency.upper() not in currencies():
        raise Refused(f"{currency!r} is no currency: send three letters of ISO 4217, such as EUR.")
    if sort == "refund":
        return -abs(found), currency.upper()
    if found < 0:
        raise Refused("amount is negative: send money that went back with kind refund.")
    return found, currency.upper()


def number(value: Any, name: str) -> Decimal:
    """An exact decimal number that the database holds."""
    try:
        found = Decimal(value.strip() if isinstance(value, str) else value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise Refused(f"{name} is no number: send one such as 12.50, with a point.") from error
    if isinstance(value, bool) or not found.is_finite():
        raise Refused(f"{name} is no number: send one such as 12.50, with a point.")
    if abs(found) >= _MOST or (found and int(found.normalize().as_tuple().exponent) < _FINEST):
        raise Refused(f"{name} is {value}: send up to 14 digits before the point and 4 after it.")
    return found


def click_id(told: Mapping[str, Any], name: str = "click_id") -> UUID | None:
    """The click in `cn_click`. People change addresses: what is no name of a click is nothing, and no reason."""
    value = told.get(name)
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def path(told: Mapping[str, Any], name: str) -> str | None:
    """The path of a page, without what stands behind it and may tell of a person."""
    value = text(told, name)
    try:
        return urlsplit(value).path or "/" if value else None
    except ValueError as error:
        raise Refused(f"{name} is no path: send one such as /shop/coffee.") from error
