"""Bluesky's consent (the AT Protocol's profile of OAuth): announced first, PKCE, tokens bound to a key, rotating."""

from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from platforms.bluesky.client import ENTRYWAY, Client
from platforms.bluesky.dpop import assertion, bind, key_of, proof, unbind
from platforms.calls import challenge_s256, json_object, send
from platforms.errors import ReconnectNeeded, Rejected, Unavailable
from platforms.grants import granted, refused
from platforms.platform import Connection
from platforms.registration import App, Token

SCOPES = ("atproto", "transition:generic")


async def authorize_url(app: App, http: httpx.AsyncClient, *, state: str, redirect_uri: str, verifier: str) -> str:
    """Where to send the person: the consent was announced, and only its name travels. Raises PlatformError."""
    form = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(SCOPES),
        "state": state,
        "code_challenge": challenge_s256(verifier),
        "code_challenge_method": "S256",
    }
    response = await _posted(app, http, "/oauth/par", form, key_of(verifier))
    announced = json_object(response).get("request_uri")
    if not isinstance(announced, str):
        raise refused(response)
    query = urlencode({"client_id": app.client_id, "request_uri": announced})
    return f"{app.url(ENTRYWAY, '/oauth/authorize')}?{query}"


async def connect(
    app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
) -> list[Connection]:
    """The one account that consented."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
        "client_id": app.client_id,
    }
    key = key_of(verifier)
    bare, body = granted(await _posted(app, http, "/oauth/token", form, key))
    token, whose = bind(bare, key), body.get("sub")
    if not whose:
        raise Unavailable("Bluesky does not say whose consent it is")
    client = Client(app, token, whose, http)
    profile = json_object(await client.query("app.bsky.actor.getProfile", {"actor": whose}))
    handle = profile.get("handle")
    return [Connection(whose, profile.get("displayName") or handle or whose, handle, token, profile.get("avatar"))]


async def refresh(app: App, http: httpx.AsyncClient, token: Token) -> Token:
    """A new pair: the old refresh token is used up. The key stays."""
    _, key = unbind(token)
    if token.refresh is None or key is None:
        raise ReconnectNeeded("this session cannot be renewed: connect the account again")
    form = {"grant_type": "refresh_token", "refresh_token": token.refresh, "client_id": app.client_id}
    renewed, _ = granted(await _posted(app, http, "/oauth/token", form, key), token)
    return bind(renewed, key)


async def revoke(app: App, http: httpx.AsyncClient, token: Token) -> None:
    """End the session at Bluesky (RFC 7009)."""
    access, key = unbind(token)
    if key is None:
        raise Rejected("a session of an app password ends where it was made, in Bluesky's settings")
    form = {"token": token.refresh or access, "client_id": app.client_id}
    response = await _posted(app, http, "/oauth/revoke", form, key)
    if not response.is_success:
        raise refused(response)


async def _posted(
    app: App, http: httpx.AsyncClient, path: str, form: dict[str, str], key: EllipticCurvePrivateKey
) -> httpx.Response:
    """The answer of the authorization server. A call without the server's nonce does nothing and learns it."""
    url, nonce = app.url(ENTRYWAY, path), None
    while True:
        headers = {"DPoP": proof(key, "POST", url, nonce=nonce)}
        response = await send(http, "POST", url, data={**form, **assertion(app, ENTRYWAY)}, headers=headers)
        told = response.headers.get("dpop-nonce")
        if json_object(response).get("error") != "use_dpop_nonce" or told in (None, nonce):
            return response
        nonce = told
