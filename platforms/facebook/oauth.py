"""Facebook's consent: a person's token, made long-lived, then one token for each of their Pages."""

from typing import Any
from urllib.parse import urlencode

import httpx

from platforms.calls import json_object
from platforms.errors import ReconnectNeeded
from platforms.facebook.client import ORIGIN, VERSION, Client
from platforms.graph import entries, exchange
from platforms.platform import Connection
from platforms.registration import App, Token

DIALOG = "https://www.facebook.com"
SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_posts",
    "read_insights",
    "business_management",
)


def authorize_url(app: App, *, state: str, redirect_uri: str, verifier: str) -> str:
    """Where to send the person. `verifier` stays unused: a web app proves itself by its secret."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "scope": ",".join(SCOPES),
        "response_type": "code",
    }
    return f"{app.url(DIALOG, f'/{VERSION}/dialog/oauth')}?{urlencode(query)}"


async def connect(
    app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
) -> list[Connection]:
    """Every Page that the person may work on. A Page token from a long-lived token has no expiry."""
    short = await _token(app, http, {"redirect_uri": redirect_uri, "code": code})
    person = await _token(app, http, {"grant_type": "fb_exchange_token", "fb_exchange_token": short})
    scopes = await _granted(app, http, person)
    client = Client(app, Token(person), "me", http)
    fields = "id,name,username,access_token,tasks,picture{url}"
    connections: list[Connection] = []
    async for page in client.pages("/me/accounts", {"fields": fields, "limit": 100}):
        # Without a role that acts for the Page, the person gets no token for it.
        connections += [_connection(entry, scopes) for entry in entries(page) if entry.get("access_token")]
    return connections


async def refresh(app: App, http: httpx.AsyncClient, token: Token) -> Token:
    """A Page token does not expire, and one that died cannot be revived."""
    raise ReconnectNeeded("Facebook renews no Page token: a person must connect the Page again")


async def _token(app: App, http: httpx.AsyncClient, query: dict[str, str]) -> str:
    """The token that a code, or another token, is exchanged for."""
    params = {"client_id": app.client_id, "client_secret": app.client_secret, **query}
    url = app.url(ORIGIN, f"/{VERSION}/oauth/access_token")
    return str(json_object(await exchange(http, "GET", url, params=params))["access_token"])


async def _granted(app: App, http: httpx.AsyncClient, person: str) -> tuple[str, ...]:
    """What the person really allowed: any permission can be unticked."""
    params = {"input_token": person, "access_token": f"{app.client_id}|{app.client_secret}"}
    response = await exchange(http, "GET", app.url(ORIGIN, f"/{VERSION}/debug_token"), params=params)
    return tuple(json_object(response)["data"].get("scopes", ()))


def _connection(entry: dict[str, Any], scopes: tuple[str, ...]) -> Connection:
    return Connection(
        external_id=entry["id"],
        name=entry["name"],
        username=entry.get("username"),
        token=Token(entry["access_token"], scopes=scopes),
        picture_url=entry.get("picture", {}).get("data", {}).get("url"),
    )
