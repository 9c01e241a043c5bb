"""Calls to X as one account, and what X's refusals mean."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from platforms.calls import Pace, clock, describe, gate, json_object, readable, send, unrecognised
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

HOST = "https://api.x.com"

# Last segments of problem types, and codes of the older error body.
_DEAD_TOKEN = frozenset({"unsupported-authentication", "32", "89", "99"})
_SPENT = frozenset({"rate-limit-exceeded", "88"})
_UNWELL = frozenset({"130", "131"})
_DUPLICATE = "duplicate content"
# X names no moment at which bought credits arrive.
_CREDITS_WAIT = timedelta(hours=1)
_WINDOW = timedelta(minutes=15)
_PACE = Pace()


class Client:
    """One account's way to X. `now` is the network's clock as last heard; ours until the first answer."""

    def __init__(self, app: App, token: Token, account_external_id: str, http: httpx.AsyncClient) -> None:
        self.app = app
        self.account = account_external_id
        self.now = datetime.now(UTC)
        self._heard = False
        self._token = token
        self._http = http

    async def get(self, path: str, params: Mapping[str, Any]) -> httpx.Response:
        """Read; `path` starts with a slash. Raises PlatformError."""
        return readable(await self._call("GET", path, params=params))

    async def post(self, path: str, *, irreversible: bool, **options: Any) -> dict[str, Any]:
        """Write, and read the `data` of the answer. Raises PlatformError.

        `options` are those of `httpx.AsyncClient.request`: json, data, files, timeout.
        """
        response = await self._call("POST", path, irreversible=irreversible, **options)
        data = json_object(response).get("data")
        if not isinstance(data, dict):
            lost = OutcomeUnknown if irreversible else Unavailable
            raise lost("X accepted the call but names nothing", evidence={"status": response.status_code})
        return data

    async def network_now(self) -> datetime:
        """X's own clock, heard at least once: where a moment that is not past would be refused."""
        if not self._heard:
            await self.get("/2/users/me", {})
        return self.now

    async def page(self, path: str, params: Mapping[str, Any]) -> Page:
        """One answer as received."""
        response = await self.get(path, params)
        return Page(response.content, clock(response), describe("GET", self.app.url(HOST, path), params))

    async def pages(self, path: str, params: Mapping[str, Any]) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
        """Every page of a list with its body as read. Only a missing `next_token` ends it."""
        asked = dict(params)
        while True:
            response = await self.get(path, asked)
            request = describe("GET", self.app.url(HOST, path), asked)
            body = json_object(response)
            yield Page(response.content, clock(response), request), body
            following = body.get("meta", {}).get("next_token")
            if not following:
                return
            if following == asked.get("pagination_token"):
                raise Unavailable(f"paging does not advance: {request}")
            asked["pagination_token"] = following

    async def _call(self, method: str, path: str, *, irreversible: bool = False, **options: Any) -> httpx.Response:
        # X counts each endpoint by itself, and no path here names anything but the account.
        endpoint = f"{gate(self.app, self.account)} {method} {path}"
        await _PACE.wait(gate(self.app), endpoint)
        response = await send(
            self._http,
            method,
            self.app.url(HOST, path),
            irreversible=irreversible,
            headers={"Authorization": f"Bearer {self._token.access}"},
            **options,
        )
        self.now, self._heard = clock(response), True
        remaining = response.headers.get("x-rate-limit-remaining", "")
        if remaining.isdigit():
            _PACE.learn_remaining(endpoint, int(remaining), _reset_in(response))
        error = refusal(response, irreversible=irreversible)
        if error is None:
            return response
        if isinstance(error, RateLimited):
            whole_app = error.evidence.get("kind") == "usage-capped"
            _PACE.close(gate(self.app) if whole_app else endpoint, error.retry_after)
        raise error


def refusal(response: httpx.Response, *, irreversible: bool = False) -> PlatformError | None:
    """What an answer refuses, read from its problem; None for an answer, also for one with partial errors."""
    if response.is_success:
        return None
    problem = _problem(json_object(response))
    if problem is None:
        return unrecognised(response, irreversible=irreversible)
    # The host of a type differs between X's two vocabularies; its last segment does not.
    kind = str(problem.get("code") or str(problem.get("type", "")).rsplit("/", 1)[-1])
    reason = str(problem.get("detail") or problem.get("message") or problem.get("title") or kind)
    evidence: dict[str, object] = {"status": response.status_code, "kind": kind, "detail": reason}
    if kind == "usage-capped":
        ends_in = _cap_ends_in(str(problem.get("period", "")), clock(response))
        return RateLimited(reason, retry_after=ends_in, evidence=evidence)
    if kind in _SPENT:
        return RateLimited(reason, retry_after=_reset_in(response), evidence=evidence)
    if kind in _DEAD_TOKEN:
        return ReconnectNeeded(reason, evidence=evidence)
    if kind in _UNWELL:
        return (OutcomeUnknown if irreversible else Unavailable)(reason, evidence=evidence)
    if _DUPLICATE in reason.lower():
        # Perhaps a duplicate of our own earlier try whose answer was lost.
        return (OutcomeUnknown if irreversible else Rejected)(reason, evidence={**evidence, "duplicate": True})
    if kind == "about:blank":
        return _generic(response, int(problem.get("status", response.status_code)), reason, evidence, irreversible)
    return Rejected(reason, evidence=evidence)


def _generic(
    response: httpx.Response, status: int, reason: str, evidence: dict[str, object], irreversible: bool
) -> PlatformError:
    """`about:blank` says nothing but the problem's own status."""
    # A missing scope is told by no more than the bare word.
    if status == 401 or (status == 403 and reason == "Forbidden"):
        return ReconnectNeeded(reason, evidence=evidence)
    if status == 402:
        return RateLimited(reason, retry_after=_CREDITS_WAIT, evidence=evidence)
    if status == 429:
        return RateLimited(reason, retry_after=_reset_in(response), evidence=evidence)
    if status >= 500:
        return (OutcomeUnknown if irreversible else Unavailable)(reason, evidence=evidence)
    return Rejected(reason, evidence=evidence)


def _problem(body: dict[str, Any]) -> dict[str, Any] | None:
    """The problem of a refusal in either of X's two error bodies."""
    if "type" in body or "code" in body:
        return body
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return errors[0]
    return {**body, "type": "about:blank"} if "status" in body or "title" in body else None


def _reset_in(response: httpx.Response) -> timedelta:
    """How long until the budget is full again, by X's own clock."""
    moment = response.headers.get("x-rate-limit-reset", "")
    if not moment.isdigit():
        return _WINDOW
    return max(datetime.fromtimestamp(int(moment), UTC) - clock(response), timedelta(seconds=1))


def _cap_ends_in(period: str, now: datetime) -> timedelta:
    """A cap says its period and not its end; a calendar's period is taken."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if period.lower() != "monthly":
        return midnight - now
    first = (now.replace(day=1) + timedelta(days=32)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first - now
