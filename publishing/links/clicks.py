"""Following a short link: where it leads, and a click written down that tells of nobody.

No address of a machine is kept: a visitor is a digest under the day's salt, and salts of earlier days are deleted, so
that a visitor cannot be followed from day to day. Who asks not to be tracked is another visitor at each click.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from uuid import uuid4

from clientnest.database import system_unit_of_work
from publishing.links import repository
from publishing.links.addresses import with_click
from publishing.links.bots import bot
from publishing.links.service import is_slug

_DIGITS = 32
# The salt of the day that this process is in.
_salts: dict[date, bytes] = {}


async def follow(slug: str, address: str, headers: Mapping[str, str], now: datetime) -> str | None:
    """Where to go on to, with the click's name; None where there is no such link.

    `address` is the caller's, used for the digest alone; names of `headers` are small. A bot is led to the plain
    target, since what it keeps of the address would bring people under the bot's click.
    """
    if not is_slug(slug):
        return None
    click_id, known_as = uuid4(), bot(headers)
    async with system_unit_of_work() as session:
        day = now.astimezone(UTC).date()
        if day not in _salts:
            kept = await repository.salt(session, day, secrets.token_bytes(32))
            _salts.clear()
            _salts[day] = kept
        visitor = _visitor(_salts[day], address, headers)
        referrer = _host(headers.get("referer", ""))
        target = await repository.click(session, slug, click_id, now, visitor, known_as, referrer)
    if target is None or known_as is not None:
        return target
    return with_click(target, str(click_id))


async def look(slug: str) -> str | None:
    """Where a short link leads, without following it."""
    if not is_slug(slug):
        return None
    async with system_unit_of_work() as session:
        return await repository.target(session, slug)


async def forget(now: datetime) -> None:
    """Delete the salts of earlier days, also where nobody has clicked since."""
    async with system_unit_of_work() as session:
        await repository.forget_salts(session, before=now.astimezone(UTC).date())


def _visitor(salt: bytes, address: str, headers: Mapping[str, str]) -> str:
    if headers.get("dnt") == "1" or headers.get("sec-gpc") == "1":
        return secrets.token_hex(_DIGITS // 2)
    told = f"{address}\n{headers.get('user-agent', '')}"
    return hmac.new(salt, told.encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def _host(referrer: str) -> str | None:
    try:
        return urlsplit(referrer).hostname
    except ValueError:
        return None
