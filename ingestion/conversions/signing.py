"""Whether a call comes from who knows a source's secret. Digests are compared in constant time."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime

# How old or how early a signed call may be; what comes twice within it counts once by its events.
TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"


def new_signing_secret() -> str:
    """For `webhook`: 32 random bytes in the form of Standard Webhooks."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def new_bearer() -> str:
    """For `server`."""
    return f"cn_{secrets.token_urlsafe(32)}"


async def standard(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, base64, one of several signatures in the header."""
    id_, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id_ or not _is_fresh(timestamp, now):
        return False
    signed = f"{id_}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.digest(_key(secret), signed, "sha256"))
    given = headers.get("webhook-signature", "").split(" ")
    return any(
        hmac.compare_digest(expected, signature.removeprefix("v1,").encode())
        for signature in given
        if signature.startswith("v1,")
    )


async def stripe(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """`Stripe-Signature: t=…,v1=…`: HMAC-SHA256 over `t.body`, hexadecimal, one of several."""
    parts = [part.strip().partition("=") for part in headers.get("stripe-signature", "").split(",")]
    timestamp = next((value for name, _, value in parts if name == "t"), "")
    if not _is_fresh(timestamp, now):
        return False
    expected = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest().encode()
    return any(hmac.compare_digest(expected, value.encode()) for name, _, value in parts if name == "v1")


async def bearer(secret: str, headers: Mapping[str, str], _body: bytes, _now: datetime) -> bool:
    """`Authorization: Bearer …`."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(secret.encode(), given.strip().encode())


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= TOLERANCE_SECONDS
