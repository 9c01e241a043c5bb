"""Tokens that are bound to a key (RFC 9449), and the key by which our app proves itself (RFC 7523)."""

import base64
import hashlib
import hmac
import time
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from platforms.errors import Rejected
from platforms.registration import App, Token

# The order of P-256 (FIPS 186-4, D.1.2.3).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def key_of(verifier: str) -> EllipticCurvePrivateKey:
    """The key of a consent under way: a function of its PKCE verifier, so that nothing else must be remembered."""
    digest = hmac.new(verifier.encode(), b"dpop", hashlib.sha256).digest()
    return _key(int.from_bytes(digest) % (_ORDER - 1) + 1)


def bind(token: Token, key: EllipticCurvePrivateKey) -> Token:
    """The token with its key beside it, as it is kept; without the key it is worth nothing."""
    scalar = format(key.private_numbers().private_value, "064x")
    return Token(f"{token.access} {scalar}", token.refresh, token.expires_at, token.refresh_expires_at, token.scopes)


def unbind(token: Token) -> tuple[str, EllipticCurvePrivateKey | None]:
    """The access token as it travels, and its key; a session of an app password has none."""
    access, _, scalar = token.access.partition(" ")
    return access, _key(int(scalar, 16)) if scalar else None


def proof(key: EllipticCurvePrivateKey, method: str, url: str, *, nonce: str | None, access: str | None = None) -> str:
    """That whoever sends this call holds the key. `url` goes in without query and fragment."""
    claims: dict[str, Any] = {"jti": uuid4().hex, "htm": method, "htu": url.split("?")[0], "iat": int(time.time())}
    if nonce is not None:
        claims["nonce"] = nonce
    if access is not None:
        claims["ath"] = _base64url(hashlib.sha256(access.encode()).digest())
    return jwt.encode(claims, key, "ES256", {"typ": "dpop+jwt", "jwk": _public(key)})


def assertion(app: App, issuer: str) -> dict[str, str]:
    """The form fields by which our app proves itself at a token endpoint.

    `client_secret` is its private key: PEM, or the 32 bytes of a P-256 key in hex.
    """
    now = int(time.time())
    claims = {
        "iss": app.client_id,
        "sub": app.client_id,
        "aud": issuer,
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + 60,
    }
    signed = jwt.encode(claims, _app_key(app.client_secret), "ES256", {"kid": "clientnest"})
    return {"client_assertion_type": _ASSERTION, "client_assertion": signed}


def _app_key(secret: str) -> EllipticCurvePrivateKey:
    if secret.startswith("-----BEGIN"):
        loaded = load_pem_private_key(secret.encode(), None)
        if isinstance(loaded, EllipticCurvePrivateKey):
            return loaded
        raise Rejected("the client secret of Bluesky must be a P-256 private key")
    return _key(int(secret, 16))


def _key(scalar: int) -> EllipticCurvePrivateKey:
    return ec.derive_private_key(scalar, ec.SECP256R1())


def _public(key: EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    x, y = (_base64url(value.to_bytes(32)) for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
