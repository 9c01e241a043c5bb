"""What every network's client needs: sending, the network's clock, pace, PKCE.

Nothing here knows a network. Words that only one network speaks stay in its folder.
"""

import asyncio
import base64
import hashlib
import re
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from platforms.errors import (
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Rejected,
    Unavailable,
)
from platforms.registration import App

T = TypeVar("T")

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# Who asks, in every call: networks want to know, and recordings tell our calls by it.
USER_AGENT = "ClientNest"
UPLOAD_TIMEOUT = httpx.Timeout(300.0, connect=10.0)
# Looking for a post of ours: two clocks differ, and networks stamp posts to the whole second.
CLOCK_SKEW = timedelta(minutes=1)

_SECRET = re.compile(
    r"secret|proof|verifier|assertion|signature|password|^code$|upload_id"
    r"|^token$|(access|refresh|exchange|input|id|upload)_token",
    re.IGNORECASE,
)


async def send(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    irreversible: bool = False,
    **options: Any,
) -> httpx.Response:
    """One call, whatever the status of its answer. `options` are those of `httpx.AsyncClient.request`.

    Raises OutcomeUnknown when the answer to an `irreversible` call is lost after it may have left,
    Unavailable for every other failure of the wire.
    """
    options.setdefault("timeout", TIMEOUT)
    options["headers"] = {"User-Agent": USER_AGENT, **(options.get("headers") or {})}
    try:
        return await http.request(method, url, **options)
    except httpx.RequestError as error:
        cause = type(error)
    unsent = issubclass(cause, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
    lost = OutcomeUnknown if irreversible and not unsent else Unavailable
    # Outside the except block, so that no request with its headers hangs on the exception.
    raise lost(f"no answer: {describe(method, url)}", evidence={"cause": cause.__name__})


def unrecognised(response: httpx.Response, *, irreversible: bool = False) -> PlatformError:
    """The error of an answer that speaks none of the network's codes: only its HTTP status is left."""
    evidence: dict[str, object] = {
        "status": response.status_code,
        "body": response.text[:200],
    }
    what = f"HTTP {response.status_code}: {describe(response.request.method, str(response.request.url))}"
    if response.status_code == 429:
        seconds = response.headers.get("retry-after", "")
        wait = timedelta(seconds=int(seconds)) if seconds.isdigit() else timedelta(minutes=15)
        return RateLimited(what, retry_after=wait, evidence=evidence)
    if response.status_code >= 500:
        return (OutcomeUnknown if irreversible else Unavailable)(what, evidence=evidence)
    return Rejected(what, evidence=evidence)


def json_object(response: httpx.Response) -> dict[str, Any]:
    """The body as a JSON object; empty where it is none, so that a look-up finds nothing."""
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def readable(response: httpx.Response) -> httpx.Response:
    """The answer to a read, which must be a JSON object with something in it. Raises Unavailable."""
    if not json_object(response):
        raise Unavailable("the answer is no JSON object", evidence={"status": response.status_code})
    return response


def clock(response: httpx.Response) -> datetime:
    """The network's own time (UTC) of an answer, from its Date header; ours where it sends none."""
    try:
        sent: datetime = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return datetime.now(UTC)
    return sent.replace(tzinfo=UTC) if sent.tzinfo is None else sent.astimezone(UTC)


def describe(method: str, url: str, params: Mapping[str, Any] | None = None) -> str:
    """A call in one line, without the values of secrets: `GET https://host/path?limit=100`."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query, keep_blank_values=True), *(params or {}).items()]
    shown = [(name, "***" if _SECRET.search(name) else value) for name, value in pairs]
    query = f"?{urlencode(shown, safe='*,:(){}$.')}" if shown else ""
    return f"{method} {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{query}"


class Pace:
    """Gates that close by what the wire says; one object per network and process.

    A key names whose budget it is, see `gate`. Times run on this machine's monotonic clock, so a caller
    turns a network's reset moment into a span with the network's own clock.
    """

    def __init__(self, longest_wait: timedelta = timedelta(seconds=3)) -> None:
        self._longest_wait = longest_wait.total_seconds()
        self._opens_at: dict[str, float] = {}

    async def wait(self, *keys: str) -> None:
        """Return once all gates are open. Raises RateLimited where that takes more than a moment."""
        opens_at = max((self._opens_at.get(key, 0.0) for key in keys), default=0.0)
        seconds = opens_at - time.monotonic()
        if seconds > self._longest_wait:
            raise RateLimited(
                "waiting for the network's limit",
                retry_after=timedelta(seconds=seconds),
            )
        if seconds > 0:
            await asyncio.sleep(seconds)

    def close(self, key: str, span: timedelta) -> None:
        """No call for `span` from now."""
        self._opens_at[key] = max(self._opens_at.get(key, 0.0), time.monotonic() + span.total_seconds())

    def learn_remaining(self, key: str, remaining: int, reset_in: timedelta) -> None:
        """`remaining` calls are left until `reset_in` has passed."""
        if remaining <= 0:
            self.close(key, reset_in)

    def learn_usage(self, key: str, percent: float, regain_in: timedelta) -> None:
        """`percent` of a rolling budget is used; at 100 it takes `regain_in`. Slows down from 90 on."""
        if percent >= 100:
            self.close(key, regain_in)
        elif percent > 90:
            self.close(key, timedelta(seconds=self._longest_wait * (percent - 90) / 10))


def gate(app: App, account_external_id: str = "") -> str:
    """The key of an app's budget, or of one account's within it."""
    return f"{app.base_url or ''} {app.client_id} {account_external_id}"


def batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items in order, `size` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


def challenge_s256(verifier: str) -> str:
    """The PKCE challenge of RFC 7636: base64url of SHA-256 without padding."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def same_text(ours: str, theirs: str | None) -> bool:
    """Whether two texts are one post: networks trim, fold white space and normalise Unicode."""
    return _folded(ours) == _folded(theirs or "")


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
