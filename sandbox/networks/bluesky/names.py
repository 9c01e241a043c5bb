"""What is called what at Bluesky: identities, record keys, addresses of records."""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

NETWORK = "bluesky"
POST = "app.bsky.feed.post"

_SIGNS = "234567abcdefghijklmnopqrstuvwxyz"


def did(of: int) -> str:
    """An identity in the directory, from a number of its own."""
    digest = hashlib.sha256(f"did {of}".encode()).digest()
    return "did:plc:" + base64.b32encode(digest[:15]).decode().lower()


def tid(at: datetime, key: str) -> str:
    """A record key of a moment."""
    clock = int.from_bytes(hashlib.sha256(key.encode()).digest()[:2]) & 1023
    value = (int(at.timestamp() * 1_000_000) << 10 | clock) & ((1 << 63) - 1)
    return "".join(_SIGNS[value >> shift & 31] for shift in range(60, -1, -5))


def is_tid(key: str) -> bool:
    return len(key) == 13 and set(key) <= set(_SIGNS) and key[0] in "234567abcdefghij"


def uri(owner: str, key: str, collection: str = POST) -> str:
    return f"at://{owner}/{collection}/{key}"


def cid(record: dict[str, Any]) -> str:
    """The address of a record's content (CIDv1, dag-cbor, sha2-256); the bytes under the hash are JSON here."""
    return _content(0x71, json.dumps(record, sort_keys=True).encode())


def blob_cid(content: bytes) -> str:
    """The address of a file's bytes (CIDv1, raw, sha2-256)."""
    return _content(0x55, content)


def handle(username: str) -> str:
    """A name in the domain of Bluesky's own server."""
    return username.replace("_", "-").replace(".", "-").lower() + ".bsky.social"


def permalink(external_id: str) -> str:
    """Where people see a post."""
    _, _, owner, _, key = external_id.split("/")
    return f"https://bsky.app/profile/{owner}/post/{key}"


def _content(codec: int, content: bytes) -> str:
    raw = bytes((1, codec, 0x12, 0x20)) + hashlib.sha256(content).digest()
    return "b" + base64.b32encode(raw).decode().lower().rstrip("=")
