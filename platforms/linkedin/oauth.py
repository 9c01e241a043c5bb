"""LinkedIn's consent: a person lets us act for the organisations that they administer."""

from typing import Any
from urllib.parse import urlencode

import httpx

from platforms.errors import ReconnectNeeded
from platforms.grants import obtain
from platforms.linkedin.client import Client
from platforms.platform import Connection
from platforms.registration import App, Token

HOST = "https://www.linkedin.com"
SCOPES = ("r_organization_social", "w_organization_social", "rw_organization_admin")


def authorize_url(app: App, *, state: str, redirect_uri: str, verifier: str) -> str:
    """Where to send the person. `verifier` stays unused: LinkedIn has no PKCE for web apps."""
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "scope": " ".join(SCOPES),
    }
    return f"{app.url(HOST, '/oauth/v2/authorization')}?{urlencode(query)}"


async def connect(
    app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
) -> list[Connection]:
    """Every organisation that the person administers; all share the person's token."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    token = await _token(app, http, form, None)
    client = Client(app, token, "", http)
    query = {"q": "roleAssignee", "role": "ADMINISTRATOR", "state": "APPROVED", "count": "100"}
    urns: list[str] = []
    async for _, body in client.pages("/rest/organizationAcls", query):
        urns += [entry["organization"] for entry in body.get("elements", [])]
    return [_connection(urn, await _organisation(client, urn), token) for urn in dict.fromkeys(urns)]


async def refresh(app: App, http: httpx.AsyncClient, token: Token) -> Token:
    """A new access token, where LinkedIn approved the app for renewal."""
    if token.refresh is None:
        raise ReconnectNeeded("LinkedIn gave no refresh token: a person must consent again every 60 days")
    return await _token(app, http, {"grant_type": "refresh_token", "refresh_token": token.refresh}, token)


async def _token(app: App, http: httpx.AsyncClient, form: dict[str, str], previous: Token | None) -> Token:
    form |= {"client_id": app.client_id, "client_secret": app.client_secret}
    token, _ = await obtain(http, app.url(HOST, "/oauth/v2/accessToken"), form, previous=previous)
    return token


async def _organisation(client: Client, urn: str) -> dict[str, Any]:
    response = await client.get(f"/rest/organizations/{urn.rsplit(':', 1)[-1]}", {})
    return dict(response.json())


def _connection(urn: str, organisation: dict[str, Any], token: Token) -> Connection:
    return Connection(urn, organisation["localizedName"], organisation.get("vanityName"), token)
