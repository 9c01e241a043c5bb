"""PayPal: its webhooks, signed with a key whose certificate lies at its own address, and the API beside them.

What is signed is `transmission id|time|webhook id|CRC-32 of the body`, the sum written in decimal.
"""

import base64
import hashlib
import hmac
import json
import zlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.payments.payment import Call, Payment, Repayment
from sandbox.web import form_or_json, json_response

_HOST = "messageverificationcerts.paypal.com"


class PayPal:
    """The account of a shop at `url`. Everything it told is kept, by id."""

    def __init__(self, seed: int, url: str) -> None:
        self._seed, self._url = seed, url
        self.client_id = self._name("client")
        self.client_secret = self._name("secret")
        self._objects: dict[str, dict[str, Any]] = {}
        self._events: dict[str, dict[str, Any]] = {}

    def paid(self, payment: Payment) -> list[Call]:
        """The event of a payment that was taken."""
        capture = {
            **self._money(payment.at, self._name("capture", payment.order), payment, payment.amount),
            "final_capture": True,
            "supplementary_data": {"related_ids": {"order_id": self._name("order", payment.order)}},
            "links": self._links("captures", self._name("capture", payment.order)),
        }
        summary = f"Payment completed for {capture['amount']['currency_code']} {capture['amount']['value']}"
        return [self._event("PAYMENT.CAPTURE.COMPLETED", "capture", payment.at, capture, summary)]

    def repaid(self, repayment: Repayment) -> list[Call]:
        """The event of a refund, which leads up to its payment."""
        payment, name = repayment.payment, self._name("refund", repayment.id)
        total = _amount(repayment.before + repayment.amount, payment.currency)
        up = {"href": f"{self._url}/v2/payments/captures/{self._name('capture', payment.order)}", "rel": "up"}
        refund = {
            **self._money(repayment.at, name, payment, repayment.amount),
            "seller_payable_breakdown": {
                "gross_amount": _amount(repayment.amount, payment.currency),
                "total_refunded_amount": total,
            },
            "links": [*self._links("refunds", name), {**up, "method": "GET"}],
        }
        summary = f"A {refund['amount']['currency_code']} {refund['amount']['value']} capture payment was refunded"
        return [self._event("PAYMENT.CAPTURE.REFUNDED", "refund", repayment.at, refund, summary)]

    def known_as(self, order: str) -> str:
        """The capture of an order."""
        return self._name("capture", order)

    def signed(self, call: Call, webhook_id: str) -> dict[str, str]:
        """Headers with the signature, made now."""
        stamp = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
        transmission = self._name("transmission", f"{call.name} {stamp}")
        signed = self._key.sign(_said(transmission, stamp, webhook_id, call.body), padding.PKCS1v15(), hashes.SHA256())
        return {
            "content-type": "application/json",
            "user-agent": "PayPal/AUHD-1.0-1",
            "paypal-transmission-id": transmission,
            "paypal-transmission-time": stamp,
            "paypal-transmission-sig": base64.b64encode(signed).decode(),
            "paypal-cert-url": f"{self._url}/v1/notifications/certs/{self._cert_name}",
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-auth-version": "v2",
        }

    def routes(self) -> list[Route]:
        """The certificate, a token, the check of a signature, and what happened."""
        return [
            Route("/v1/notifications/certs/{name}", self._cert),
            Route("/v1/oauth2/token", self._token, methods=["POST"]),
            Route("/v1/notifications/verify-webhook-signature", self._verify, methods=["POST"]),
            Route("/v1/notifications/webhooks-events/{id}", self._one),
            Route("/v2/payments/captures/{id}", self._one),
            Route("/v2/payments/refunds/{id}", self._one),
        ]

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def _certificate(self) -> bytes:
        """PEM, by itself, for half a year around now."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _HOST)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=90))
            .not_valid_after(now + timedelta(days=90))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(_HOST)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    @cached_property
    def _cert_name(self) -> str:
        return f"CERT-{hashlib.sha256(self._certificate).hexdigest()[:32]}"

    async def _cert(self, request: Request) -> Response:
        if request.path_params["name"] != self._cert_name:
            return json_response({"name": "RESOURCE_NOT_FOUND"}, 404)
        return Response(self._certificate, media_type="text/plain")

    async def _token(self, request: Request) -> Response:
        asked = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if not hmac.compare_digest(request.headers.get("authorization", ""), f"Basic {asked}"):
            return json_response({"error": "invalid_client", "error_description": "Client Authentication failed"}, 401)
        return json_response({"access_token": self._name("token"), "token_type": "Bearer", "expires_in": 32_400})

    async def _verify(self, request: Request) -> Response:
        if not self._allowed(request):
            return json_response({"name": "AUTHENTICATION_FAILURE"}, 401)
        sent = await form_or_json(request)
        # What was signed are the bytes that were sent: an event that was written anew is looked up.
        known = self._events.get(str(sent.get("webhook_event", {}).get("id")))
        id_, stamp, webhook = (str(sent.get(f)) for f in ("transmission_id", "transmission_time", "webhook_id"))
        try:
            signature = base64.b64decode(str(sent.get("transmission_sig")))
            signed = _said(id_, stamp, webhook, _written(known)) if known == sent.get("webhook_event") else b""
            self._key.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return json_response({"verification_status": "FAILURE"})
        return json_response({"verification_status": "SUCCESS"})

    async def _one(self, request: Request) -> Response:
        if not self._allowed(request):
            return json_response({"name": "AUTHENTICATION_FAILURE"}, 401)
        name = request.path_params["id"]
        found = self._events.get(name) or self._objects.get(name)
        return json_response(found) if found else json_response({"name": "RESOURCE_NOT_FOUND"}, 404)

    def _allowed(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self._name('token')}")

    def _name(self, what: str, of: str = "") -> str:
        return hashlib.sha256(f"paypal {what} {self._seed} {of}".encode()).hexdigest()[:17].upper()

    @staticmethod
    def _money(at: datetime, name: str, payment: Payment, amount: Decimal) -> dict[str, Any]:
        return {
            "id": name,
            "amount": _amount(amount, payment.currency),
            "custom_id": urlencode(payment.about),
            "invoice_id": payment.order,
            "status": "COMPLETED",
            "create_time": _moment(at),
            "update_time": _moment(at),
        }

    def _links(self, what: str, name: str) -> list[dict[str, str]]:
        return [{"href": f"{self._url}/v2/payments/{what}/{name}", "rel": "self", "method": "GET"}]

    def _event(self, kind: str, about: str, at: datetime, resource: dict[str, Any], summary: str) -> Call:
        event: dict[str, Any] = {
            "id": f"WH-{self._name(kind, resource['id'])}",
            "event_version": "1.0",
            "create_time": _moment(at),
            "resource_type": about,
            "resource_version": "2.0",
            "event_type": kind,
            "summary": summary,
            "resource": resource,
        }
        self._objects[resource["id"]] = resource
        self._events[event["id"]] = event
        return Call(event["id"], _written(event))


def _written(event: dict[str, Any] | None) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()


def _said(transmission: str, stamp: str, webhook_id: str, body: bytes) -> bytes:
    return f"{transmission}|{stamp}|{webhook_id}|{zlib.crc32(body)}".encode()


def _amount(amount: Decimal, currency: str) -> dict[str, str]:
    return {"currency_code": currency, "value": str(amount)}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
