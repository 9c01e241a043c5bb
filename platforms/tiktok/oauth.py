"""TikTok's consent: PKCE with a challenge in hexadecimal, tokens of two hours, refresh tokens that rotate."""

import hashlib
from urllib.parse import urlencode

import httpx

from platforms.calls import json_object, send
from platforms.errors import ReconnectNeeded
from platforms.grants import obtain, refused
from platforms.platform import Connection
from platforms.registration import App, Token
from platforms.tiktok.client import HOST, Client
from platforms.tiktok.insights import user_fields

CONSENT = "https://www.tiktok.com"
# What TikTok says of a token that has ended.
_GONE = ("invalid_request", "invalid_grant", "access_token_invalid")
SCOPES = ("user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.publish", "video.upload")


async def authorize_url(app: App, http: httpx.AsyncClient, *, state: str, redirect_uri: str, verifier: str) -> str:
    """Where to send the person."""
    query = {
        "client_key": app.client_id,
        "scope": ",".join(SCOPES),
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    return f"{app.url(CONSENT, '/v2/auth/authorize/')}?{urlencode(query)}"


def challenge(verifier: str) -> str:
    """TikTok calls it S256 but takes hexadecimal only, against RFC 7636."""
    return hashlib.sha256(verifier.encode("ascii")).hexdigest()


async def connect(
    app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
) -> list[Connection]:
    """The one creator who consented; scopes can be unticked."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    token, open_id = await _token(app, http, form, None)
    client = Client(app, token, open_id, http)
    answer = await client.get("/v2/user/info/", {"fields": user_fields(token.scopes)})
    user = json_object(answer)["data"]["user"]
    return [Connection(open_id, user["display_name"], user.get("username"), token, user.get("avatar_url"))]


async def refresh(app: App, http: httpx.AsyncClient, token: Token) -> Token:
    """A new pair: the old refresh token is dead at once."""
    if token.refresh is None:
        raise ReconnectNeeded("TikTok gave no refresh token")
    renewed, _ = await _token(app, http, {"grant_type": "refresh_token", "refresh_token": token.refresh}, token)
    return renewed


async def revoke(app: App, http: httpx.AsyncClient, token: Token) -> None:
    """End what the person allowed. A token that TikTok does not know any more is no error. Raises PlatformError."""
    form = {"client_key": app.client_id, "client_secret": app.client_secret, "token": token.access}
    response = await send(http, "POST", app.url(HOST, "/v2/oauth/revoke/"), data=form)
    code = json_object(response).get("error")
    if code in _GONE:
        return
    if code or not response.is_success:
        raise refused(response)


async def _token(app: App, http: httpx.AsyncClient, form: dict[str, str], previous: Token | None) -> tuple[Token, str]:
    form |= {"client_key": app.client_id, "client_secret": app.client_secret}
    token, answer = await obtain(http, app.url(HOST, "/v2/oauth/token/"), form, previous=previous)
    return token, str(answer["open_id"])
