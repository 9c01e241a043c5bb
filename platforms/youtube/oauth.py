"""Google's consent for one YouTube channel."""

from urllib.parse import urlencode

import httpx

from platforms.calls import challenge_s256, json_object, send, unrecognised
from platforms.errors import ReconnectNeeded, Rejected
from platforms.grants import obtain
from platforms.platform import Connection
from platforms.registration import App, Token
from platforms.youtube.client import Client

CONSENT = "https://accounts.google.com"
HOST = "https://oauth2.googleapis.com"
SCOPES = (
    "https://www.googleapis.com/auth/youtube.upload",
    "https://www.googleapis.com/auth/youtube.readonly",
    "https://www.googleapis.com/auth/youtube.force-ssl",
    "https://www.googleapis.com/auth/yt-analytics.readonly",
)


async def authorize_url(app: App, http: httpx.AsyncClient, *, state: str, redirect_uri: str, verifier: str) -> str:
    """Where to send the person. Without `prompt=consent` a second consent brings no refresh token."""
    query = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "state": state,
        "access_type": "offline",
        "prompt": "consent",
        "code_challenge": challenge_s256(verifier),
        "code_challenge_method": "S256",
    }
    return f"{app.url(CONSENT, '/o/oauth2/v2/auth')}?{urlencode(query)}"


async def connect(
    app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
) -> list[Connection]:
    """The channel that the person chose."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    token = await _token(app, http, form, None)
    client = Client(app, token, "", http)
    answer = await client.get("/youtube/v3/channels", {"part": "id,snippet", "mine": "true"})
    channels = json_object(answer).get("items", [])
    if not channels:
        raise Rejected("this Google account has no YouTube channel")
    return [
        Connection(
            external_id=channel["id"],
            name=channel["snippet"]["title"],
            username=channel["snippet"].get("customUrl"),
            token=token,
            picture_url=channel["snippet"].get("thumbnails", {}).get("default", {}).get("url"),
        )
        for channel in channels
    ]


async def refresh(app: App, http: httpx.AsyncClient, token: Token) -> Token:
    """A new access token; the refresh token stays."""
    if token.refresh is None:
        raise ReconnectNeeded("Google gave no refresh token")
    return await _token(app, http, {"grant_type": "refresh_token", "refresh_token": token.refresh}, token)


async def revoke(app: App, http: httpx.AsyncClient, token: Token) -> None:
    """End the whole consent, whichever of its tokens is named; one that is over already is no error."""
    form = {"token": token.refresh or token.access}
    response = await send(http, "POST", app.url(HOST, "/revoke"), data=form)
    if not response.is_success and json_object(response).get("error") != "invalid_token":
        raise unrecognised(response)


async def _token(app: App, http: httpx.AsyncClient, form: dict[str, str], previous: Token | None) -> Token:
    form |= {"client_id": app.client_id, "client_secret": app.client_secret}
    token, _ = await obtain(http, app.url(HOST, "/token"), form, previous=previous)
    return token
