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
from clientnest.credentials import Credential
from clientnest.errors import Invalid, NotFound, NotReady, Problem
from clientnest.models import Account, OAuthState
from clientnest.outbound import network_client
from clientnest.settings import settings
from clientnest.vault import vault
from identity.accounts import repository
from platforms import PLATFORMS
from platforms.platform import Connection, Platform
from platforms.registration import App

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
    redirect_uri: str
    verifier: str = field(repr=False)


def callback_uri() -> str:
    """The one address that networks send people back to."""
    return f"{settings().api_url}/social/accounts/callback"


async def begin(
    session: AsyncSession, *, workspace_id: UUID, user_id: UUID, platform: str, redirect_uri: str | None = None
) -> Start:
    """Raises Invalid (unknown network, foreign redirect) and NotReady (no registration at the network)."""
    sheet = _sheet(platform)
    app = _app(sheet)
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
        verifier=vault().seal(verifier, workspace_id, _hash(state), "verifier"),
        redirect_uri=callback_uri(),
        expires_at=now + LIFE,
    )
    await repository.forget_states(session, now - _KEPT)
    await repository.add_state(session, row)
    url = sheet.oauth.authorize_url(app, state=state, redirect_uri=row.redirect_uri, verifier=verifier)
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
    return Consent(row.workspace_id, row.user_id, row.platform, row.redirect_uri, verifier)


async def exchange(consent: Consent, code: str) -> list[Connection]:
    """Every account that the person let us act for. Raises PlatformError."""
    sheet = _sheet(consent.platform)
    async with network_client() as http:
        return await sheet.oauth.connect(
            _app(sheet), http, code=code, redirect_uri=consent.redirect_uri, verifier=consent.verifier
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
        await credentials.store(session, consent.workspace_id, account.id, _credential(connection))
        await events.record(
            session, consent.workspace_id, "account.connected", account_id=str(account.id), platform=account.platform
        )
        accounts.append(account)
    return accounts


async def disconnect(session: AsyncSession, account_id: UUID) -> Account:
    """Forget the token; history stays. Raises NotFound, and Invalid where nothing was ever connected."""
    account = await repository.get(session, account_id)
    if account is None:
        raise NotFound("There is no such account.")
    if account.status == "imported":
        raise Invalid(f"{account.name} comes from imported files and is not connected.")
    if account.status != "disconnected":
        account.status = "disconnected"
        await repository.forget_token(session, account.id)
        await events.record(
            session, account.workspace_id, "account.disconnected", account_id=str(account.id), platform=account.platform
        )
    return account


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


def _app(sheet: Platform) -> App:
    registration = settings().platform(sheet.name)
    if not registration.client_id:
        variable = f"NEST_PLATFORMS__{sheet.name.upper()}__CLIENT_ID"
        raise NotReady(f"ClientNest is not registered at {sheet.title} yet: set {variable} and its secret.")
    return App(registration.client_id, registration.client_secret.get_secret_value(), registration.base_url)


def _credential(connection: Connection) -> Credential:
    token = connection.token
    return Credential(token.access, token.refresh, token.expires_at, token.refresh_expires_at, token.scopes)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
