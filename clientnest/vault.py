"""Secrets at rest: AES-256-GCM, with the key's id beside it and the place it belongs to bound into it.

A sealed value is `key_id (8 hex) . nonce (12 bytes) . ciphertext and tag`. The context (workspace, account,
column) is authenticated and not stored, so a row's ciphertext copied into another row does not open.
"""

import base64
import binascii
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clientnest.errors import NestError
from clientnest.settings import settings

_ID = 8
_NONCE = 12


class VaultError(NestError):
    """The value does not open: another key, another place, or damage."""


class Vault:
    """Seals with the first key, opens with any of them (32 bytes each)."""

    def __init__(self, *keys: bytes) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise VaultError("The vault needs keys of 32 bytes: set NEST_VAULT_KEY to 32 random bytes, base64.")
        self._keys = {hashlib.sha256(key).hexdigest()[:_ID].encode(): AESGCM(key) for key in keys}
        self._current = next(iter(self._keys))

    def seal(self, plain: str, *context: object) -> bytes:
        nonce = os.urandom(_NONCE)
        sealed = self._keys[self._current].encrypt(nonce, plain.encode(), _bound(context))
        return self._current + nonce + sealed

    def open(self, sealed: bytes, *context: object) -> str:
        """Raises VaultError."""
        key = self._keys.get(sealed[:_ID])
        if key is None:
            raise VaultError("The key that sealed this value is not configured: add it to NEST_VAULT_KEY.")
        nonce, body = sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        try:
            return key.decrypt(nonce, body, _bound(context)).decode()
        except InvalidTag as error:
            raise VaultError("The sealed value was changed or belongs to another place.") from error


def _bound(context: tuple[object, ...]) -> bytes:
    return "\x1f".join(str(part) for part in context).encode()


def vault() -> Vault:
    """The vault of this installation; `NEST_VAULT_KEY` may hold several keys, comma-separated, newest first."""
    try:
        keys = [base64.b64decode(key, validate=True) for key in settings().vault_key.get_secret_value().split(",")]
    except binascii.Error as error:
        raise VaultError("NEST_VAULT_KEY is not base64.") from error
    return Vault(*keys)
