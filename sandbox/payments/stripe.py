"""Stripe: its events, signed as it signs them, and the objects they are about.

Amounts are whole numbers of the currency's smallest unit. An event is `created` by the world's clock; its signature
carries the real time, since whoever receives it holds that against a clock of their own.
"""

import hashlib
import hmac
import json
import time
from datetime import datetime
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.payments.payment import Call, Payment, Repayment
from sandbox.web import json_response
from sandbox.world.chance import draw

_VERSION = "2026-10-29.clover"
_WITHOUT_CENTS = ("JPY",)
# Payments that came by Stripe's own page; the others by a form of the shop.
_BY_PAGE = 0.7


class Stripe:
    """The account of a shop. Everything it told is kept, by id."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.key = f"sk_test_{hashlib.sha256(f'stripe {seed}'.encode()).hexdigest()[:24]}"
        self._objects: dict[str, dict[str, Any]] = {}
        self._events: dict[str, dict[str, Any]] = {}

    def paid(self, payment: Payment) -> list[Call]:
        """The events of a payment: of its page, where there was one, and of the money."""
        intent, told = self._intent(payment), []
        self._charge(payment, Decimal(0))
        if draw("stripe page", self._seed, payment.order).random() < _BY_PAGE:
            told.append(self._event("checkout.session.completed", payment.at, self._session(payment)))
        return [*told, self._event("payment_intent.succeeded", payment.at, intent)]

    def repaid(self, repayment: Repayment) -> list[Call]:
        """The events of a refund: itself, and the charge as it is then with what of it was otherwise before."""
        payment = repayment.payment
        charge = self._charge(payment, repayment.before + repayment.amount)
        earlier = {"amount_refunded": _units(repayment.before, payment.currency), "refunded": False}
        refund = self._refund(repayment)
        return [
            self._event("refund.created", repayment.at, refund),
            self._event("charge.refunded", repayment.at, charge, earlier, repayment.id),
        ]

    def known_as(self, order: str) -> str:
        """The payment intent of an order."""
        return self._name("pi", order)

    def signed(self, call: Call, secret: str) -> dict[str, str]:
        """Headers with the signature, made now."""
        stamp = int(time.time())
        sum_ = hmac.new(secret.encode(), f"{stamp}.".encode() + call.body, hashlib.sha256).hexdigest()
        return {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "stripe-signature": f"t={stamp},v1={sum_}",
        }

    def routes(self) -> list[Route]:
        """The API, as far as it tells what happened."""
        return [
            Route("/v1/events", self._listed),
            Route("/v1/events/{id}", self._one),
            Route("/v1/checkout/sessions/{id}", self._one),
            Route("/v1/payment_intents/{id}", self._one),
            Route("/v1/charges/{id}", self._one),
        ]

    async def _listed(self, request: Request) -> Response:
        if not self._allowed(request):
            return _refused(401, "Invalid API Key provided")
        limit = min(100, int(request.query_params.get("limit", 10)))
        found = sorted(self._events.values(), key=lambda one: (one["created"], one["id"]), reverse=True)
        ids = [one["id"] for one in found]
        after = request.query_params.get("starting_after")
        first = ids.index(after) + 1 if after in ids else 0
        more = len(found) > first + limit
        return json_response(
            {"object": "list", "url": "/v1/events", "has_more": more, "data": found[first : first + limit]}
        )

    async def _one(self, request: Request) -> Response:
        if not self._allowed(request):
            return _refused(401, "Invalid API Key provided")
        name = request.path_params["id"]
        found = self._events.get(name) or self._objects.get(name)
        return json_response(found) if found else _refused(404, f"No such object: '{name}'")

    def _allowed(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self.key}")

    def _keep(self, made: dict[str, Any]) -> dict[str, Any]:
        self._objects[made["id"]] = made
        return made

    def _name(self, prefix: str, of: str) -> str:
        return f"{prefix}_{hashlib.sha256(f'{prefix} {self._seed} {of}'.encode()).hexdigest()[:24]}"

    def _money(self, payment: Payment) -> dict[str, Any]:
        return {
            "created": _stamp(payment.at),
            "currency": payment.currency.lower(),
            "livemode": False,
            "metadata": {**payment.about, "order_id": payment.order},
        }

    def _intent(self, payment: Payment) -> dict[str, Any]:
        amount = _units(payment.amount, payment.currency)
        return self._keep(
            {
                "id": self._name("pi", payment.order),
                "object": "payment_intent",
                "amount": amount,
                "amount_received": amount,
                "latest_charge": self._name("ch", payment.order),
                "status": "succeeded",
                **self._money(payment),
            }
        )

    def _session(self, payment: Payment) -> dict[str, Any]:
        amount = _units(payment.amount, payment.currency)
        return self._keep(
            {
                "id": self._name("cs_test", payment.order),
                "object": "checkout.session",
                "amount_subtotal": amount,
                "amount_total": amount,
                "client_reference_id": payment.about.get("cn_visitor"),
                "customer_details": {"email": f"{payment.order}@customers.example", "name": "A customer"},
                "mode": "payment",
                "payment_intent": self._name("pi", payment.order),
                "payment_status": "paid",
                "status": "complete",
                **self._money(payment),
            }
        )

    def _refund(self, repayment: Repayment) -> dict[str, Any]:
        payment = repayment.payment
        return self._keep(
            {
                **self._money(payment),
                "id": self._name("re", repayment.id),
                "object": "refund",
                "amount": _units(repayment.amount, payment.currency),
                "charge": self._name("ch", payment.order),
                "created": _stamp(repayment.at),
                "metadata": {},
                "payment_intent": self._name("pi", payment.order),
                "reason": "requested_by_customer",
                "status": "succeeded",
            }
        )

    def _charge(self, payment: Payment, back: Decimal) -> dict[str, Any]:
        return self._keep(
            {
                "id": self._name("ch", payment.order),
                "object": "charge",
                "amount": _units(payment.amount, payment.currency),
                "amount_captured": _units(payment.amount, payment.currency),
                "amount_refunded": _units(back, payment.currency),
                "captured": True,
                "paid": True,
                "payment_intent": self._name("pi", payment.order),
                "refunded": back == payment.amount,
                "status": "succeeded",
                **self._money(payment),
            }
        )

    def _event(
        self,
        kind: str,
        at: datetime,
        about: dict[str, Any],
        earlier: dict[str, Any] | None = None,
        of: str | None = None,
    ) -> Call:
        data = {"object": about} | ({"previous_attributes": earlier} if earlier else {})
        event: dict[str, Any] = {
            "id": self._name("evt", f"{kind} {of or about['id']}"),
            "object": "event",
            "api_version": _VERSION,
            "created": _stamp(at),
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self._events[event["id"]] = event
        return Call(event["id"], json.dumps(event, indent=2).encode())


def _units(amount: Decimal, currency: str) -> int:
    return int(amount if currency in _WITHOUT_CENTS else amount * 100)


def _stamp(at: datetime) -> int:
    return int(at.timestamp())


def _refused(status: int, message: str) -> Response:
    return json_response({"error": {"type": "invalid_request_error", "message": message}}, status)
