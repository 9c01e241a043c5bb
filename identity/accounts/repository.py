"""Accounts and consents in progress, in the database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Account, AccountToken, OAuthState


async def add_state(session: AsyncSession, state: OAuthState) -> None:
    session.add(state)
    await session.flush()


async def take_state(session: AsyncSession, state_hash: str) -> OAuthState | None:
    """The unused consent, now used; None where there is none or somebody was faster."""
    query = (
        update(OAuthState)
        .where(OAuthState.state_hash == state_hash, OAuthState.used_at.is_(None))
        .values(used_at=func.clock_timestamp())
        .returning(OAuthState)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def forget_states(session: AsyncSession, before: datetime) -> None:
    """Drop consents that ended before a moment."""
    await session.execute(delete(OAuthState).where(OAuthState.expires_at < before))


async def upsert(
    session: AsyncSession,
    *,
    workspace_id: UUID,
    platform: str,
    external_id: str,
    name: str,
    username: str | None,
    picture_url: str | None,
) -> Account:
    """The account, connected now; one known from files or connected before keeps its id and its history."""
    told = {
        "name": name,
        "username": username,
        "picture_url": picture_url,
        "source": "api",
        "status": "connected",
        "connected_at": datetime.now(UTC),
    }
    query = (
        insert(Account)
        .values(id=uuid4(), workspace_id=workspace_id, platform=platform, external_id=external_id, **told)
        .on_conflict_do_update(index_elements=["workspace_id", "platform", "external_id"], set_=told)
        .returning(Account)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalar_one()


async def get(session: AsyncSession, account_id: UUID) -> Account | None:
    return await session.get(Account, account_id)


async def page(
    session: AsyncSession,
    *,
    platforms: Sequence[str],
    status: str | None,
    after: tuple[str, str, str, UUID] | None,
    limit: int,
) -> Sequence[Account]:
    """Accounts by network, name and id; those that were ever connected before those known from files."""
    order = (Account.source, Account.platform, Account.name, Account.id)
    query = select(Account).order_by(*order).limit(limit)
    if platforms:
        query = query.where(Account.platform.in_(platforms))
    if status:
        query = query.where(Account.status == status)
    if after:
        query = query.where(tuple_(*order) > tuple_(*after))
    return (await session.execute(query)).scalars().all()


async def has_token(session: AsyncSession, account_id: UUID) -> bool:
    return await session.get(AccountToken, account_id) is not None


async def lives_elsewhere(session: AsyncSession, ended: Account) -> bool:
    """Whether another token may stand on the same consent. `session` is the system's.

    That is the same page or profile in another workspace, or another account of the network in the same one.
    """
    query = (
        select(AccountToken.account_id)
        .join(Account)
        .where(
            Account.platform == ended.platform,
            Account.id != ended.id,
            or_(Account.external_id == ended.external_id, Account.workspace_id == ended.workspace_id),
        )
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none() is not None


async def forget_token(session: AsyncSession, account_id: UUID) -> None:
    await session.execute(delete(AccountToken).where(AccountToken.account_id == account_id))
