"""What PayPal tells, see https://developer.paypal.com/api/rest/webhooks (looked up 2026-11-22), and whether it does.

A sale is one capture, whether its own event or that of its order tells of it; it has its name as `order_id`. PayPal
signs with a certificate that it names; only the folder of certificates at its own API is asked for one.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate, load_pem_x509_certificate

from clientnest import outbound
from clientnest.errors import NotReady
from clientnest.outbound import FetchFailed
from clientnest.settings import settings
from ingestion.conversions import fields
from ingestion.conversions.fields import Refused
from ingestion.conversions.told import Conversion, Refusal, Told, Trail, inside, parsed, trail_as_far_as_told

_OURS = re.compile(r"https://api(-m)?(\.sandbox)?\.paypal\.com/v1/notifications/certs/[A-Za-z0-9_-]{1,200}")
_PATH = re.compile(r"/v1/notifications/certs/[A-Za-z0-9_-]{1,200}")
_MAX_CERTIFICATE = 20_000
_certificates: dict[str, Certificate] = {}
_MOST_CERTIFICATES = 20


async def genuine(webhook_id: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether PayPal signed it for our webhook. Raises NotReady where its certificate cannot be had now."""
    url = headers.get("paypal-cert-url", "")
    if headers.get("paypal-auth-algo") != "SHA256withRSA" or not _is_paypals(url):
        return False
    id_, time = headers.get("paypal-transmission-id", ""), headers.get("paypal-transmission-time", "")
    certificate = await _certificate(url)
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey) or not _is_valid(certificate, now):
        return False
    try:
        signature = base64.b64decode(headers.get("paypal-transmission-sig", ""), validate=True)
        key.verify(signature, f"{id_}|{time}|{webhook_id}|{zlib.crc32(body)}".encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error):
        return False
    return True


def read(body: bytes, now: datetime) -> Told:
    """One event; nothing where it is none of money. Raises Invalid for what is no event."""
    event = parsed(body)
    sort, resource = event.get("event_type"), event.get("resource")
    try:
        if not isinstance(resource, dict):
            raise Refused("This is no event of PayPal: resource is missing.")
        if sort == "PAYMENT.CAPTURE.COMPLETED":
            return Told(payments=(_sale(resource, event, {}, now),))
        if sort == "PAYMENT.CAPTURE.REFUNDED":
            return Told(payments=(_refund(resource, event, now),))
        if sort == "CHECKOUT.ORDER.COMPLETED":
            return Told(payments=tuple(_order(resource, event, now)))
    except Refused as error:
        name = event.get("id")
        return Told(refused=(Refusal(name if isinstance(name, str) else None, str(error)),))
    return Told()


def _order(resource: Mapping[str, Any], event: Mapping[str, Any], now: datetime) -> list[Conversion]:
    """The captures of an order that have happened; one that is approved only holds none."""
    return [
        _sale(capture, event, unit, now)
        for unit in _objects(resource, "purchase_units")
        for capture in _objects(inside(unit, "payments"), "captures")
        if capture.get("status", "COMPLETED") == "COMPLETED"
    ]


def _sale(capture: Mapping[str, Any], event: Mapping[str, Any], unit: Mapping[str, Any], now: datetime) -> Conversion:
    name = fields.needed(capture, "id")
    amount, currency = fields.amount(_money(capture), "purchase")
    custom = capture.get("custom_id") or unit.get("custom_id")
    return Conversion(name, "purchase", _moment(capture, event, now), amount, currency, name, _trail(custom))


def _refund(refund: Mapping[str, Any], event: Mapping[str, Any], now: datetime) -> Conversion:
    up = next((str(link.get("href")) for link in _objects(refund, "links") if link.get("rel") == "up"), "")
    amount, currency = fields.amount(_money(refund), "refund")
    moment, capture = _moment(refund, event, now), up.rstrip("/").rpartition("/")[2]
    return Conversion(fields.needed(refund, "id"), "refund", moment, amount, currency, capture or None)


def _trail(custom: Any) -> Trail:
    """`custom_id` holds the click alone, or `cn_click=…&cn_visitor=…` with UTM parameters."""
    if not isinstance(custom, str):
        return Trail()
    told = dict(parse_qsl(custom)) if "=" in custom else {"cn_click": custom}
    return trail_as_far_as_told(told, "cn_visitor", "cn_click")


def _objects(told: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects of a list; none where there is no list."""
    found = told.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _money(resource: Mapping[str, Any]) -> dict[str, Any]:
    told = inside(resource, "amount")
    if told.get("value") is None:
        raise Refused("amount.value is missing.")
    return {"amount": told["value"], "currency": told.get("currency_code")}


def _moment(resource: Mapping[str, Any], event: Mapping[str, Any], now: datetime) -> datetime:
    return fields.moment(resource if resource.get("create_time") else event, "create_time", now)


def _is_paypals(url: str) -> bool:
    """The folder of certificates at PayPal's own API, or at the address that is set in its place."""
    other = settings().paypal_base_url
    return bool(_OURS.fullmatch(url) or (other and url.startswith(other) and _PATH.fullmatch(url.removeprefix(other))))


async def _certificate(url: str) -> Certificate:
    if url not in _certificates:
        try:
            fetched = await outbound.fetch(url, max_bytes=_MAX_CERTIFICATE)
            certificate = load_pem_x509_certificate(fetched.content)
        except (FetchFailed, ValueError) as error:
            raise NotReady("PayPal's certificate could not be read: send this again later.") from error
        if len(_certificates) >= _MOST_CERTIFICATES:
            _certificates.clear()
        _certificates[url] = certificate
    return _certificates[url]


def _is_valid(certificate: Certificate, now: datetime) -> bool:
    return certificate.not_valid_before_utc <= now.astimezone(UTC) <= certificate.not_valid_after_utc
