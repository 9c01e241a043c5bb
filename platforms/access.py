"""Acting for a connected account: its network's client, with a token that is good for the next minutes.

The rooms that call networks (ingestion, publishing) open accounts here, so there is one place that renews tokens.
"""

import contextlib
import dataclasses
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx

from clientnest import credentials, events
from clientnest.credentials import Credential
from clientnest.database import system_unit_of_work
from clientnest.models import Account
from clientnest.outbound import network_client
from clientnest.settings import settings
from platforms import PLATFORMS
from platforms.errors import ReconnectNeeded
from platforms.platform import Platform
from platforms.registration import App, Token


def app(platform: Platform) -> App:
    """Our registration at a network, from the settings."""
    configured = settings().platform(platform.name)
    return App(configured.client_id, configured.client_secret.get_secret_value(), configured.base_url)


def credential(token: Token) -> Credential:
    """A network's token as the kernel keeps it."""
    return Credential(**{field.name: getattr(token, field.name) for field in dataclasses.fields(Credential)})


def token(credential: Credential) -> Token:
    """A kept credential as a network's client takes it."""
    return Token(**{field.name: getattr(credential, field.name) for field in dataclasses.fields(Token)})


@contextlib.asynccontextmanager
async def account_client(account: Account) -> AsyncIterator[Any]:
    """The client of the account's network. Marks the account when a person must connect it again.

    Raises ReconnectNeeded, Unavailable, NotFound (never connected).
    """
    platform = PLATFORMS[account.platform]
    async with network_client() as http:
        try:
            yield platform.client(app(platform), await _fresh_token(platform, account, http), account.external_id, http)
        except ReconnectNeeded:
            await _mark(account.id)
            raise


async def _fresh_token(platform: Platform, account: Account, http: httpx.AsyncClient) -> Token:
    async def renew(old: Credential) -> Credential:
        return credential(await platform.oauth.refresh(app(platform), http, token(old)))

    async with system_unit_of_work() as session:
        return token(await credentials.fresh(session, account.id, renew))


async def _mark(account_id: UUID) -> None:
    async with system_unit_of_work() as session:
        account = await session.get(Account, account_id)
        if account is not None and account.status == "connected":
            account.status = "reconnect_needed"
            await events.record(session, account.workspace_id, "account.reconnect_needed", account_id=str(account_id))
