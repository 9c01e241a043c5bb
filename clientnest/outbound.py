"""Every HTTP request that leaves the house.

`network_client` talks to the networks whose addresses are in the settings. `fetch` gets a URL that a person
gave: it resolves the name once, refuses every address that is not public, connects to the very address it
checked (a second answer of the resolver cannot redirect it), and does the same again for each redirect.
"""

import asyncio
import functools
import ipaddress
import logging
import socket
import ssl
from dataclasses import dataclass

import httpx

from clientnest.errors import Invalid, NestError
from clientnest.settings import settings

_TIMEOUT = httpx.Timeout(30, connect=10)
# It writes whole URLs, and some networks take secrets there.
logging.getLogger("httpx").setLevel(logging.WARNING)
_REDIRECTS = 5
# However slowly it drips, a fetch ends.
_LONGEST_FETCH = 120.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that is handed out for the public internet; what lies outside is local, retired or not yet meant for anything.
_GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
# Not public, though older versions of the standard library say so.
_NOT_GLOBAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))


class Refused(Invalid):
    """The URL leads somewhere that we do not go."""


class FetchFailed(NestError):
    """The URL is allowed and did not give its content."""


@dataclass(frozen=True, slots=True)
class Fetched:
    content: bytes
    content_type: str


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whom we believe; reading that takes longer than a call, so it is read once."""
    return httpx.create_ssl_context(trust_env=False)


def network_client() -> httpx.AsyncClient:
    """For the networks' APIs: their addresses come from data sheets and settings, never from a person."""
    return httpx.AsyncClient(verify=_trusted(), timeout=_TIMEOUT, follow_redirects=False, trust_env=False)


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, looking through IPv4 wrapped in IPv6."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
        if ip not in _GLOBAL_IPV6:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_GLOBAL)


class _Guarded(httpx.AsyncHTTPTransport):
    """Connects only to an address that it has checked itself."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # The host as it goes over the wire: international names in ASCII.
        host, port = request.url.raw_host.decode("ascii"), request.url.port
        if port is None:
            port = 443 if request.url.scheme == "https" else 80
        address = await _checked_address(host, port)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return await super().handle_async_request(request)


async def _checked_address(host: str, port: int) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(f"{host} has no address: check the URL.") from error
    addresses = [str(entry[4][0]) for entry in found]
    allowed = f"{host}:{port}" in settings().outbound_allow.split(",")
    if not allowed and not all(is_public(address) for address in addresses):
        raise Refused(f"{host} is not on the public internet: give a URL that anybody can open.")
    return addresses[0]


async def fetch(url: str, *, max_bytes: int) -> Fetched:
    """GET a URL that a person gave. Raises Refused, FetchFailed."""
    try:
        async with asyncio.timeout(_LONGEST_FETCH):
            return await _followed(url, max_bytes)
    except TimeoutError as error:
        raise FetchFailed(f"The file did not arrive within {_LONGEST_FETCH:.0f} s: try a faster place.") from error


async def _followed(url: str, max_bytes: int) -> Fetched:
    """What a URL gives in the end, each redirect checked like the first."""
    target = _checked_url(url)
    async with httpx.AsyncClient(
        transport=_Guarded(verify=_trusted()), timeout=_TIMEOUT, follow_redirects=False, trust_env=False
    ) as client:
        for _ in range(_REDIRECTS + 1):
            try:
                async with client.stream("GET", target, headers={"Accept-Encoding": "identity"}) as response:
                    if not response.is_redirect:
                        return await _read(response, max_bytes)
                    target = _checked_url(response.headers["location"], target)
            except httpx.TransportError as error:
                raise FetchFailed(f"{target.host} could not be read: try again.") from error
    raise FetchFailed(f"{target.host} redirects more than {_REDIRECTS} times.")


def _checked_url(url: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        parsed = base.join(url) if base else httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Refused("That is not a URL: give one that starts with https://.") from error
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise Refused("Give a URL that starts with https:// and holds no user name.")
    return parsed


async def _read(response: httpx.Response, max_bytes: int) -> Fetched:
    if response.status_code != 200:
        raise FetchFailed(f"The URL answered {response.status_code}: check that it opens.")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise FetchFailed("The answer is compressed although plain bytes were asked for.")
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > max_bytes:
            raise FetchFailed(f"The file is larger than {max_bytes // 1_000_000} MB.")
    content_type = response.headers.get("content-type", "application/octet-stream").split(";")[0]
    return Fetched(bytes(content), content_type)
