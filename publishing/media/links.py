"""Addresses at which anybody may read one file for a while, so that networks can fetch what they publish.

An address names workspace, medium, copy and end, and is signed; nothing about it can be guessed or changed.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from clientnest.errors import NotReady
from clientnest.models import Media
from clientnest.settings import settings

# Networks fetch within minutes; what waits for a person or a retry gets a new address.
LIFETIME = timedelta(days=2)
_FIELDS = struct.Struct(">16s16sI")
_SIGNATURE = 32


@dataclass(frozen=True, slots=True)
class Named:
    """What a signed address stands for; `suffix` is the copy's name, None for the original."""

    workspace_id: UUID
    media_id: UUID
    suffix: str | None


def address(media: Media, suffix: str | None = None) -> str | None:
    """Where the file can be read until two days from now; None where the installation has no public address."""
    if settings().public_url is None:
        return None
    return f"{settings().public_url}/m/{sign(media, suffix, datetime.now(UTC) + LIFETIME)}"


def sign(media: Media, suffix: str | None, until: datetime) -> str:
    """The last part of an address that holds until that moment."""
    told = _FIELDS.pack(media.workspace_id.bytes, media.id.bytes, int(until.timestamp())) + (suffix or "").encode()
    return _written(_signature(told) + told)


def read(signed: str) -> Named | None:
    """What it stands for; None for what was not signed here, was changed, or is over."""
    try:
        given = base64.b64decode(signed + "=" * (-len(signed) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    # Bits that fill the last letter up are not signed: only the one way of writing it counts.
    if _written(given) != signed:
        return None
    signature, told = given[:_SIGNATURE], given[_SIGNATURE:]
    if len(told) < _FIELDS.size or not hmac.compare_digest(signature, _signature(told)):
        return None
    workspace, media, until = _FIELDS.unpack_from(told)
    if until < datetime.now(UTC).timestamp():
        return None
    return Named(UUID(bytes=workspace), UUID(bytes=media), told[_FIELDS.size :].decode() or None)


def _written(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).rstrip(b"=").decode()


def _signature(told: bytes) -> bytes:
    secret = settings().jwt_secret.get_secret_value()
    if not secret:
        raise NotReady("NEST_JWT_SECRET is not set: `./nest up` makes one.")
    # A key of its own: what is signed here means nothing elsewhere.
    key = hmac.digest(secret.encode(), b"media addresses", hashlib.sha256)
    return hmac.digest(key, told, hashlib.sha256)
