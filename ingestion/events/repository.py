"""Inbound events, the accounts that they end, and who is to be subscribed. `session` is the system's."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Account, InboundEvent, Subscription
from platforms.inbound import Event

_SUBSCRIBED = Subscription.account_id == Account.id


async def keep(session: AsyncSession, platform: str, event: Event, whose: UUID | None) -> UUID | None:
    """The id of an event that is news, None of one that is not. `whose` own app signed it; None where it was the
    installation's."""
    query = (
        insert(InboundEvent)
        .values(
            id=uuid4(),
            platform=platform,
            signed_for=whose,
            event_id=_text(event.id),
            kind=_text(event.kind),
            account_external_id=_text(event.account_external_id),
            subject_external_id=_text(event.subject_external_id),
            occurred_at=event.occurred_at,
            body=_json(event.body),
        )
        .on_conflict_do_nothing(index_elements=["platform", "event_id", "signed_for"])
        .returning(InboundEvent.id)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def read(session: AsyncSession, event_id: UUID) -> InboundEvent | None:
    return await session.get(InboundEvent, event_id)


async def ended(session: AsyncSession, event: InboundEvent) -> list[Account]:
    """Accounts whose permission the event ended, and that were not connected again since; of the workspace whose own
    app signed it, or of any.
    """
    query = select(Account).where(
        Account.platform == event.platform,
        Account.external_id == event.account_external_id,
        Account.status == "connected",
    )
    if event.signed_for is not None:
        query = query.where(Account.workspace_id == event.signed_for)
    # Without the network's word, what was connected after we heard of it is meant by nobody.
    since = event.occurred_at or event.received_at
    query = query.where(or_(Account.connected_at.is_(None), Account.connected_at < since))
    return list((await session.execute(query.with_for_update())).scalars())


async def forget(session: AsyncSession, *, before: datetime) -> int:
    """How many events were received before a moment and are gone now."""
    query = delete(InboundEvent).where(InboundEvent.received_at < before).returning(InboundEvent.id)
    return len((await session.execute(query)).all())


async def due(session: AsyncSession, platforms: Sequence[str], public_url: str, now: datetime) -> list[Account]:
    """Connected accounts of these networks that are to be subscribed, see `subscribing`."""
    query = select(Account).outerjoin(Subscription, _SUBSCRIBED).where(_due(platforms, public_url, now))
    return list((await session.execute(query.order_by(Account.platform, Account.created_at))).scalars())


async def due_since(session: AsyncSession, platforms: Sequence[str], public_url: str, now: datetime) -> datetime | None:
    """Since when the last of them has been due; None where none is."""
    since = func.max(func.greatest(Subscription.renew_at, Account.connected_at, Account.created_at))
    query = select(since).select_from(Account).outerjoin(Subscription, _SUBSCRIBED)
    found: datetime | None = (await session.execute(query.where(_due(platforms, public_url, now)))).scalar_one()
    return found


async def record(session: AsyncSession, tried: Subscription) -> None:
    """Keep how a subscription went; one that failed leaves when it last went well."""
    told = {
        name: getattr(tried, name)
        for name in ("callback_url", "tried_at", "renew_at", "subscribed_at", "until", "problem")
        if tried.problem is None or name not in ("subscribed_at", "until")
    }
    query = insert(Subscription).values(account_id=tried.account_id, workspace_id=tried.workspace_id, **told)
    await session.execute(query.on_conflict_do_update(index_elements=["account_id"], set_=told))


def _due(platforms: Sequence[str], public_url: str, now: datetime) -> ColumnElement[bool]:
    wanted = and_(Account.platform.in_(platforms), Account.source == "api", Account.status == "connected")
    elsewhere = ~Subscription.callback_url.startswith(f"{public_url}/webhooks/", autoescape=True)
    again = or_(Subscription.renew_at <= now, Subscription.tried_at < Account.connected_at, elsewhere)
    return and_(wanted, or_(Subscription.account_id.is_(None), again))


def _text(told: str | None) -> str | None:
    """PostgreSQL keeps every character but NUL and halves of pairs."""
    return None if told is None else told.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _json(told: Mapping[str, Any]) -> Any:
    written = json.dumps(dict(told), ensure_ascii=False, default=str)
    return json.loads(written.encode("utf-8", "replace").decode().replace("\\u0000", "\ufffd"))
