"""LinkedIn's consent: a person lets us act for the pages that they administer, and for themselves.

Consent is for all scopes or none, and an app may not even ask for one that LinkedIn did not approve: so there are
several ways in, each with the scopes of what an app can have.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from platforms.errors import ReconnectNeeded
from platforms.grants import obtain
from platforms.linkedin.client import PERSON, Client, said
from platforms.platform import Connection
from platforms.registration import App, Token

HOST = "https://www.linkedin.com"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The consent for some scopes."""

    scopes: tuple[str, ...]

    async def authorize_url(
        self, app: App, http: httpx.AsyncClient, *, state: str, redirect_uri: str, verifier: str
    ) -> str:
        """Where to send the person. `verifier` stays unused: LinkedIn has no PKCE for web apps."""
        query = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": " ".join(self.scopes),
        }
        return f"{app.url(HOST, '/oauth/v2/authorization')}?{urlencode(query)}"

    async def connect(
        self, app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
    ) -> list[Connection]:
        """Every page that the person administers, then the person; all share the person's token."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        token = await _token(app, http, form, None)
        client = Client(app, token, "", http)
        granted = token.scopes or self.scopes
        pages = await _pages(client, token) if any("organization" in scope for scope in granted) else []
        return [*pages, *([await _person(client, token)] if "openid" in granted else [])]

    async def refresh(self, app: App, http: httpx.AsyncClient, token: Token) -> Token:
        """A new access token, where LinkedIn approved the app for renewal."""
        if token.refresh is None:
            raise ReconnectNeeded("LinkedIn gave no refresh token: a person must consent again every 60 days")
        return await _token(app, http, {"grant_type": "refresh_token", "refresh_token": token.refresh}, token)


# Who connects pages does not mean their own profile; that has a way of its own.
PAGES = SignIn(
    (
        "r_organization_social",
        "w_organization_social",
        "rw_organization_admin",
        "r_organization_social_feed",
        "w_organization_social_feed",
    )
)
PROFILE = SignIn(("openid", "profile", "email", "w_member_social"))
CREATOR = SignIn((*PROFILE.scopes, "r_member_social", "r_member_postAnalytics"))


async def _token(app: App, http: httpx.AsyncClient, form: dict[str, str], previous: Token | None) -> Token:
    form |= {"client_id": app.client_id, "client_secret": app.client_secret}
    token, _ = await obtain(http, app.url(HOST, "/oauth/v2/accessToken"), form, previous=previous)
    return token


async def _pages(client: Client, token: Token) -> list[Connection]:
    query = {"q": "roleAssignee", "role": "ADMINISTRATOR", "state": "APPROVED", "count": "100"}
    urns: list[str] = []
    async for _, body in client.pages("/rest/organizationAcls", query, finder=True):
        urns += [said(entry, "organization") for entry in body.get("elements", [])]
    return [_page(urn, await _organisation(client, urn), token) for urn in dict.fromkeys(urns)]


async def _organisation(client: Client, urn: str) -> dict[str, Any]:
    response = await client.get(f"/rest/organizations/{urn.rsplit(':', 1)[-1]}", {})
    return dict(response.json())


def _page(urn: str, organisation: dict[str, Any], token: Token) -> Connection:
    return Connection(urn, said(organisation, "localizedName"), organisation.get("vanityName"), token)


async def _person(client: Client, token: Token) -> Connection:
    told = (await client.get("/v2/userinfo", {})).json()
    return Connection(PERSON + said(told, "sub"), said(told, "name"), None, token, told.get("picture"))
