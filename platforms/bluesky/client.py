"""Calls to Bluesky as one account: XRPC to the server that keeps its posts, and what refusals mean."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from platforms.accounting import Parked, Spent
from platforms.bluesky.dpop import proof, unbind
from platforms.calls import Pace, clock, describe, gate, json_object, readable, send, unrecognised
from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.platform import Page
from platforms.registration import App, Token

ENTRYWAY = "https://bsky.social"
DIRECTORY = "https://plc.directory"
# Servers that Bluesky itself runs; an address out of a person's own document is not called.
_HOSTED = (".host.bsky.network", "bsky.social")

_DEAD_TOKEN = frozenset(
    {"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired", "AccountTakedown", "invalid_token"}
)
_UNWELL = frozenset({"InternalServerError", "UpstreamFailure", "UpstreamTimeout", "NotEnoughResources"})
_WINDOW = timedelta(minutes=5)
_PACE = Pace()


class Client:
    """One account's way to Bluesky. `account` is its DID."""

    def __init__(self, app: App, token: Token, account_external_id: str, http: httpx.AsyncClient) -> None:
        self.app = app
        self.account = account_external_id
        self.spent = Spent()
        self.parked = Parked()
        self._access, self._key = unbind(token)
        self._http = http
        self._server: str | None = None
        self._nonce: str | None = None

    async def query(self, method: str, params: Mapping[str, Any]) -> httpx.Response:
        """Read; `method` is the lexicon's id. Raises PlatformError."""
        return readable(await self._call("GET", method, params=params))

    async def procedure(self, method: str, *, irreversible: bool = False, **options: Any) -> dict[str, Any]:
        """Write. `options` are those of `httpx.AsyncClient.request`: json, content, headers, timeout.

        Raises PlatformError.
        """
        return json_object(await self._call("POST", method, irreversible=irreversible, **options))

    async def page(self, method: str, params: Mapping[str, Any]) -> Page:
        """One answer as received."""
        return self._received(await self.query(method, params), method, params)

    async def pages(self, method: str, params: Mapping[str, Any]) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
        """Every page of a list with its body as read; only a missing cursor ends it."""
        asked = dict(params)
        while True:
            response = await self.query(method, asked)
            body = json_object(response)
            yield self._received(response, method, asked), body
            following = body.get("cursor")
            if not following:
                return
            if following == asked.get("cursor"):
                raise Unavailable(f"paging does not advance: {method}")
            asked["cursor"] = following

    async def server(self) -> str:
        """The origin of the server that keeps the account's posts, from its identity document."""
        if self._server is None:
            response = await send(self._http, "GET", self.app.url(DIRECTORY, f"/{self.account}"))
            if not response.is_success:
                raise unrecognised(response)
            services = json_object(response).get("service", [])
            self._server = next((one["serviceEndpoint"] for one in services if one.get("id") == "#atproto_pds"), None)
            if self._server is None:
                raise Rejected(f"the identity {self.account} names no server that keeps its posts")
            host = urlsplit(self._server).hostname or ""
            if self.app.base_url is None and not host.endswith(_HOSTED):
                raise Rejected(f"{host} is not run by Bluesky: accounts on servers of their own cannot be connected")
        return self._server

    async def call(self, method: str, url: str, *, irreversible: bool = False, **options: Any) -> httpx.Response:
        """One call to any address of the network's, without the account's key. Raises PlatformError."""
        response = await send(self._http, method, url, irreversible=irreversible, **options)
        error = refusal(response, irreversible=irreversible)
        if error is not None:
            raise error
        return response

    def _received(self, response: httpx.Response, method: str, params: Mapping[str, Any]) -> Page:
        asked = describe("GET", self.app.url(ENTRYWAY, f"/xrpc/{method}"), params)
        return Page(response.content, clock(response), asked)

    async def _call(self, verb: str, method: str, *, irreversible: bool = False, **options: Any) -> httpx.Response:
        key = gate(self.app, self.account)
        await _PACE.wait(key)
        url = self.app.url(await self.server(), f"/xrpc/{method}")
        headers = options.pop("headers", {})
        while True:
            signed = {**headers, **self._signed(verb, url)}
            response = await send(self._http, verb, url, irreversible=irreversible, headers=signed, **options)
            known, self._nonce = self._nonce, response.headers.get("dpop-nonce", self._nonce)
            if _lacked_nonce(response) and self._nonce != known:
                continue
            error = refusal(response, irreversible=irreversible)
            if error is None:
                return response
            if isinstance(error, RateLimited):
                _PACE.close(key, error.retry_after)
            raise error

    def _signed(self, verb: str, url: str) -> dict[str, str]:
        if self._key is None:
            return {"Authorization": f"Bearer {self._access}"}
        signature = proof(self._key, verb, url, nonce=self._nonce, access=self._access)
        return {"Authorization": f"DPoP {self._access}", "DPoP": signature}


def refusal(response: httpx.Response, *, irreversible: bool = False) -> PlatformError | None:
    """What an answer refuses, read from its `error`; None for an answer."""
    if response.is_success:
        return None
    body = json_object(response)
    kind = body.get("error")
    if not isinstance(kind, str) or response.status_code == 429:
        return _limited(response) or unrecognised(response, irreversible=irreversible)
    reason = str(body.get("message") or kind)
    evidence: dict[str, object] = {"status": response.status_code, "error": kind, "message": reason}
    if kind in _DEAD_TOKEN:
        return ReconnectNeeded(reason, evidence=evidence)
    if kind in _UNWELL or response.status_code >= 500:
        return (OutcomeUnknown if irreversible else Unavailable)(reason, evidence=evidence)
    return Rejected(reason, evidence=evidence)


def _limited(response: httpx.Response) -> RateLimited | None:
    if response.status_code != 429:
        return None
    reset, wait = response.headers.get("ratelimit-reset", ""), _WINDOW
    if reset.isdigit():
        wait = max(datetime.fromtimestamp(int(reset), UTC) - clock(response), timedelta(seconds=1))
    evidence: dict[str, object] = {"status": 429, "policy": response.headers.get("ratelimit-policy", "")}
    return RateLimited("Bluesky's limit is reached", retry_after=wait, evidence=evidence)


def _lacked_nonce(response: httpx.Response) -> bool:
    return response.status_code == 401 and "use_dpop_nonce" in response.headers.get("www-authenticate", "")
