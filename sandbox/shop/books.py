"""The shop's books: what happened up to a moment, who had been where before, and how it is told to others."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sandbox.payments.payment import Payment, Repayment
from sandbox.payments.paypal import PayPal
from sandbox.payments.stripe import Stripe
from sandbox.shop.site import NEWSLETTER, Arrival
from sandbox.shop.story import PERSON, Click, Happening, Order, Refund, Signup, Visit
from sandbox.shop.telling import Told

_COLUMNS = ("event_id", "kind", "occurred_at", "amount", "currency", "order_id", "visitor", "click_id")
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content")


class Books:
    """Over everything that happened, in its order. `taken_by` are the ways of payment that the shop offers."""

    def __init__(self, happened: Sequence[Happening], arrivals: Mapping[str, Arrival], taken_by: Sequence[str]) -> None:
        self._happened, self._arrivals, self._taken_by = happened, arrivals, taken_by
        self._clicks = {one.id: one for one in happened if isinstance(one, Click)}
        # The visits of a person, oldest first.
        self._visits: dict[str, list[Visit]] = {}
        for one in happened:
            if isinstance(one, Visit):
                self._visits.setdefault(one.person, []).append(one)

    def ledger(self, at: datetime, stripe: Stripe, paypal: PayPal) -> dict[str, Any]:
        """Everything by a moment. `known_as` is the id by which a purchase is told, `by` who tells it."""
        found: dict[str, list[dict[str, Any]]] = {
            "clicks": [],
            "visits": [],
            "signups": [],
            "orders": [],
            "refunds": [],
        }
        known: dict[str, Callable[[str], str]] = {"stripe": stripe.known_as, "paypal": paypal.known_as, "server": str}
        for one in self._happened:
            if one.at > at:
                break
            match one:
                case Click():
                    found["clicks"].append(self._click(one))
                case Visit():
                    found["visits"].append({**self._visit(one), **self._post(one.click)})
                case Signup():
                    found["signups"].append(self._signup(one))
                case Order():
                    by = self._by(one)
                    led = {"known_as": known[by](one.id), "by": by, "cause": self._post(one.cause) or None}
                    found["orders"].append({**self._order(one), **led, "touches": self._touches(one)})
                case Refund():
                    by = self._by(one.order)
                    found["refunds"].append({**self._refund(one), "known_as": known[by](one.order.id), "by": by})
        return {"at": at.isoformat(), **found}

    def export(self) -> str:
        """Everything that was wanted of people, as CSV."""
        lines = io.StringIO()
        writer = csv.DictWriter(lines, (*_COLUMNS, *_UTM), lineterminator="\n")
        writer.writeheader()
        for one in self._happened:
            if isinstance(one, Signup | Order | Refund):
                writer.writerow(self._conversion(one))
        return lines.getvalue()

    def told(self, one: Happening, stripe: Stripe, paypal: PayPal) -> Iterator[Told]:
        """What of it is told to whom; nobody tells of clicks."""
        if isinstance(one, Visit):
            yield Told("server", self._visit(one), "visits")
        elif isinstance(one, Signup):
            yield Told("server", self._signup(one))
        elif isinstance(one, Order | Refund):
            by = self._by(one if isinstance(one, Order) else one.order)
            if by == "server":
                yield Told("server", self._conversion(one))
                return
            service = stripe if by == "stripe" else paypal
            calls = service.paid(self._payment(one)) if isinstance(one, Order) else service.repaid(self._repayment(one))
            yield from (Told(by, call) for call in calls)

    def _by(self, order: Order) -> str:
        return order.payment if order.payment in self._taken_by else "server"

    def _click(self, one: Click) -> dict[str, Any]:
        led = one.id in self._arrivals
        return {"at": _moment(one.at), "network": one.network, "post": one.post, "who": one.who, "arrived": led}

    def _visit(self, one: Visit) -> dict[str, Any]:
        arrival = self._arrival(one)
        about = {"event_id": one.id, "visited_at": _moment(one.at), "visitor": one.person}
        return {**about, **arrival.trail(), "landing_path": arrival.path}

    def _signup(self, one: Signup) -> dict[str, Any]:
        about = {"event_id": one.id, "kind": "signup", "occurred_at": _moment(one.at), "visitor": one.person}
        return {**about, **self._trail(one.person, one.at)}

    def _order(self, one: Order) -> dict[str, Any]:
        about = {"event_id": one.id, "kind": "purchase", "occurred_at": _moment(one.at), "order_id": one.id}
        money = {"amount": str(one.amount), "currency": one.currency}
        return {**about, **money, "visitor": one.person, **self._trail(one.person, one.at)}

    @staticmethod
    def _refund(one: Refund) -> dict[str, Any]:
        about = {"event_id": one.id, "kind": "refund", "occurred_at": _moment(one.at), "order_id": one.order.id}
        return {**about, "amount": str(-one.amount), "currency": one.order.currency}

    def _conversion(self, one: Signup | Order | Refund) -> dict[str, Any]:
        match one:
            case Signup():
                return self._signup(one)
            case Order():
                return self._order(one)
            case Refund():
                return self._refund(one)

    def _payment(self, one: Order) -> Payment:
        trail = self._trail(one.person, one.at)
        about = {"cn_visitor": one.person, **{name.replace("click_id", "cn_click"): trail[name] for name in trail}}
        return Payment(one.at, one.id, one.amount, one.currency, about)

    def _repayment(self, one: Refund) -> Repayment:
        return Repayment(one.at, one.id, self._payment(one.order), one.amount, one.before)

    def _arrival(self, one: Visit) -> Arrival:
        if one.click is not None:
            return self._arrivals[one.click]
        return NEWSLETTER if one.newsletter else Arrival("/")

    def _before(self, person: str, at: datetime) -> list[Visit]:
        return [one for one in self._visits.get(person, ()) if one.at <= at]

    def _trail(self, person: str, at: datetime) -> dict[str, str]:
        """What the address said when somebody came last by one that said anything: browsers keep it."""
        trails = [self._arrival(one).trail() for one in self._before(person, at)]
        return next((trail for trail in reversed(trails) if trail), {})

    def _touches(self, one: Order) -> list[dict[str, Any]]:
        """Every visit before an order that a post led to, oldest first."""
        visits = (visit for visit in self._before(one.person, one.at) if visit.click is not None)
        return [{"at": _moment(visit.at), "visit": visit.id, **self._post(visit.click)} for visit in visits]

    def _post(self, click: str | None) -> dict[str, str]:
        found = self._clicks.get(click) if click else None
        return {"network": found.network, "post": found.post} if found and found.who == PERSON else {}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
