"""Facebook Login: a person's token, made long-lived, and what the person allowed with it."""

from urllib.parse import urlencode

import httpx

from platforms.calls import json_object
from platforms.graph import exchange
from platforms.registration import App

DIALOG = "https://www.facebook.com"
ORIGIN = "https://graph.facebook.com"


def dialog_url(app: App, version: str, scopes: tuple[str, ...], *, state: str, redirect_uri: str) -> str:
    """Where to send the person."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "state": state,
        "scope": ",".join(scopes),
        "response_type": "code",
    }
    return f"{app.url(DIALOG, f'/{version}/dialog/oauth')}?{urlencode(query)}"


async def person(
    app: App, http: httpx.AsyncClient, version: str, *, code: str, redirect_uri: str
) -> tuple[str, tuple[str, ...]]:
    """The person's token for 60 days and the scopes they left ticked. Raises PlatformError."""
    short = await _token(app, http, version, {"redirect_uri": redirect_uri, "code": code})
    long = await _token(app, http, version, {"grant_type": "fb_exchange_token", "fb_exchange_token": short})
    params = {"input_token": long, "access_token": f"{app.client_id}|{app.client_secret}"}
    response = await exchange(http, "GET", app.url(ORIGIN, f"/{version}/debug_token"), params=params)
    return long, tuple(json_object(response)["data"].get("scopes", ()))


async def _token(app: App, http: httpx.AsyncClient, version: str, query: dict[str, str]) -> str:
    """The token that a code, or another token, is exchanged for."""
    params = {"client_id": app.client_id, "client_secret": app.client_secret, **query}
    url = app.url(ORIGIN, f"/{version}/oauth/access_token")
    return str(json_object(await exchange(http, "GET", url, params=params))["access_token"])
