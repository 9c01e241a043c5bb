"""Record keys that we choose ourselves (TIDs), so that writing the same post twice writes it once.

atproto.com/specs/tid: 64 bits as 13 signs of base32-sortable; a zero bit, microseconds, ten bits of a clock's name.
"""

import hashlib
import secrets
from datetime import datetime

_SIGNS = "234567abcdefghijklmnopqrstuvwxyz"


def fresh(at: datetime, place: int = 0) -> str:
    """A key that nobody has used: of the moment, in the order of `place`, with a clock named by chance."""
    return _tid(int(at.timestamp() * 1_000_000) + place, secrets.randbelow(1024))


def fixed(at: datetime, about: str) -> str:
    """The one key of something: the same for the same moment and words."""
    digest = int.from_bytes(hashlib.sha256(about.encode()).digest()[:8])
    return _tid(int(at.timestamp() * 1_000_000) + digest % 1_000_000_000, digest >> 54)


def _tid(micros: int, clock: int) -> str:
    value = (micros << 10 | clock) & ((1 << 63) - 1)
    return "".join(_SIGNS[value >> shift & 31] for shift in range(60, -1, -5))
