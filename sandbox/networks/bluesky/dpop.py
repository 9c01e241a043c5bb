"""Proofs that a caller holds the key of its token (RFC 9449), and of the app itself (RFC 7523)."""

import base64
import hashlib
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt.algorithms import ECAlgorithm
from starlette.requests import Request

from sandbox.world import App, World

_NONCE_S = 300
_REMEMBERED = 10_000
# Members of a public key, in the order of RFC 7638.
_PUBLIC = ("crv", "kty", "x", "y")


class WrongProof(Exception):
    """Why a proof is none; `wants_nonce` where only the server's nonce is missing."""

    def __init__(self, message: str, *, wants_nonce: bool = False) -> None:
        super().__init__(message)
        self.wants_nonce = wants_nonce


class Proofs:
    """Checks proofs; each is good for one call."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: dict[str, None] = {}

    def nonce(self, periods_ago: int = 0) -> str:
        """What a proof must hold now; the one before is still taken."""
        period = int(self._world.now().timestamp()) // _NONCE_S - periods_ago
        return hashlib.sha256(f"nonce {self._world.seed} {period}".encode()).hexdigest()[:22]

    def thumbprint(self, request: Request, access: str | None = None) -> str:
        """Of the key behind the request's proof (RFC 7638). Raises WrongProof."""
        sent = request.headers.get("dpop")
        if not sent:
            raise WrongProof("DPoP proof required")
        try:
            header = jwt.get_unverified_header(sent)
            key = ECAlgorithm.from_jwk(json.dumps({name: header["jwk"][name] for name in _PUBLIC}))
            assert isinstance(key, EllipticCurvePublicKey)
            claims = jwt.decode(sent, key, ["ES256"], options={"verify_iat": False})
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise WrongProof(f"Invalid DPoP proof: {error}") from error
        self._check(request, header, claims, access)
        jwk = header["jwk"]
        canonical = json.dumps({name: jwk[name] for name in _PUBLIC}, separators=(",", ":"))
        return base64url(hashlib.sha256(canonical.encode()).digest())

    def _check(self, request: Request, header: dict[str, Any], claims: dict[str, Any], access: str | None) -> None:
        if header.get("typ") != "dpop+jwt" or "d" in header["jwk"]:
            raise WrongProof("Invalid DPoP header")
        if (claims.get("htm"), claims.get("htu")) != (request.method, str(request.url.replace(query=""))):
            raise WrongProof("DPoP htm or htu mismatch")
        if claims.get("nonce") not in (self.nonce(), self.nonce(1)):
            raise WrongProof("Authorization server requires nonce in DPoP proof", wants_nonce=True)
        if access is not None and claims.get("ath") != base64url(hashlib.sha256(access.encode()).digest()):
            raise WrongProof("DPoP ath mismatch")
        if not claims.get("jti") or claims["jti"] in self._seen:
            raise WrongProof("DPoP proof was used before")
        self._seen[claims["jti"]] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]


def is_app(app: App, form: dict[str, str]) -> bool:
    """Whether the form's assertion is signed by the app's private key, which is its secret."""
    key = ec.derive_private_key(int(app.client_secret, 16), ec.SECP256R1()).public_key()
    try:
        claims = jwt.decode(
            form.get("client_assertion", ""), key, ["ES256"], options={"verify_aud": False, "verify_exp": False}
        )
    except jwt.InvalidTokenError:
        return False
    return claims.get("iss") == claims.get("sub") == form.get("client_id") == app.client_id


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
