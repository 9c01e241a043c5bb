"""Calls to X as one account; what they cost is counted as they are answered."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from platforms.accounting import Parked, Spent
from platforms.calls import Pace, clock, describe, gate, json_object, readable, send
from platforms.errors import OutcomeUnknown, RateLimited, Unavailable
from platforms.platform import Page
from platforms.registration import App, Token
from platforms.x.prices import OWNED_READ, POST_READ, PRICES, Billed
from platforms.x.problems import refusal, reset_in

HOST = "https://api.x.com"
_PACE = Pace()
_BILLED = Billed()
# Words that an id in a path must not make a budget of its own.
_WORDS = frozenset(
    "2 users me by username tweets analytics search recent mentions media upload initialize append finalize metadata"
    " articles draft publish webhooks activity subscriptions hidden".split()
)


class Client:
    """One account's way to X. `now` is the network's clock as last heard; ours until the first answer."""

    def __init__(self, app: App, token: Token, account_external_id: str, http: httpx.AsyncClient) -> None:
        self.app = app
        self.account = account_external_id
        self.now = datetime.now(UTC)
        self.spent = Spent(PRICES)
        self.parked = Parked()
        self._heard = False
        self.http = http
        self._token = token

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

    async def delete(self, path: str) -> None:
        """Take something away. Raises PlatformError."""
        await self._call("DELETE", path)

    async def network_now(self) -> datetime:
        """X's own clock, heard at least once: where a moment that is not past would be refused."""
        if not self._heard:
            await self.get("/2/users/me", {})
        return self.now

    async def page(self, path: str, params: Mapping[str, Any], *, bill: str | None = None) -> Page:
        """One answer as received; `bill` is the price of each post in it."""
        response = await self.get(path, params)
        self._charge(json_object(response), bill)
        return Page(response.content, clock(response), describe("GET", self.app.url(HOST, path), params))

    async def pages(
        self, path: str, params: Mapping[str, Any], *, bill: str = OWNED_READ
    ) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
        """Every page of a list with its body as read. Only a missing `next_token` ends it."""
        asked = dict(params)
        while True:
            response = await self.get(path, asked)
            request = describe("GET", self.app.url(HOST, path), asked)
            body = json_object(response)
            self._charge(body, bill)
            yield Page(response.content, clock(response), request), body
            following = body.get("meta", {}).get("next_token")
            if not following:
                return
            if following == asked.get("pagination_token"):
                raise Unavailable(f"paging does not advance: {request}")
            asked["pagination_token"] = following

    def _charge(self, body: dict[str, Any], bill: str | None) -> None:
        """Count the posts of an answer, and those that came beside them."""
        if bill is None:
            return
        included = body.get("includes", {})
        beside = included.get("posts", []) + included.get("tweets", [])
        for price, posts in ((bill, body.get("data", [])), (POST_READ, beside)):
            ids = [post["id"] for post in posts if isinstance(post, dict) and "id" in post]
            self.spent.charge(price, _BILLED.new(gate(self.app), self.now.date(), ids))

    async def _call(self, method: str, path: str, *, irreversible: bool = False, **options: Any) -> httpx.Response:
        # X counts each endpoint by itself, whatever ids its path names.
        route = "/".join(part if part in _WORDS else "{}" for part in path.strip("/").split("/"))
        endpoint = f"{gate(self.app, self.account)} {method} {route}"
        await _PACE.wait(gate(self.app), endpoint)
        response = await send(
            self.http,
            method,
            self.app.url(HOST, path),
            irreversible=irreversible,
            headers={"Authorization": f"Bearer {self._token.access}"},
            **options,
        )
        self.now, self._heard = clock(response), True
        remaining = response.headers.get("x-rate-limit-remaining", "")
        if remaining.isdigit():
            _PACE.learn_remaining(endpoint, int(remaining), reset_in(response))
        error = refusal(response, irreversible=irreversible)
        if error is None:
            return response
        if isinstance(error, RateLimited):
            whole_app = error.evidence.get("kind") == "usage-capped" or "billing" in error.evidence
            _PACE.close(gate(self.app) if whole_app else endpoint, error.retry_after)
        raise error
