"""The shop's pages, and people's browsers on their way there.

The people of days come within seconds. So a browser also says which click brings it, which is how the shop knows the
moment; what the address says of where somebody comes from is all that it takes from the request besides.
"""

import asyncio
import html
import ipaddress
import re
import ssl
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.shop.story import PREFETCH, Click
from sandbox.world.chance import number
from sandbox.world.model import Post

_CLICK = "x-sandbox-click"
# The address of the shop in posts that brands wrote by themselves.
_NAME = "shop.example"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_MOST_REDIRECTS = 5
_SECONDS = 20
_AT_ONCE = 8
_STYLE = "body{font:18px/1.5 Georgia,serif;max-width:34rem;margin:4rem auto;padding:0 1rem}p{color:#555}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the address of a page said."""

    path: str
    click_id: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    utm_content: str | None = None

    def trail(self) -> dict[str, str]:
        """What says where somebody comes from."""
        return {name: value for name, value in asdict(self).items() if value and name != "path"}


NEWSLETTER = Arrival("/", None, "newsletter", "email", "letter")


def address(post: Post) -> str | None:
    """Where a post leads: its link, or the first address in what it says."""
    found = post.link or next(iter(_ADDRESS.findall(post.text)), None)
    return found.rstrip(".,;:!?)]}'’”") if found else None


class Site:
    """The pages at `url`. `arrivals` are by click."""

    def __init__(self, url: str, brand: str) -> None:
        self._url, self._brand = url, brand
        self.arrivals: dict[str, Arrival] = {}
        self._certificates = ssl.create_default_context()

    async def page(self, request: Request) -> Response:
        """Every path is one of a product."""
        query = dict(parse_qsl(request.url.query))
        if click := request.headers.get(_CLICK):
            told: dict[str, Any] = {name: query[name] for name in query if name.startswith("utm_")}
            known = {name: told.get(name) for name in ("utm_source", "utm_medium", "utm_campaign", "utm_content")}
            self.arrivals[click] = Arrival(request.url.path, query.get("cn_click"), **known)
        name = html.escape(request.url.path.strip("/").replace("-", " ").replace("/", " · ").title() or "Welcome")
        return HTMLResponse(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(self._brand)}</title>'
            f"<style>{_STYLE}</style><h1>{name}</h1><p>{html.escape(self._brand)}: made with care.</p>"
        )

    async def visit(self, clicks: Sequence[Click]) -> None:
        """Let everything that clicks really ask for its address; what comes here is among the arrivals then."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(click: Click) -> None:
            async with gate:
                await self._browse(click)

        await asyncio.gather(*(one(click) for click in clicks))

    async def _browse(self, click: Click) -> None:
        headers = {"user-agent": click.browser, "accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        if click.referrer:
            headers["referer"] = click.referrer
        if click.who == PREFETCH:
            headers["sec-purpose"] = "prefetch"
        own = number("address", click.person or click.browser) % 2**16
        transport = httpx.AsyncHTTPTransport(
            verify=self._certificates, local_address=f"127.{20 + own % 200}.{own >> 8}.{1 + own % 250}"
        )
        async with httpx.AsyncClient(transport=transport, timeout=_SECONDS, trust_env=False) as client:
            url: str | None = click.url
            for _ in range(_MOST_REDIRECTS):
                url = self._here(url) if url else None
                if url is None:
                    return
                known = {_CLICK: click.id} if url.startswith(f"{self._url}/") else {}
                try:
                    answer = await client.get(url, headers={**headers, **known})
                except (httpx.HTTPError, httpx.InvalidURL):
                    return
                location = answer.headers.get("location")
                url = urljoin(url, location) if answer.is_redirect and location else None

    def _here(self, url: str) -> str | None:
        """The address within this machine; nobody goes anywhere else."""
        parts = urlsplit(url)
        if parts.hostname == _NAME:
            return f"{self._url}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        return url if leads_here(url) else None


def leads_here(url: str) -> bool:
    """Whether it is an address of this machine, or the shop's name."""
    try:
        host = urlsplit(url).hostname or ""
        return host == _NAME or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
