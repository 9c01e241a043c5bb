"""The doors by which other people's servers tell: who calls is proven first, then what they tell is kept.

No body is kept, only the fields of a visit or a conversion: nothing of a card or a person's address comes in.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from clientnest.database import system_unit_of_work
from clientnest.errors import NotFound, Unauthenticated
from ingestion.conversions import paypal, repository, signing, stripe, told
from ingestion.conversions.keeping import Answer, keep
from ingestion.conversions.sources import secret_of
from ingestion.conversions.told import Told

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Door:
    """`genuine` says whether a call is signed by the source's secret, `read` what it tells."""

    genuine: Callable[[str, Mapping[str, str], bytes, datetime], Awaitable[bool]]
    read: Callable[[bytes, datetime], Told]
    wanted: str


_DOORS = {
    "webhook": _Door(signing.standard, told.read, "webhook-id, webhook-timestamp and webhook-signature"),
    "server": _Door(signing.bearer, told.read, "Authorization: Bearer and the secret"),
    "stripe": _Door(signing.stripe, stripe.read, "Stripe-Signature"),
    "paypal": _Door(paypal.genuine, paypal.read, "the headers PAYPAL-TRANSMISSION-… of our webhook"),
}


async def receive(source_id: UUID, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
    """Take what a call tells. Names of `headers` are small.

    Raises NotFound (no such door, or closed), Unauthenticated, Invalid (nothing in the body can be told apart).
    """
    async with system_unit_of_work() as session:
        source = await repository.source(session, source_id)
        secret = secret_of(source) if source and source.is_enabled else None
    door = _DOORS.get(source.kind) if source else None
    if source is None or secret is None or door is None:
        raise NotFound("No source of conversions is open here.")
    if not await door.genuine(secret, headers, body, now):
        raise Unauthenticated(f"This call is not proven: send {door.wanted}, over the very body, within 5 minutes.")
    found = door.read(body, now)
    async with system_unit_of_work() as session:
        answer = await keep(session, source, found)
        await repository.received(session, source_id, now)
    for refusal in answer.refused:
        _log.warning("conversions.refused", source_id=str(source_id), reason=refusal.reason)
    return answer
