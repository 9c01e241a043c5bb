"""Calls to TikTok as one creator, and what TikTok's error codes mean.

Success is `error.code` "ok" in the body, whatever the HTTP status.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from platforms.accounting import Parked, Spent
from platforms.calls import UPLOAD_TIMEOUT, Pace, clock, describe, gate, json_object, send, unrecognised
from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.platform import Page
from platforms.registration import App, Token

HOST = "https://open.tiktokapis.com"

_CONSENT = frozenset(
    {"access_token_invalid", "access_token_expired", "scope_not_authorized", "scope_permission_missed"}
)
_UNWELL = frozenset({"internal_error", "internal"})
# Windows slide over a minute; caps on posting clear after up to a day.
_WAITS = {
    "rate_limit_exceeded": timedelta(minutes=1),
    "spam_risk_too_many_posts": timedelta(hours=24),
    "spam_risk_too_many_pending_share": timedelta(hours=24),
    "reached_active_user_cap": timedelta(hours=24),
}
_PACE = Pace()


class Client:
    """One creator's way to TikTok. `now` is the network's clock as last heard; ours until the first answer."""

    def __init__(self, app: App, token: Token, account_external_id: str, http: httpx.AsyncClient) -> None:
        self.app = app
        self.account = account_external_id
        self.now = datetime.now(UTC)
        self.scopes = token.scopes
        self.spent = Spent()
        self.parked = Parked()
        self._token = token
        self._http = http

    async def get(self, path: str, params: Mapping[str, str]) -> httpx.Response:
        """Read; `path` starts with a slash. Raises PlatformError."""
        return await self._call("GET", path, params=params)

    async def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        params: Mapping[str, str] | None = None,
        irreversible: bool = False,
    ) -> httpx.Response:
        """A read with a body, or a write. Raises PlatformError."""
        return await self._call("POST", path, params=params, json=body, irreversible=irreversible)

    async def data(self, path: str, body: Mapping[str, Any], *, irreversible: bool = False) -> dict[str, Any]:
        """What a call without fields to choose answers. Raises PlatformError."""
        answer = json_object(await self.post(path, body, irreversible=irreversible)).get("data")
        if not isinstance(answer, dict):
            raise (OutcomeUnknown if irreversible else Unavailable)(f"no data in the answer of {path}")
        return answer

    async def upload(self, url: str, chunk: bytes, content_range: str, content_type: str) -> None:
        """Put one chunk where TikTok said; the address itself is the permission. Raises PlatformError."""
        headers = {"Content-Type": content_type, "Content-Range": content_range}
        response = await send(self._http, "PUT", url, headers=headers, content=chunk, timeout=UPLOAD_TIMEOUT)
        if not response.is_success:
            raise unrecognised(response)

    def page(self, response: httpx.Response, params: Mapping[str, str]) -> Page:
        """An answer as received; the parameters in a call's body are not part of its description."""
        url = str(response.request.url.copy_with(query=None))
        return Page(response.content, clock(response), describe(response.request.method, url, params))

    async def _call(self, method: str, path: str, *, irreversible: bool = False, **options: Any) -> httpx.Response:
        # TikTok counts each endpoint by itself.
        endpoint = f"{gate(self.app, self.account)} {path}"
        await _PACE.wait(endpoint)
        headers = {"Authorization": f"Bearer {self._token.access}"}
        url = self.app.url(HOST, path)
        response = await send(self._http, method, url, irreversible=irreversible, headers=headers, **options)
        self.now = clock(response)
        error = refusal(response, irreversible=irreversible)
        if error is None:
            return response
        if isinstance(error, RateLimited):
            _PACE.close(endpoint, error.retry_after)
        raise error


def refusal(response: httpx.Response, *, irreversible: bool = False) -> PlatformError | None:
    """What an answer refuses, read from its code; None where the code is "ok"."""
    error = json_object(response).get("error")
    if not isinstance(error, dict) or "code" not in error:
        if not response.is_success:
            return unrecognised(response, irreversible=irreversible)
        lost = OutcomeUnknown if irreversible else Unavailable
        return lost("the answer has no error code", evidence={"status": response.status_code})
    code = str(error["code"])
    if code == "ok":
        return None
    reason = f"{code}: {error.get('message') or 'no message'}"
    evidence: dict[str, object] = {"status": response.status_code, "code": code, "log_id": error.get("log_id")}
    if code in _WAITS:
        return RateLimited(reason, retry_after=_WAITS[code], evidence=evidence)
    if code in _CONSENT:
        return ReconnectNeeded(reason, evidence=evidence)
    if code in _UNWELL:
        return (OutcomeUnknown if irreversible else Unavailable)(reason, evidence=evidence)
    return Rejected(reason, evidence=evidence)
