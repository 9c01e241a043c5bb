"""Calls to LinkedIn as one page or one person, and what LinkedIn's refusals mean.

Queries are written in Rest.li 2, see `restli`.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from platforms.accounting import Parked, Price, Spent
from platforms.calls import UPLOAD_TIMEOUT, Pace, clock, describe, gate, json_object, readable, send, unrecognised
from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.platform import Page
from platforms.registration import App, Token

HOST = "https://api.linkedin.com"
# The first number to change when LinkedIn answers NONEXISTENT_VERSION; a version lives about twelve months.
VERSION = "202609"
# Versions ended on the fifteenth of their month so far, a year later (marketing/versioning).
SUNSET = date(2027, 9, 15)
PERSON = "urn:li:person:"
LIMITS = "learn.microsoft.com/linkedin/shared/api-guide/concepts/rate-limits"
# LinkedIn sells nothing by the call, but a day has only so many of them.
PRICES = (Price("call", Decimal(1), "calls", LIMITS, date(2026, 11, 22)),)

_REVOKED = 65601
_DEAD_TOKEN = frozenset({65600, _REVOKED, 65602})
_DEAD_TOKEN_CODES = frozenset({"INVALID_ACCESS_TOKEN", "REVOKED_ACCESS_TOKEN", "EXPIRED_ACCESS_TOKEN"})
_RETIRED = frozenset({"NONEXISTENT_VERSION", "VERSION_MISSING"})
_URN = re.compile(r"urn:li:(?:share|ugcPost|activity):\d+")
# LinkedIn calls a token revoked for some seconds after it made it.
_PAUSES = (0.5, 1.0, 2.0)
_PACE = Pace()


class Client:
    """One way to LinkedIn; `account` is the URN of a page or a person. `now` is the network's clock as last heard."""

    def __init__(self, app: App, token: Token, account_external_id: str, http: httpx.AsyncClient) -> None:
        self.app = app
        self.account = account_external_id
        self.now = datetime.now(UTC)
        self.spent = Spent(PRICES)
        self.parked = Parked()
        # URNs that demographics told, and those of them whose names were asked for.
        self.facets: set[str] = set()
        self.named: set[str] = set()
        self._token = token
        self._http = http

    @property
    def is_person(self) -> bool:
        """A person's profile, not a page."""
        return self.account.startswith(PERSON)

    def may(self, scope: str) -> bool:
        """Whether the token has a scope; one of which no scopes are known may do anything."""
        return not self._token.scopes or scope in self._token.scopes

    async def get(self, path: str, query: Mapping[str, str], *, finder: bool = False) -> httpx.Response:
        """Read; the values of `query` are in Rest.li's encoding already. Raises PlatformError."""
        headers = {"X-RestLi-Method": "FINDER"} if finder else {}
        return readable(await self._call("GET", self._url(path, query), headers=headers))

    async def post(self, path: str, body: Mapping[str, Any], *, irreversible: bool) -> httpx.Response:
        """Write. Raises PlatformError."""
        return await self._call("POST", self._url(path, {}), irreversible=irreversible, json=body)

    async def change(self, path: str, fields: Mapping[str, Any]) -> None:
        """Put other values in the place of some; again is the same. Raises PlatformError."""
        headers = {"X-RestLi-Method": "PARTIAL_UPDATE"}
        await self._call("POST", self._url(path, {}), headers=headers, json={"patch": {"$set": fields}})

    async def delete(self, path: str) -> None:
        """Take away; again is the same. Raises PlatformError."""
        await self._call("DELETE", self._url(path, {}))

    async def upload(self, url: str, content: bytes, content_type: str) -> str | None:
        """Put bytes where LinkedIn said; the tag that it gave them. Raises PlatformError."""
        headers = {"Content-Type": content_type}
        response = await self._call("PUT", url, headers=headers, content=content, timeout=UPLOAD_TIMEOUT)
        tag: str | None = response.headers.get("etag")
        return tag

    async def page(self, path: str, query: Mapping[str, str], *, finder: bool = False, **context: str | None) -> Page:
        """One answer as received, with what its body does not say."""
        return self._page(await self.get(path, query, finder=finder), path, query, context)

    async def pages(
        self, path: str, query: Mapping[str, str], *, finder: bool = False, **context: str | None
    ) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
        """Every page of a list with its body as read. Only a missing `next` link ends it."""
        asked = dict(query)
        while True:
            response = await self.get(path, asked, finder=finder)
            body = json_object(response)
            yield self._page(response, path, asked, context), body
            paging = body.get("paging", {})
            if not any(link.get("rel") == "next" for link in paging.get("links", [])):
                return
            start, count = paging.get("start"), paging.get("count")
            if not isinstance(start, int) or not isinstance(count, int) or count <= 0:
                raise Unavailable(f"paging does not advance: {describe('GET', self._url(path, asked))}")
            asked |= {"start": str(start + count), "count": str(count)}

    def _page(
        self, response: httpx.Response, path: str, query: Mapping[str, str], context: Mapping[str, str | None]
    ) -> Page:
        return Page(response.content, clock(response), describe("GET", self._url(path, query)), context)

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        written = "&".join(f"{name}={value}" for name, value in query.items())
        return self.app.url(HOST, path) + (f"?{written}" if written else "")

    async def _call(
        self,
        method: str,
        url: str,
        *,
        irreversible: bool = False,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        options["headers"] = {
            "Authorization": f"Bearer {self._token.access}",
            "LinkedIn-Version": VERSION,
            "X-Restli-Protocol-Version": "2.0.0",
            **(headers or {}),
        }
        pauses = iter(_PAUSES)
        while True:
            await _PACE.wait(gate(self.app, self.account))
            self.spent.charge("call")
            response = await send(self._http, method, url, irreversible=irreversible, **options)
            self.now = clock(response)
            error = refusal(response, irreversible=irreversible)
            if error is None:
                return response
            pause = next(pauses, None) if error.evidence.get("service_code") == _REVOKED else None
            if pause is None:
                break
            await asyncio.sleep(pause)
        if isinstance(error, RateLimited):
            _PACE.close(gate(self.app, self.account), error.retry_after)
        raise error


def said(body: Mapping[str, Any], field: str) -> str:
    """A text that an answer must hold. Raises Unavailable where it does not."""
    found = body.get(field)
    if not isinstance(found, str):
        raise Unavailable(f"LinkedIn's answer does not say {field}")
    return found


def refusal(response: httpx.Response, *, irreversible: bool = False) -> PlatformError | None:
    """What an answer refuses, read from its codes; None for a proper answer."""
    if response.is_success:
        return None
    body = json_object(response)
    if not {"status", "code", "serviceErrorCode"} & body.keys():
        return unrecognised(response, irreversible=irreversible)
    code, service_code = _plain(body.get("code")), _plain(body.get("serviceErrorCode"))
    status = _plain(body.get("status")) or response.status_code
    reason = str(body.get("message") or code or f"error {status}")
    evidence: dict[str, object] = {"status": status, "code": code, "service_code": service_code, "message": reason}
    if service_code in _DEAD_TOKEN or code in _DEAD_TOKEN_CODES or status == 401:
        return ReconnectNeeded(reason, evidence=evidence)
    if code == "ACCESS_DENIED":
        return ReconnectNeeded(reason, evidence=evidence)
    if code in _RETIRED or status == 426:
        told = (
            f"LinkedIn no longer answers API version {VERSION}: upgrade ClientNest to one that speaks a newer version"
        )
        return Rejected(f"{told} ({reason})", evidence=evidence)
    if "DUPLICATE_POST" in _input_codes(body):
        # Perhaps a duplicate of our own earlier try whose answer was lost. The post named may not exist.
        named = _URN.search(reason)
        evidence |= {"duplicate": True, "duplicate_of": named[0] if named else None}
        return (OutcomeUnknown if irreversible else Rejected)(reason, evidence=evidence)
    if status == 429:
        return RateLimited(reason, retry_after=_day_ends_in(clock(response)), evidence=evidence)
    if isinstance(status, int) and status >= 500:
        return (OutcomeUnknown if irreversible else Unavailable)(reason, evidence=evidence)
    return Rejected(reason, evidence=evidence)


def _plain(found: object) -> str | int | None:
    """A code as it should be; None for one in a shape that it never had."""
    return found if isinstance(found, str | int) else None


def _input_codes(body: dict[str, Any]) -> set[str]:
    details = body.get("errorDetails")
    errors = details.get("inputErrors") if isinstance(details, dict) else None
    return {str(error.get("code")) for error in errors or [] if isinstance(error, dict)}


def _day_ends_in(now: datetime) -> timedelta:
    """LinkedIn's budgets are per UTC day, and it says nothing of when they end."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - now
