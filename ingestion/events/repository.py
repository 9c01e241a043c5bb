"""Inbound events, and the accounts that they end, in the database. `session` is the system's."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Account, InboundEvent
from platforms.inbound import Event


async def keep(session: AsyncSession, platform: str, event: Event) -> bool:
    """Whether the event is news."""
    query = (
        insert(InboundEvent)
        .values(
            id=uuid4(),
            platform=platform,
            event_id=_text(event.id),
            kind=_text(event.kind),
            account_external_id=_text(event.account_external_id),
            subject_external_id=_text(event.subject_external_id),
            occurred_at=event.occurred_at,
            body=_json(event.body),
        )
        .on_conflict_do_nothing(index_elements=["platform", "event_id"])
        .returning(InboundEvent.id)
    )
    return (await session.execute(query)).scalar_one_or_none() is not None


async def ended(session: AsyncSession, platform: str, event: Event) -> list[Account]:
    """Accounts of any workspace whose permission the event ended, and that were not connected again since."""
    query = select(Account).where(
        Account.platform == platform,
        Account.external_id == event.account_external_id,
        Account.status == "connected",
    )
    if event.occurred_at is not None:
        query = query.where(or_(Account.connected_at.is_(None), Account.connected_at < event.occurred_at))
    return list((await session.execute(query.with_for_update())).scalars())


def _text(told: str | None) -> str | None:
    """PostgreSQL keeps every character but NUL and halves of pairs."""
    return None if told is None else told.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _json(told: Mapping[str, Any]) -> Any:
    written = json.dumps(dict(told), ensure_ascii=False, default=str)
    return json.loads(written.encode("utf-8", "replace").decode().replace("\\u0000", "\ufffd"))
