"""What every page of the dashboard asks of the API, timed over HTTP against the application itself."""

import asyncio
import itertools
import statistics
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from benchmarks.history import History

_MONTH = {"since": "month", "until": "end"}
# What each page asks for, by its file in dashboards/app_pages; dates are filled in.
PAGES: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "overview": (
        ("/analytics/dashboard", _MONTH),
        ("/analytics/engagement", {"since": "before", "until": "month"}),
        ("/social/posts", {**_MONTH, "limit": 200}),
    ),
    "posts": (("/analytics/engagement", _MONTH), ("/social/posts", {**_MONTH, "limit": 50})),
    "post": (("/social/posts/{post}", {}), ("/analytics/changes", {"post_key": "post", "limit": 100})),
    "insights": (
        ("/analytics/comparison", _MONTH),
        ("/analytics/formats", {"span": "365_days"}),
        ("/analytics/decay", {}),
        ("/analytics/hashtags", _MONTH),
        ("/analytics/competitors", _MONTH),
        ("/analytics/benchmarks", {"span": "365_days"}),
    ),
    "changes": (("/analytics/changes", {**_MONTH, "limit": 200}), ("/analytics/reconciliation", {})),
    "roi": (("/analytics/roi", _MONTH), ("/analytics/attribution", _MONTH)),
    "audience": (("/analytics/audience", {}), ("/social/accounts", {})),
    "accounts": (("/social/accounts", {}),),
    "data_health": (("/pipeline/health", {}),),
    "reports": (("/reports", {}),),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Milliseconds: over all requests of all pages, and the 95th percentile of each request by itself."""

    p50: float
    p95: float
    each: dict[str, float]

    @property
    def slowest(self) -> str:
        """The request with the highest 95th percentile."""
        return max(self.each, key=self.each.__getitem__)


def measure(history: History, rounds: int) -> Found:
    """Ask everything `rounds` times, by turns from every workspace. Raises httpx.HTTPStatusError."""
    return asyncio.run(_measure(history, rounds))


async def _measure(history: History, rounds: int) -> Found:
    from api.main import app
    from clientnest import database
    from identity import tokens

    headers = {"Authorization": f"Bearer {tokens.issue(history.user_id).value}"}
    workspaces = itertools.cycle(history.workspaces)
    spent: dict[str, list[float]] = {}
    transport = httpx.ASGITransport(app=app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://nest", headers=headers, timeout=60) as http:
            for number in range(rounds + 1):
                workspace = {"X-Workspace-Id": str(next(workspaces))}
                newest = await http.get("/social/posts", params={"limit": 1}, headers=workspace)
                key = newest.raise_for_status().json()["items"][0]["post_key"]
                for page, asked in ((page, one) for page, every in PAGES.items() for one in every):
                    name, milliseconds = await _one(http, asked, workspace, key, history)
                    # The first round opens connections and fills the caches of a warm installation.
                    if number:
                        spent.setdefault(f"{page} {name}", []).append(milliseconds)
    finally:
        await database.close()
    every = sorted(itertools.chain.from_iterable(spent.values()))
    each = {name: _p95(sorted(taken)) for name, taken in spent.items()}
    return Found(p50=round(statistics.median(every), 1), p95=_p95(every), each=each)


def _p95(ordered: list[float]) -> float:
    return round(ordered[int(len(ordered) * 0.95)], 1)


async def _one(
    http: httpx.AsyncClient, asked: tuple[str, dict[str, Any]], headers: dict[str, str], key: str, history: History
) -> tuple[str, float]:
    path, query = asked
    days = {"end": 0, "month": 30, "before": 60}
    values = {name: str(history.end.date() - timedelta(days=back)) for name, back in days.items()} | {"post": key}
    filled = {name: values.get(value, value) for name, value in query.items()}
    began = time.perf_counter()
    answer = await http.get(path.format(post=key), params=filled, headers=headers)
    milliseconds = (time.perf_counter() - began) * 1000
    answer.raise_for_status()
    return path, milliseconds
