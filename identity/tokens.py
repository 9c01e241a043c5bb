"""Access tokens: JWT, HS256, made and read here only.

The header is fixed (`typ` "at+jwt", one algorithm), so a token of another kind or another issuer is never taken
for one of ours; keys named inside a token are ignored.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt

from clientnest.errors import NotReady, Unauthenticated
from clientnest.settings import settings

ISSUER = "clientnest"
AUDIENCE = "clientnest-api"
_TYPE = "at+jwt"
_ALGORITHM = "HS256"
_CLAIMS = ["sub", "iss", "aud", "iat", "nbf", "exp", "jti"]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """`expires_in` is in seconds, as OAuth 2 has it."""

    value: str
    expires_in: int


def secret() -> bytes:
    """The signing key. Raises NotReady where it is missing or shorter than 32 bytes."""
    try:
        key = base64.b64decode(settings().jwt_secret.get_secret_value(), validate=True)
    except binascii.Error as error:
        raise NotReady("NEST_JWT_SECRET is not base64: set it to 32 random bytes, base64.") from error
    if len(key) < 32:
        raise NotReady("NEST_JWT_SECRET is missing or too short: set it to 32 random bytes, base64.")
    return key


def issue(user_id: UUID, *, now: datetime | None = None) -> AccessToken:
    now = now or datetime.now(UTC)
    life = timedelta(minutes=settings().jwt_minutes)
    claims = {
        "sub": str(user_id),
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "nbf": now,
        "exp": now + life,
        "jti": uuid4().hex,
    }
    value = jwt.encode(claims, secret(), algorithm=_ALGORITHM, headers={"typ": _TYPE})
    return AccessToken(value, int(life.total_seconds()))


def read(token: str) -> UUID:
    """Whose token it is. Raises Unauthenticated."""
    try:
        opened = jwt.decode_complete(
            token,
            secret(),
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": _CLAIMS},
        )
        if opened["header"].get("typ") != _TYPE:
            raise Unauthenticated("This is not an access token: sign in.")
        return UUID(opened["payload"]["sub"])
    except jwt.ExpiredSignatureError as error:
        raise Unauthenticated("You have been signed out after a while: sign in again.") from error
    except (jwt.InvalidTokenError, ValueError) as error:
        raise Unauthenticated("This sign-in is not valid: sign in again.") from error
