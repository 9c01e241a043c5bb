"""Acting for a connected account: its network's client, with a token that is good for the next minutes.

The rooms that call networks (ingestion, publishing) open accounts here, so there is one place that renews tokens.
"""

import contextlib
import dataclasses
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import credentials, events, registrations
from clientnest.credentials import Credential
from clientnest.database import system_unit_of_work
from clientnest.errors import NotReady
from clientnest.models import Account
from clientnest.outbound import network_client
from clientnest.registrations import Registered
from clientnest.together import Together
from platforms import PLATFORMS
from platforms.errors import PlatformError, ReconnectNeeded
from platforms.platform import Login, Platform
from platforms.registration import App, Token


def app(registered: Registered) -> App:
    """A registration as a network's client takes it."""
    return App(registered.client_id, registered.client_secret, registered.base_url)


async def registered_app(session: AsyncSession, workspace_id: UUID, login: Login) -> App:
    """The registration that a login goes by, the workspace's own before the installation's. Raises NotReady."""
    found = await registrations.of_workspace(session, workspace_id, login.app)
    if found is None:
        variable = f"NEST_PLATFORMS__{login.app.upper()}__CLIENT_ID"
        raise NotReady(f"ClientNest is not registered at {login.title} yet: set {variable} and its secret.")
    return app(found)


async def registered_apps(platform: Platform) -> list[tuple[App, UUID | None]]:
    """Every app that the network may sign its calls to us for, and whose own it is; None for the installation's."""
    async with system_unit_of_work() as session:
        sections = dict.fromkeys(login.app for login in platform.ways)
        found = [one for name in sections for one in await registrations.everywhere(session, name)]
    return [(app(one), one.workspace_id) for one in found]


def credential(token: Token) -> Credential:
    """A network's token as the kernel keeps it."""
    return Credential(**{field.name: getattr(token, field.name) for field in dataclasses.fields(Credential)})


def token(credential: Credential) -> Token:
    """A kept credential as a network's client takes it."""
    return Token(**{field.name: getattr(credential, field.name) for field in dataclasses.fields(Token)})


@contextlib.asynccontextmanager
async def account_client(account: Account) -> AsyncIterator[Any]:
    """The client of the account's network. Marks the account when a person must connect it again.

    No error that leaves here says the account's token or the app's secret, whatever a network echoes. Raises
    ReconnectNeeded, Unavailable, NotFound (never connected), NotReady (no registration).
    """
    platform = PLATFORMS[account.platform]
    async with network_client() as http:
        try:
            ours, fresh = await _held(account) or await _fresh(platform, account, http)
            try:
                yield platform.client(ours, fresh, account.external_id, http)
            except PlatformError as error:
                error.strike(filter(None, (fresh.access, fresh.refresh, ours.client_secret)))
                raise
        except ReconnectNeeded:
            await _mark(account.id)
            raise


async def revoke(platform: Platform, ours: App, ended: Token) -> str | None:
    """End a token at its network. Why that did not work, None where it did; the network may not offer it."""
    if platform.revoke is None:
        return platform.absent.get("revoke", f"{platform.title} offers no way to end a permission")
    async with network_client() as http:
        try:
            await platform.revoke(ours, http, ended)
        except PlatformError as error:
            return str(error)
    return None


async def _read(accounts: Sequence[Account]) -> list[tuple[App, Token] | None]:
    """The app and the token of each; None where either is wanting or about to end."""
    async with system_unit_of_work() as session:
        found = await credentials.current(session, [account.id for account in accounts])
        asked = {
            account.id: (account.workspace_id, PLATFORMS[account.platform].login_of(found[account.id].scopes).app)
            for account in accounts
            if account.id in found
        }
        registered = await registrations.of_workspaces(session, asked.values())
    return [
        (app(registered[place]), token(found[account.id]))
        if (place := asked.get(account.id)) and place in registered
        else None
        for account in accounts
    ]


# Accounts are opened many at a time.
_held: Together[Account, tuple[App, Token] | None] = Together(_read)


async def _fresh(platform: Platform, account: Account, http: httpx.AsyncClient) -> tuple[App, Token]:
    """The app and the token of the account, the token renewed where it is about to end."""
    async with system_unit_of_work() as session:
        login = platform.login_of((await credentials.load(session, account.id)).scopes)
        ours = await registered_app(session, account.workspace_id, login)

        async def renew(old: Credential) -> Credential | None:
            try:
                return credential(await login.oauth.refresh(ours, http, token(old)))
            except PlatformError:
                # Tried well before the end: what cannot be renewed yet, or never, is good until then.
                if old.expires_at is not None and old.expires_at - credentials.MARGIN > datetime.now(UTC):
                    return None
                raise

        return ours, token(await credentials.fresh(session, account.id, renew))


async def _mark(account_id: UUID) -> None:
    async with system_unit_of_work() as session:
        account = await session.get(Account, account_id)
        if account is not None and account.status == "connected":
            account.status = "reconnect_needed"
            await events.record(session, account.workspace_id, "account.reconnect_needed", account_id=str(account_id))
