"""Instagram Login: a code, a token for an hour, then one for 60 days that renews itself."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from platforms.calls import clock, json_object
from platforms.graph import exchange
from platforms.instagram.client import ORIGIN, Client
from platforms.platform import Connection
from platforms.registration import App, Token

DIALOG = "https://www.instagram.com"
CODES = "https://api.instagram.com"
SCOPES = (
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_insights",
)


async def authorize_url(app: App, http: httpx.AsyncClient, *, state: str, redirect_uri: str, verifier: str) -> str:
    """Where to send the person. `verifier` stays unused: Instagram has no PKCE."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": ",".join(SCOPES),
        "state": state,
    }
    return f"{app.url(DIALOG, '/oauth/authorize')}?{urlencode(query)}"


async def connect(
    app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
) -> list[Connection]:
    """The one account that the person logged in with."""
    form = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
        # Instagram appends this to the redirect; it is no part of the code.
        "code": code.removesuffix("#_"),
    }
    answer = await exchange(http, "POST", app.url(CODES, "/oauth/access_token"), data=form)
    body = json_object(answer)
    # Documented in both shapes.
    short = body["data"][0] if isinstance(body.get("data"), list) else body
    query = {"grant_type": "ig_exchange_token", "client_secret": app.client_secret}
    token = await _long_lived(app, http, "/access_token", query, short["access_token"], _listed(short))
    client = Client(app, token, "me", http)
    profile = json_object(await client.get("/me", {"fields": "user_id,username,name,profile_picture_url"}))
    return [
        Connection(
            external_id=str(profile["user_id"]),
            name=profile.get("name") or profile["username"],
            username=profile["username"],
            token=token,
            picture_url=profile.get("profile_picture_url"),
        )
    ]


async def refresh(app: App, http: httpx.AsyncClient, token: Token) -> Token:
    """The same account for 60 more days. The token must be a day old and not expired yet."""
    query = {"grant_type": "ig_refresh_token"}
    return await _long_lived(app, http, "/refresh_access_token", query, token.access, token.scopes)


async def _long_lived(
    app: App, http: httpx.AsyncClient, path: str, query: dict[str, str], access: str, scopes: tuple[str, ...]
) -> Token:
    params = {**query, "access_token": access}
    response = await exchange(http, "GET", app.url(ORIGIN, path), params=params)
    body = json_object(response)
    return Token(
        access=body["access_token"],
        expires_at=clock(response) + timedelta(seconds=int(body["expires_in"])),
        scopes=_listed(body) or scopes,
    )


def _listed(body: dict[str, Any]) -> tuple[str, ...]:
    """The permissions of an answer: a list, or one string with commas."""
    told = body.get("permissions") or ()
    return tuple(told.split(",")) if isinstance(told, str) else tuple(told)
