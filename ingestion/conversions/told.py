"""Visits and conversions, in the one form that all doors translate into; and our own format of them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from clientnest.errors import Invalid, Problem
from ingestion.conversions import fields
from ingestion.conversions.fields import Refused

MOST_EVENTS = 1000
_TRAIL = ("visitor", "click_id", *fields.UTM)
VISIT = ("event_id", "visited_at", "landing_path", *_TRAIL)
CONVERSION = ("event_id", "kind", "occurred_at", "amount", "currency", "order_id", *_TRAIL)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trail:
    """How somebody came, as far as it is told. `visitor` is the site's own name for them, not digested yet."""

    visitor: str | None = None
    click_id: UUID | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    event_id: str
    visited_at: datetime
    landing_path: str | None
    trail: Trail


@dataclass(frozen=True, slots=True)
class Conversion:
    """`amount` is in whole units of `currency`, negative for a refund; both None where it has no worth in money."""

    event_id: str
    kind: str
    occurred_at: datetime
    amount: Decimal | None
    currency: str | None
    order_id: str | None
    trail: Trail = field(default_factory=Trail)


@dataclass(frozen=True, slots=True)
class Refunded:
    """How much of a payment has gone back up to a moment, over all its refunds."""

    payment: str
    total: Decimal
    currency: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not taken, and why. `line` is that of a file, counted from 1."""

    event_id: str | None
    reason: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """`payments` are what a payment service tells, of which one sale or refund may come in several events."""

    visits: tuple[Visit, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    payments: tuple[Conversion | Refunded, ...] = ()
    refused: tuple[Refusal, ...] = ()


def parsed(body: bytes) -> dict[str, Any]:
    """A JSON object with exact numbers. Raises Invalid."""
    try:
        # Not a number is refused where it stands, with a sentence.
        found = json.loads(body, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Invalid("The body is not valid JSON.") from error
    if not isinstance(found, dict):
        raise Invalid("The body is no JSON object: send one with visits and conversions.")
    return found


def read(body: bytes, now: datetime) -> Told:
    """Our own format. What is wrong with an event is told of that event; raises Invalid where no event can be told."""
    batch = parsed(body)
    problems = [Problem(name, "There is no such list.") for name in batch if name not in ("visits", "conversions")]
    lists: dict[str, list[Any]] = {name: batch.get(name, []) for name in ("visits", "conversions")}
    problems += [Problem(name, "Send a list.") for name, events in lists.items() if not isinstance(events, list)]
    if problems:
        raise Invalid("Send an object with the lists visits and conversions.", tuple(problems))
    if sum(map(len, lists.values())) > MOST_EVENTS:
        raise Invalid(f"Send up to {MOST_EVENTS} events at once.")
    refused: list[Refusal] = []
    visits = _each(lists["visits"], lambda told: visit(told, now), refused)
    conversions = _each(lists["conversions"], lambda told: conversion(told, now), refused)
    return Told(visits, conversions, refused=tuple(refused))


def visit(told: Mapping[str, Any], now: datetime) -> Visit:
    """Raises Refused."""
    _only(told, VISIT)
    event_id, visited_at = fields.needed(told, "event_id"), fields.moment(told, "visited_at", now)
    fields.needed(told, "visitor")
    return Visit(event_id, visited_at, fields.path(told, "landing_path"), trail(told))


def conversion(told: Mapping[str, Any], now: datetime) -> Conversion:
    """Raises Refused."""
    _only(told, CONVERSION)
    event_id, kind = fields.needed(told, "event_id"), fields.kind(told)
    occurred_at = fields.moment(told, "occurred_at", now)
    amount, currency = fields.amount(told, kind)
    return Conversion(event_id, kind, occurred_at, amount, currency, fields.text(told, "order_id"), trail(told))


def trail(told: Mapping[str, Any], visitor: str = "visitor", click: str = "click_id") -> Trail:
    """How somebody came, from the fields of these names."""
    utm = {name: fields.text(told, name) for name in fields.UTM}
    return Trail(fields.text(told, visitor), fields.click_id(told, click), **utm)


def trail_as_far_as_told(told: Mapping[str, Any], visitor: str, click: str) -> Trail:
    """The same of what cannot be sent back: a field that cannot be taken is left out, the money still counts."""
    taken = {name: value for name, value in told.items() if name == click or _is_taken(told, name)}
    return trail(taken, visitor, click)


def inside(told: Any, *names: str) -> Mapping[str, Any]:
    """The object at this path; an empty one where there is none."""
    for name in names:
        told = told.get(name) if isinstance(told, dict) else None
    return told if isinstance(told, dict) else {}


def _is_taken(told: Mapping[str, Any], name: str) -> bool:
    try:
        return fields.text(told, name) is not None
    except Refused:
        return False


def _each(told: list[Any], take: Callable[[Mapping[str, Any]], T], refused: list[Refusal]) -> tuple[T, ...]:
    taken = []
    for one in told:
        try:
            if not isinstance(one, dict):
                raise Refused("This is no object: send one with an event_id.")
            taken.append(take(one))
        except Refused as error:
            name = one.get("event_id") if isinstance(one, dict) else None
            refused.append(Refusal(name if isinstance(name, str) else None, str(error)))
    return tuple(taken)


def _only(told: Mapping[str, Any], names: tuple[str, ...]) -> None:
    unknown = sorted(set(told) - set(names))
    if unknown:
        raise Refused(f"{unknown[0]!r} is no field here: choose from {', '.join(names)}.")
