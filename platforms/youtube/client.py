"""Calls to YouTube as one channel, and what Google's refusal reasons mean."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from platforms.accounting import Parked, Spent
from platforms.calls import UPLOAD_TIMEOUT, Pace, clock, describe, gate, json_object, readable, send, unrecognised
from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.platform import Page
from platforms.registration import App, Token
from platforms.youtube.quota import OPERATIONS, PRICES

DATA = "https://www.googleapis.com"
ANALYTICS = "https://youtubeanalytics.googleapis.com"
# Quotas renew and days of reports end at midnight in California.
PACIFIC = ZoneInfo("America/Los_Angeles")

_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_UPLOADS = "uploadLimitExceeded"
_CONSENT = frozenset({"authError", "youtubeSignupRequired", "insufficientPermissions", "authorizationRequired"})
_UNWELL = frozenset({"backendError", "internalError", "processingFailure"})
_RATE_WAIT = timedelta(minutes=1)
_UPLOADS_WAIT = timedelta(hours=24)
_PACE = Pace()


class Client:
    """One channel's way to YouTube. `now` is the network's clock as last heard; ours until the first answer."""

    def __init__(self, app: App, token: Token, account_external_id: str, http: httpx.AsyncClient) -> None:
        self.app = app
        self.account = account_external_id
        self.now = datetime.now(UTC)
        self.spent, self.parked = Spent(PRICES), Parked()
        self._token = token
        self._http = http

    async def get(self, path: str, params: Mapping[str, Any], *, host: str = DATA) -> httpx.Response:
        """Read; `path` starts with a slash. Raises PlatformError."""
        return readable(self._accepted(await self._call("GET", path, params, host=host)))

    async def write(
        self, method: str, path: str, params: Mapping[str, Any], *, irreversible: bool = False, **options: Any
    ) -> httpx.Response:
        """Change something. What is not `irreversible` may be done again. Raises PlatformError."""
        response = await self._call(method, path, params, irreversible=irreversible, **options)
        return self._accepted(response, irreversible=irreversible)

    async def announce(self, host: str, path: str, form: Mapping[str, str]) -> None:
        """Send a form to a host that must not see the token. Raises PlatformError."""
        response = await send(self._http, "POST", self.app.url(host, path), data=dict(form))
        if not response.is_success:
            raise unrecognised(response)

    async def put(self, session: str, content: bytes, content_range: str) -> httpx.Response:
        """Send bytes to an upload session, or ask it where it stands. Answers 200, 201, 308 or 404.

        Raises PlatformError. A lost answer is Unavailable: the session itself says what it got.
        """
        headers = {"Content-Range": content_range}
        response = await self._send("PUT", session, headers=headers, content=content, timeout=UPLOAD_TIMEOUT)
        return response if response.status_code in (308, 404) else self._accepted(response)

    async def page(
        self, path: str, params: Mapping[str, Any], *, host: str = DATA, **context: str | None
    ) -> tuple[Page, dict[str, Any]]:
        """One answer as received, and its body as read."""
        response = await self.get(path, params, host=host)
        request = describe("GET", self.app.url(host, path), params)
        return Page(response.content, clock(response), request, context), json_object(response)

    async def pages(self, path: str, params: Mapping[str, Any]) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
        """Every page of a list with its body as read. Only a missing `nextPageToken` ends it."""
        asked = dict(params)
        while True:
            page, body = await self.page(path, asked)
            yield page, body
            following = body.get("nextPageToken")
            if not following:
                return
            if following == asked.get("pageToken"):
                raise Unavailable(f"paging does not advance: {page.request}")
            asked["pageToken"] = following

    async def _call(
        self, method: str, path: str, params: Mapping[str, Any], *, host: str = DATA, **options: Any
    ) -> httpx.Response:
        """One call, counted."""
        operation = OPERATIONS.get((method, path))
        if operation:
            self.spent.charge(operation)
        return await self._send(method, self.app.url(host, path), params=params, **options)

    async def _send(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        await _PACE.wait(gate(self.app), gate(self.app, self.account))
        signed = {"Authorization": f"Bearer {self._token.access}", **(headers or {})}
        response = await send(self._http, method, url, headers=signed, **options)
        self.now = clock(response)
        return response

    def _accepted(self, response: httpx.Response, *, irreversible: bool = False) -> httpx.Response:
        error = refusal(response, irreversible=irreversible)
        if error is None:
            return response
        if isinstance(error, RateLimited) and error.evidence.get("reason") != _UPLOADS:
            whole_app = error.evidence.get("reason") in _QUOTA
            _PACE.close(gate(self.app, "" if whole_app else self.account), error.retry_after)
        raise error


def refusal(response: httpx.Response, *, irreversible: bool = False) -> PlatformError | None:
    """What an answer refuses, read from its first reason; None for a proper answer."""
    if response.is_success:
        return None
    error = json_object(response).get("error")
    reasons = error.get("errors") if isinstance(error, dict) else None
    if not isinstance(error, dict) or not reasons:
        return unrecognised(response, irreversible=irreversible)
    reason, status = str(reasons[0].get("reason")), error.get("code")
    message = f"{reason}: {error.get('message') or reasons[0].get('message') or 'no message'}"
    evidence: dict[str, object] = {"status": status, "reason": reason, "domain": reasons[0].get("domain")}
    if reason in _QUOTA:
        return RateLimited(message, retry_after=_quota_renews_in(clock(response)), evidence=evidence)
    if reason in _RATE:
        return RateLimited(message, retry_after=_RATE_WAIT, evidence=evidence)
    if reason == _UPLOADS:
        return RateLimited(message, retry_after=_UPLOADS_WAIT, evidence=evidence)
    if reason in _CONSENT:
        return ReconnectNeeded(message, evidence=evidence)
    if reason in _UNWELL or (isinstance(status, int) and status >= 500):
        return (OutcomeUnknown if irreversible else Unavailable)(message, evidence=evidence)
    return Rejected(message, evidence=evidence)


def _quota_renews_in(now: datetime) -> timedelta:
    """YouTube sends no Retry-After: the next midnight in California, by its own clock."""
    tomorrow = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, PACIFIC).astimezone(UTC) - now
