"""The Graph protocol of Meta: signed calls, errors, usage headers, paging. Facebook and Instagram speak it.

Knows no node, edge or metric: those are in the folders of the two networks.
"""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import httpx

from platforms.accounting import Parked, Spent
from platforms.calls import Pace, clock, describe, gate, json_object, send, unrecognised
from platforms.errors import (
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    ReconnectNeeded,
    Rejected,
    Unavailable,
)
from platforms.platform import Page
from platforms.registration import App, Token

# Error codes by what to do next, PLATFORMS.md 2.1. Every other code is Rejected.
_TRANSIENT = frozenset({1, 2})
_APP_LIMIT = 4
_LIMITS = frozenset({_APP_LIMIT, 17, 32, 341, 368, 613, *range(80001, 80015)})
_CONSENT = frozenset({10, *range(200, 300)})
# The page became a part of another one: as a code of its own, and as a subcode of 100.
_MERGED = 21
# Why a token is dead, by subcode. Meta's own message is not passed on: it may quote the token.
_DEAD_TOKEN = frozenset({102, 190})
_DEATHS = {
    458: "the app was removed by the person",
    459: "the person must log in on the network's own page first",
    460: "the password was changed",
    463: "the token expired",
    464: "the person's account is not confirmed",
    467: "the token was invalidated",
    492: "the person no longer has a role on the page",
}
_DUPLICATE = 506
# A subcode that says more than its code, PLATFORMS.md 4.4.
_TRANSIENT_SUBCODES = frozenset({2207001, 2207003, 2207032, 2207053})
_QUOTA_SUBCODE = 2207042
_SPAM_SUBCODE = 2207051
_NOT_THERE = 33
# The object is gone, or was posted before the account became a professional one: it has no figures.
WITHOUT_FIGURES = frozenset({_NOT_THERE, 2108006})

# The usage headers name no span for some limits: those windows roll, so ask again soon.
_UNNAMED_WAIT = timedelta(minutes=5)
_BLOCKED = 368
_BLOCKED_WAIT = timedelta(hours=24)
_SECRET_PARAMS = frozenset({"access_token", "appsecret_proof"})


class Graph:
    """One account's way to Graph. A network sets the four class variables.

    `now` is the network's clock as last heard; ours until the first answer. Calls of Graph cost no money.
    """

    origin: ClassVar[str]
    version: ClassVar[str]
    pace: ClassVar[Pace]
    # Whether calls carry `appsecret_proof`, which an app may be set to demand.
    proves: ClassVar[bool]

    def __init__(self, app: App, token: Token, account_external_id: str, http: httpx.AsyncClient) -> None:
        self.app = app
        self.account = account_external_id
        self.now = datetime.now(UTC)
        self.spent = Spent()
        self.parked = Parked()
        self._token = token
        self._http = http

    async def get(self, path: str, params: Mapping[str, Any]) -> httpx.Response:
        """Read a node or an edge; `path` starts with a slash. Raises PlatformError."""
        return await self._call("GET", path, params={**params, **self._proof()})

    async def create(self, path: str, form: Mapping[str, Any], *, irreversible: bool, **options: Any) -> str:
        """Write, and the id of what was made. `irreversible` where a second call would make a second post.

        `options` are those of `httpx.AsyncClient.request`: files, timeout; and `origin` for another host of the
        network. Raises PlatformError.
        """
        made = (await self.write(path, form, irreversible=irreversible, **options)).get("id")
        if made is None:
            lost = OutcomeUnknown if irreversible else Unavailable
            raise lost("the answer names no id")
        return str(made)

    async def write(
        self, path: str, form: Mapping[str, Any], *, irreversible: bool = False, **options: Any
    ) -> dict[str, Any]:
        """Write, and the answer whole. Raises PlatformError."""
        data = {**form, **self._proof()}
        return json_object(await self._call("POST", path, irreversible=irreversible, data=data, **options))

    async def remove(self, path: str) -> None:
        """Take a node away. Raises PlatformError."""
        await self._call("DELETE", path, params=self._proof())

    async def page(self, path: str, params: Mapping[str, Any], **context: str | None) -> Page:
        """One answer as received, with what its body does not say."""
        response = await self.get(path, params)
        request = describe("GET", self._url(path), params)
        return Page(response.content, clock(response), request, context)

    def page_of_gone(self, refusal: PlatformError, path: str, external_id: str) -> list[Page]:
        """What Graph says of a post that it was asked for, where that is that it is not there; nothing otherwise."""
        if refusal.evidence.get("subcode") != _NOT_THERE:
            return []
        body = json.dumps({"error": refusal.evidence}).encode()
        return [Page(body, self.now, describe("GET", self._url(path))).answering([external_id])]

    async def pages(self, path: str, params: Mapping[str, Any], **context: str | None) -> AsyncIterator[Page]:
        """Every page of an edge. Only a missing `next` ends it: pages may be short or empty before."""
        asked = dict(params)
        while True:
            page = await self.page(path, asked, **context)
            yield page
            address = json.loads(page.body).get("paging", {}).get("next")
            if not address:
                return
            following = {k: v for k, v in parse_qsl(urlsplit(address).query) if k not in _SECRET_PARAMS}
            if following == asked:
                raise Unavailable(f"paging does not advance: {page.request}")
            asked = following

    async def _call(
        self, method: str, path: str, *, irreversible: bool = False, origin: str | None = None, **options: Any
    ) -> httpx.Response:
        await self.pace.wait(gate(self.app), gate(self.app, self.account))
        options["headers"] = {"Authorization": f"Bearer {self._token.access}"}
        response = await send(self._http, method, self._url(path, origin), irreversible=irreversible, **options)
        self.now = clock(response)
        self._learn(response)
        error = refusal(response, irreversible=irreversible)
        if error is None:
            return response
        if isinstance(error, RateLimited):
            whose = "" if error.evidence.get("code") == _APP_LIMIT else self.account
            self.pace.close(gate(self.app, whose), error.retry_after)
        raise error

    def _url(self, path: str, origin: str | None = None) -> str:
        return self.app.url(origin or self.origin, f"/{self.version}{path}")

    def _proof(self) -> dict[str, str]:
        if not self.proves:
            return {}
        key, message = self.app.client_secret.encode(), self._token.access.encode()
        return {"appsecret_proof": hmac.new(key, message, hashlib.sha256).hexdigest()}

    def _learn(self, response: httpx.Response) -> None:
        for header, whose in (("x-app-usage", ""), ("x-page-usage", self.account)):
            for usage in _usages(response, header):
                self.pace.learn_usage(gate(self.app, whose), _percent(usage), _UNNAMED_WAIT)
        for usage in _usages(response, "x-business-use-case-usage"):
            self.pace.learn_usage(gate(self.app, self.account), _percent(usage), _regain(usage))


