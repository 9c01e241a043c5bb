"""The tokens of connected accounts: sealed by the vault, renewed by one worker at a time.

The kernel knows no network, so the token's fields arrive and leave as plain values.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import NotFound
from clientnest.models import AccountToken
from clientnest.vault import vault

# Renew at least this long before the end, so that a token does not die under way.
MARGIN = timedelta(minutes=10)
# Tokens of weeks are renewed in the last tenth of their life: an expired one cannot be renewed at some networks, and
# nobody promises that an account is used in its last minutes.
_LAST = 10


@dataclass(frozen=True, slots=True)
class Credential:
    """An opened token. Times are UTC; None means that the network names none."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime | None
    refresh_expires_at: datetime | None
    scopes: tuple[str, ...]


async def store(session: AsyncSession, workspace_id: UUID, account_id: UUID, credential: Credential) -> None:
    """Seal and keep; a renewal without a refresh token keeps the one that is there."""
    row = await session.get(AccountToken, account_id)
    if row is None:
        row = AccountToken(account_id=account_id, workspace_id=workspace_id)
        session.add(row)
    row.access = vault().seal(credential.access, workspace_id, account_id, "access")
    if credential.refresh:
        row.refresh = vault().seal(credential.refresh, workspace_id, account_id, "refresh")
        row.refresh_expires_at = credential.refresh_expires_at
    row.expires_at = credential.expires_at
    row.scopes = list(credential.scopes)
    row.refreshed_at = datetime.now(UTC)
    await session.flush()


async def load(session: AsyncSession, account_id: UUID) -> Credential:
    """Raises NotFound where the account was never connected or was disconnected."""
    return _opened(await _row(session, account_id))


async def current(session: AsyncSession, account_ids: Iterable[UUID]) -> dict[UUID, Credential]:
    """The tokens that need no renewal yet, by account; the others are left out."""
    rows = (await session.execute(select(AccountToken).where(AccountToken.account_id.in_(set(account_ids))))).scalars()
    now = datetime.now(UTC)
    return {row.account_id: _opened(row) for row in rows if not _ends(row, now)}


async def fresh(
    session: AsyncSession,
    account_id: UUID,
    renew: Callable[[Credential], Awaitable[Credential | None]],
    *,
    now: datetime | None = None,
) -> Credential:
    """The token, renewed first if it is about to end.

    The row is locked while renewing: a second worker waits and then finds the new token, so that a rotating
    refresh token is never used twice. `renew` gives None where the old one has to do for now. `session` must be a
    unit of work of its own, committed at once.
    """
    now = now or datetime.now(UTC)
    row = await _row(session, account_id)
    if not _ends(row, now):
        return _opened(row)
    row = await _row(session, account_id, lock=True)
    if not _ends(row, now):
        return _opened(row)
    renewed = await renew(_opened(row))
    if renewed is None:
        return _opened(row)
    await store(session, row.workspace_id, account_id, renewed)
    return renewed


def _ends(row: AccountToken, now: datetime) -> bool:
    if row.expires_at is None:
        return False
    return row.expires_at - max(MARGIN, (row.expires_at - row.refreshed_at) / _LAST) <= now


async def _row(session: AsyncSession, account_id: UUID, *, lock: bool = False) -> AccountToken:
    query = select(AccountToken).where(AccountToken.account_id == account_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = (await session.execute(query)).scalar_one_or_none()
    if row is None:
        raise NotFound("This account has no token: connect it again.")
    return row


def _opened(row: AccountToken) -> Credential:
    place = (row.workspace_id, row.account_id)
    return Credential(
        access=vault().open(row.access, *place, "access"),
        refresh=vault().open(row.refresh, *place, "refresh") if row.refresh else None,
        expires_at=row.expires_at,
        refresh_expires_at=row.refresh_expires_at,
        scopes=tuple(row.scopes),
    )
