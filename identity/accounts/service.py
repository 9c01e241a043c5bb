"""Connecting accounts.

```
begin    a state that is used once, bound to workspace and user, and a sealed PKCE verifier   -> authorize_url
take     the state comes back: ours, unused, in time                                          -> Consent
exchange the code becomes tokens at the network; no transaction is open meanwhile             -> connections
connect  accounts and sealed tokens are stored, and the event says so
```
The state that travels is `workspace id . 32 random bytes`, base64url: the callback arrives without a sign-in and
must know which workspace to open. Only its SHA-256 is stored.
"""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import credentials, events
from clientnest.database import system_unit_of_work, unit_of_work
from clientnest.errors import Invalid, NotFound, NotReady, Problem
from clientnest.models import Account, OAuthState
from clientnest.outbound import network_client
from clientnest.settings import settings
from clientnest.vault import vault
from identity.accounts import repository
from platforms import PLATFORMS
from platforms.access import credential, registered_app, revoke, token
from platforms.platform import Connection, Login, Platform
from platforms.registration import App, Token

LIFE = timedelta(minutes=10)
_KEPT = timedelta(days=1)
_STALE = "This consent is no longer valid: start connecting again."


@dataclass(frozen=True, slots=True)
class Start:
    authorize_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent that came back, and who had asked for it."""

    workspace_id: UUID
    user_id: UUID
    platform: str
    login: str
    redirect_uri: str
    verifier: str = field(repr=False)


def callback_uri() -> str:
    """The one address that networks send people back to."""
    return f"{settings().public_url or settings().api_url}/social/accounts/callback"


async def begin(
    session: AsyncSession,
    *,
    workspace_id: UUID,
    user_id: UUID,
    platform: str,
    login: str | None = None,
    redirect_uri: str | None = None,
) -> Start:
    """Raises Invalid (unknown network or login, foreign redirect), NotReady (no registration at the network) and,
    where the network wants consents announced, PlatformError.
    """
    way = _way(_sheet(platform), login)
    app = await registered_app(session, workspace_id, way)
    if redirect_uri not in (None, callback_uri()):
        problem = Problem("redirect_uri", f"Leave it out, or give exactly {callback_uri()}.")
        raise Invalid("People are sent back to ClientNest only.", (problem,))
    state = base64.urlsafe_b64encode(workspace_id.bytes + secrets.token_bytes(32)).decode()
    verifier = secrets.token_urlsafe(48)
    now = datetime.now(UTC)
    row = OAuthState(
        state_hash=_hash(state),
        workspace_id=workspace_id,
        user_id=user_id,
        platform=platform,
        login=way.name,
        verifier=vault().seal(verifier, workspace_id, _hash(state), "verifier"),
        redirect_uri=callback_uri(),
        expires_at=now + LIFE,
    )
    await repository.forget_states(session, now - _KEPT)
    await repository.add_state(session, row)
    async with network_client() as http:
        url = await way.oauth.authorize_url(app, http, state=state, redirect_uri=row.redirect_uri, verifier=verifier)
    return Start(url, row.expires_at)


def workspace_of(state: str) -> UUID:
    """Which workspace a state claims to be of; only `take` proves it. Raises Invalid."""
    try:
        raw = base64.b64decode(state, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(_STALE) from error
    if len(raw) != 48:
        raise Invalid(_STALE)
    return UUID(bytes=raw[:16])


async def take(session: AsyncSession, state: str) -> Consent:
    """Use the state up. Commit before going on, so that it stays used. Raises Invalid."""
    row = await repository.take_state(session, _hash(state))
    if row is None or row.expires_at <= datetime.now(UTC):
        raise Invalid(_STALE)
    verifier = vault().open(row.verifier, row.workspace_id, row.state_hash, "verifier")
    return Consent(row.workspace_id, row.user_id, row.platform, row.login, row.redirect_uri, verifier)


async def exchange(consent: Consent, code: str) -> list[Connection]:
    """Every account that the person let us act for. Raises PlatformError, NotReady."""
    way = _way(_sheet(consent.platform), consent.login)
    async with unit_of_work(workspace_id=consent.workspace_id) as session:
        app = await registered_app(session, consent.workspace_id, way)
    async with network_client() as http:
        return await way.oauth.connect(
            app, http, code=code, redirect_uri=consent.redirect_uri, verifier=consent.verifier
        )


async def connect(session: AsyncSession, consent: Consent, connections: Sequence[Connection]) -> list[Account]:
    """Store the accounts and their sealed tokens. `session` must be of the consent's workspace."""
    accounts = []
    for connection in connections:
        account = await repository.upsert(
            session,
            workspace_id=consent.workspace_id,
            platform=consent.platform,
            external_id=connection.external_id,
            name=connection.name,
            username=connection.username,
            picture_url=connection.picture_url,
        )
        await credentials.store(session, consent.workspace_id, account.id, credential(connection.token))
        await events.record(
            session, consent.workspace_id, "account.connected", account_id=str(account.id), platform=account.platform
        )
        accounts.append(account)
    return accounts