def entries(page: Page) -> list[dict[str, Any]]:
    """The nodes of a page of an edge."""
    found: list[dict[str, Any]] = json.loads(page.body).get("data", [])
    return found


def moment(entry: Mapping[str, Any], name: str) -> datetime | None:
    """A node's time; None where it is absent or no time, which the contract of the page judges, not we."""
    try:
        return datetime.fromisoformat(str(entry.get(name)))
    except ValueError:
        return None


def all_before(page: Page, name: str, start: datetime) -> bool:
    """Whether a page, newest first, holds nodes and all of them are older than `start`."""
    times = [moment(entry, name) for entry in entries(page)]
    return bool(times) and all(time is not None and time < start for time in times)


async def exchange(http: httpx.AsyncClient, method: str, url: str, **options: Any) -> httpx.Response:
    """A call of the consent flow, which has no account yet. Raises PlatformError."""
    response = await send(http, method, url, **options)
    error = refusal(response)
    if error is not None:
        raise error
    return response


def refusal(response: httpx.Response, *, irreversible: bool = False) -> PlatformError | None:
    """What an answer refuses, read from its codes; None for a proper answer."""
    body = json_object(response)
    error = body.get("error")
    if isinstance(error, dict):
        return _classified(error, response, irreversible)
    if response.is_success and body:
        return None
    if response.is_success:
        lost = OutcomeUnknown if irreversible else Unavailable
        return lost("the answer is no JSON object", evidence={"status": response.status_code})
    return unrecognised(response, irreversible=irreversible)


def _classified(error: Mapping[str, Any], response: httpx.Response, irreversible: bool) -> PlatformError:
    code, subcode = error.get("code"), error.get("error_subcode")
    evidence: dict[str, object] = {"status": response.status_code, "code": code, "subcode": subcode}
    if code in _DEAD_TOKEN:
        reason = _DEATHS.get(subcode or 0, "the network no longer accepts the token")
        return ReconnectNeeded(reason, evidence=evidence)
    evidence |= {k: error[k] for k in ("message", "error_user_msg", "error_data", "fbtrace_id") if k in error}
    message = str(error.get("error_user_msg") or error.get("message") or f"error {code}")
    if subcode == _SPAM_SUBCODE:
        # Instagram says so at times although the post is live.
        return (OutcomeUnknown if irreversible else Rejected)(message, evidence=evidence)
    if _MERGED in (code, subcode):
        reason = f"the page is a part of another page now: connect that one ({message})"
        return ReconnectNeeded(reason, evidence=evidence)
    if code in _LIMITS or subcode == _QUOTA_SUBCODE:
        return RateLimited(message, retry_after=_retry_after(response, code), evidence=evidence)
    if code in _CONSENT:
        return ReconnectNeeded(message, evidence=evidence)
    if code == _DUPLICATE:
        return (OutcomeUnknown if irreversible else Rejected)(message, evidence=evidence)
    if code in _TRANSIENT or subcode in _TRANSIENT_SUBCODES or error.get("is_transient"):
        return (OutcomeUnknown if irreversible else Unavailable)(message, evidence=evidence)
    return Rejected(message, evidence=evidence)


def _retry_after(response: httpx.Response, code: object) -> timedelta:
    if code == _BLOCKED:
        return _BLOCKED_WAIT
    named = (_regain(usage) for usage in _usages(response, "x-business-use-case-usage"))
    return max(named, default=_UNNAMED_WAIT)


def _usages(response: httpx.Response, header: str) -> Iterable[Mapping[str, Any]]:
    """The usage objects of a header: one, or several per business or page; none where it is absent."""
    try:
        told = json.loads(response.headers.get(header, "{}"))
    except ValueError:
        return []
    if not isinstance(told, dict):
        return []
    lists = [value for value in told.values() if isinstance(value, list)]
    return [usage for usages in lists for usage in usages] if lists else [told] if told else []


def _percent(usage: Mapping[str, Any]) -> float:
    return float(max(usage.get(key, 0) for key in ("call_count", "total_time", "total_cputime")))


def _regain(usage: Mapping[str, Any]) -> timedelta:
    """How long until access comes back; the wire counts in minutes."""
    minutes = usage.get("estimated_time_to_regain_access", 0)
    return timedelta(minutes=minutes) if minutes else _UNNAMED_WAIT
