"""What shops and payment services send, and how they sign it: written from their documents, not from our code."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from psycopg.rows import dict_row

from clientnest.database import run, unit_of_work
from clientnest.errors import Unauthenticated
from ingestion import conversions
from ingestion.conversions import Answer
from tests.conftest import TestWorkspace

# Each example brings a source of its own. One that fails is told as it is: making it smaller would take minutes.
FEW = examples(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
CLICK = "7b0d2e3a-5d7e-4d0a-8d0c-8f6b3a1c9e11"
Told = Sequence[dict[str, Any]]
Event = dict[str, Any]


@dataclass(frozen=True)
class Shop:
    """A workspace's sources, and what came in by them."""

    workspace: TestWorkspace
    database: str

    def opened(self, kind: str, secret: str | None = None) -> tuple[UUID, str]:
        async def add() -> tuple[UUID, str]:
            async with unit_of_work(workspace_id=self.workspace.id) as session:
                made = await conversions.add(session, self.workspace.id, kind, f"A {kind}", secret)
                return made.source.id, made.secret or secret or ""

        return run(add())

    def kept(self, source: UUID, table: str = "conversions") -> Told:
        """Rows by event, without what differs between any two takings of the same."""
        with psycopg.connect(self.database, row_factory=dict_row) as connection:
            rows = connection.execute(
                f"select * from app.{table} where source_id = %s order by event_id".encode(), [source]
            ).fetchall()
        own = ("id", "created_at", "received_at", "source_id")
        return [{name: value for name, value in row.items() if name not in own} for row in rows]


def send(source: UUID, headers: dict[str, str], body: bytes, now: datetime | None = None) -> Answer:
    """What becomes of a call."""
    return run(conversions.receive(source, headers, body, now or datetime.now(UTC)))


def not_taken(shop: Shop, source: UUID, headers: dict[str, str], body: bytes) -> None:
    """The call is not proven, and nothing of it is kept."""
    with pytest.raises(Unauthenticated):
        send(source, headers, body)
    assert shop.kept(source) == []


def written(told: Any) -> bytes:
    return json.dumps(told).encode()


def seconds(at: datetime | None = None) -> str:
    return str(int((at or datetime.now(UTC)).timestamp()))


def standard(secret: str, body: bytes, *, at: datetime | None = None, id_: str = "msg_1") -> dict[str, str]:
    """Headers of Standard Webhooks."""
    key, stamp = base64.b64decode(secret.removeprefix("whsec_")), seconds(at)
    digest = hmac.new(key, f"{id_}.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return {"webhook-id": id_, "webhook-timestamp": stamp, "webhook-signature": signature}


def stripe(secret: str, body: bytes, *, at: datetime | None = None) -> dict[str, str]:
    """Stripe's header."""
    stamp = seconds(at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={stamp},v1={digest},v0=6ffbb59b"}


def stripe_event(sort: str, told: Event, created: int = 1_790_000_000) -> Event:
    event_id = f"evt_{hashlib.sha256(json.dumps([sort, told, created]).encode()).hexdigest()[:16]}"
    return {"id": event_id, "object": "event", "type": sort, "created": created, "data": {"object": told}}


def checkout(payment: str | None, amount: int, currency: str = "eur", **more: Any) -> Event:
    told = {
        "id": f"cs_{payment}", "object": "checkout.session", "mode": "payment", "payment_status": "paid",
        "payment_intent": payment, "amount_total": amount, "currency": currency, "metadata": {},
        "customer_details": {"email": "ada@example.com", "name": "Ada Lovelace"},
    }  # fmt: skip
    return stripe_event("checkout.session.completed", told | more)


def intent(payment: str, amount: int, currency: str = "eur", **more: Any) -> Event:
    told = {
        "id": payment, "object": "payment_intent", "amount": amount, "amount_received": amount, "currency": currency,
        "metadata": {}, "payment_method_details": {"card": {"last4": "4242", "number": "4242424242424242"}},
    }  # fmt: skip
    return stripe_event("payment_intent.succeeded", told | more, 1_790_000_002)


def invoice(payment: str, amount: int, currency: str = "eur", **more: Any) -> Event:
    told = {"id": f"in_{payment}", "object": "invoice", "amount_paid": amount, "currency": currency, "metadata": None}
    return stripe_event("invoice.paid", told | {"payment_intent": payment} | more, 1_790_000_003)


def refund(name: str, payment: str, amount: int, currency: str = "eur", **more: Any) -> Event:
    told = {"id": name, "object": "refund", "amount": amount, "currency": currency, "status": "succeeded"}
    return stripe_event("refund.created", told | {"payment_intent": payment} | more, 1_790_000_100)


def charge_refunded(payment: str, total: int, currency: str = "eur", created: int = 1_790_000_101) -> Event:
    told = {"id": f"ch_{payment}", "object": "charge", "amount_refunded": total, "currency": currency}
    return stripe_event("charge.refunded", told | {"payment_intent": payment}, created)


def capture(name: str, value: str, currency: str = "EUR", **more: Any) -> Event:
    told = {
        "id": name, "amount": {"value": value, "currency_code": currency}, "status": "COMPLETED",
        "create_time": "2026-11-20T10:00:00Z",
    }  # fmt: skip
    return {"id": f"WH-{name}", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": told | more}


def order(name: str, *captures: Event, **unit: Any) -> Event:
    units = [{"reference_id": "default", "payments": {"captures": [one["resource"] for one in captures]}, **unit}]
    resource = {"id": name, "status": "COMPLETED", "purchase_units": units, "create_time": "2026-11-20T09:58:00Z"}
    return {"id": f"WH-{name}", "event_type": "CHECKOUT.ORDER.COMPLETED", "resource": resource}


def repayment(name: str, captured: str, value: str, currency: str = "EUR") -> Event:
    up = {"rel": "up", "href": f"https://api.paypal.com/v2/payments/captures/{captured}", "method": "GET"}
    told = {"id": name, "amount": {"value": value, "currency_code": currency}, "links": [up]}
    resource = told | {"create_time": "2026-11-21T10:00:00Z", "status": "COMPLETED"}
    return {"id": f"WH-{name}", "event_type": "PAYMENT.CAPTURE.REFUNDED", "resource": resource}