@dataclass(frozen=True, slots=True)
class Ending:
    """A token that was forgotten here and is still good at its network."""

    account: Account
    app: App
    token: Token


async def disconnect(session: AsyncSession, account_id: UUID) -> tuple[Account, Ending | None]:
    """Forget the token; history stays. What is left to end at the network once this is committed.

    Raises NotFound, and Invalid where nothing was ever connected.
    """
    account = await repository.get(session, account_id)
    if account is None:
        raise NotFound("There is no such account.")
    if account.status == "imported":
        raise Invalid(f"{account.name} comes from imported files and is not connected.")
    if account.status == "disconnected":
        return account, None
    ending = await _ending(session, account)
    account.status = "disconnected"
    await repository.forget_token(session, account.id)
    await events.record(
        session, account.workspace_id, "account.disconnected", account_id=str(account.id), platform=account.platform
    )
    return account, ending


async def end(ending: Ending) -> str | None:
    """End the token at its network. Why that did not work, None where it did.

    A consent may cover several accounts of one person; it is left alone while another account still lives by it.
    """
    async with system_unit_of_work() as session:
        if await repository.lives_elsewhere(session, ending.account):
            return "other accounts of this network may stand on the same consent, so it was left as it is"
    return await revoke(PLATFORMS[ending.account.platform], ending.app, ending.token)


async def _ending(session: AsyncSession, account: Account) -> Ending | None:
    sheet = PLATFORMS[account.platform]
    if not await repository.has_token(session, account.id):
        return None
    kept = token(await credentials.load(session, account.id))
    try:
        app = await registered_app(session, account.workspace_id, sheet.login_of(kept.scopes))
    except NotReady:
        return None
    return Ending(account, app, kept)


async def page(
    session: AsyncSession,
    *,
    platforms: Sequence[str] = (),
    status: str | None = None,
    after: tuple[str, str, str, UUID] | None = None,
    limit: int,
) -> Sequence[Account]:
    """Accounts by source (api, file), network, name and id, from just after `after` (those four) on."""
    return await repository.page(session, platforms=platforms, status=status, after=after, limit=limit)


def _sheet(platform: str) -> Platform:
    if platform not in PLATFORMS:
        problem = Problem("platform", f"Choose one of {', '.join(PLATFORMS)}.")
        raise Invalid(f"{platform!r} is not a network that ClientNest knows.", (problem,))
    return PLATFORMS[platform]


def _way(sheet: Platform, login: str | None) -> Login:
    """The way to connect of that name, the usual one without a name. Raises Invalid."""
    found = next((way for way in sheet.ways if login in (None, way.name)), None)
    if found is None:
        problem = Problem("login", f"Choose one of {', '.join(way.name for way in sheet.ways)}, or leave it out.")
        raise Invalid(f"{sheet.title} cannot be connected by {login!r}.", (problem,))
    return found


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
