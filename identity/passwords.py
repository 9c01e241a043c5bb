"""Passwords: Argon2id, and the same work whether or not the person exists.

One hash takes 19 MiB and two passes (the smallest setting that OWASP's cheat sheet allows), so the pool of two
threads bounds the memory of many sign-ins at once.
"""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from clientnest.errors import Invalid, Problem

SHORTEST = 10
LONGEST = 256
# Fewer different characters than this and the length means nothing.
_VARIETY = 5

_hasher = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
# What an unknown person's password is compared with.
_NOBODY = _hasher.hash(secrets.token_urlsafe(32))


def check(password: str, *, email: str, name: str) -> None:
    """Raises Invalid where the password is too short, too simple, or known from the person's own data."""
    message = _weakness(password, email, name)
    if message:
        raise Invalid("The password is too weak.", (Problem("password", message),))


def _weakness(password: str, email: str, name: str) -> str | None:
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Use {SHORTEST} to {LONGEST} characters."
    if len(set(password)) < _VARIETY:
        return f"Use at least {_VARIETY} different characters."
    known = {part.casefold() for part in (email, email.partition("@")[0], name) if part}
    if password.casefold() in known:
        return "Do not use your name or your e-mail address."
    return None


async def hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one; None (nobody by that name) costs as much and is never it."""
    loop = asyncio.get_running_loop()
    return (
        await loop.run_in_executor(_threads, _verified, password, password_hash or _NOBODY)
        and password_hash is not None
    )


def _verified(password: str, password_hash: str) -> bool:
    # A stored value that is no Argon2id hash belongs to a user who cannot sign in with a password.
    if not Argon2Hasher.identify(password_hash):
        _hasher.verify(password, _NOBODY)
        return False
    return _hasher.verify(password, password_hash)
