"""X's consent: OAuth 2 with PKCE; tokens live two hours and refresh tokens rotate."""

from urllib.parse import urlencode

import httpx

from platforms.calls import challenge_s256, json_object, send
from platforms.errors import ReconnectNeeded, Unavailable
from platforms.grants import obtain
from platforms.platform import Connection
from platforms.registration import App, Token
from platforms.x.client import HOST, Client
from platforms.x.problems import refusal

CONSENT = "https://x.com"
SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")


async def authorize_url(app: App, http: httpx.AsyncClient, *, state: str, redirect_uri: str, verifier: str) -> str:
    """Where to send the person. X demands PKCE."""
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": challenge_s256(verifier),
        "code_challenge_method": "S256",
    }
    return f"{app.url(CONSENT, '/i/oauth2/authorize')}?{urlencode(query)}"


async def connect(
    app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
) -> list[Connection]:
    """The one account that consented. A code lives 30 seconds."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    token = await _token(app, http, form, None)
    client = Client(app, token, "", http)
    response = await client.get("/2/users/me", {"user.fields": "profile_image_url,username"})
    me = json_object(response).get("data")
    if not isinstance(me, dict):
        raise Unavailable("X does not say whose consent it is")
    return [Connection(me["id"], me["name"], me["username"], token, me.get("profile_image_url"))]


async def refresh(app: App, http: httpx.AsyncClient, token: Token) -> Token:
    """A new pair: the old refresh token is used up."""
    if token.refresh is None:
        raise ReconnectNeeded("X gave no refresh token: the consent lacks offline.access")
    return await _token(app, http, {"grant_type": "refresh_token", "refresh_token": token.refresh}, token)


async def revoke(app: App, http: httpx.AsyncClient, token: Token) -> None:
    """End a consent at X: the refresh token, and with it what came of it. Raises PlatformError."""
    form = {"token": token.refresh or token.access}
    basic = httpx.BasicAuth(app.client_id, app.client_secret)
    response = await send(http, "POST", app.url(HOST, "/2/oauth2/revoke"), data=form, auth=basic)
    if not response.is_success:
        raise refusal(response) or Unavailable("X does not say whether the token ended")


async def _token(app: App, http: httpx.AsyncClient, form: dict[str, str], previous: Token | None) -> Token:
    url = app.url(HOST, "/2/oauth2/token")
    basic = httpx.BasicAuth(app.client_id, app.client_secret)
    token, _ = await obtain(http, url, form, previous=previous, auth=basic)
    return token
