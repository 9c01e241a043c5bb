"""Addresses that people give: only the public internet is fetched, however the rest is spelled."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clientnest.outbound import Fetched, FetchFailed, Refused, fetch, is_public
from clientnest.settings import settings


@dataclass
class Place:
    """A server on loopback that answers as it is told and remembers who came."""

    status: int = 200
    body: bytes = b"content"
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    heads: list[dict[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/file"


Open = Callable[..., Place]


@pytest.fixture
def open_place() -> Iterator[Open]:
    """Opens places; `allowed=True` puts one on the list of private places that may be fetched."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []
    allowed_places: list[str] = []

    def made(*, allowed: bool = False, **told: Any) -> Place:
        place = Place(**told)

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                place.heads.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(place.status)
                for name, value in place.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(place.body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        # Of all interfaces, so that every spelling of this machine leads here.
        server = ThreadingHTTPServer(("", 0), Answering)
        place.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        servers.append((server, thread))
        if allowed:
            allowed_places.append(f"127.0.0.1:{place.port}")
            environment.setenv("NEST_OUTBOUND_ALLOW", ",".join(allowed_places))
            settings.cache_clear()
        return place

    with pytest.MonkeyPatch.context() as environment:
        yield made
    settings.cache_clear()
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


_HOSTS = [
    # Loopback, in all the ways that the C library reads.
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "00000177.0.0.01",
    "0",
    "0.0.0.0",
    "0x0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "１２７.０.０.１",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    # IPv4 within IPv6.
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    # Private, link-local, shared by carriers.
    "10.0.0.1",
    "10.255.255.255",
    "167772161",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "0xc0a80001",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "100.64.0.1",
    "100.127.255.255",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    # Many at once, documentation, benchmarks, protocols, not in use.
    "224.0.0.1",
    "239.255.255.250",
    "[ff02::1]",
    "[ff0e::1]",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "[100::1]",
    "[2001:db8::1]",
    "[3fff::1]",
    "[5f00::1]",
    # No place at all.
    "nowhere.invalid",
    "a" * 64 + ".invalid",
    "256.256.256.256",
    "[::1%25lo]",
]


@pytest.mark.parametrize("host", _HOSTS)
async def test_a_host_that_is_not_public_is_refused_before_a_byte(open_place: Open, host: str) -> None:
    canary = open_place()
    with pytest.raises(Refused):
        await fetch(f"http://{host}:{canary.port}/file", max_bytes=1000)
    assert canary.heads == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//127.0.0.1:{port}/file",
        "file:///etc/passwd",
        "ftp://127.0.0.1:{port}/file",
        "gopher://127.0.0.1:{port}/file",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "http://",
        "http:///file",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "http://example.com@127.0.0.1:{port}/file",
        "http://user:password@127.0.0.1:{port}/file",
        "http://127.0.0.1:{port}\r\nHost: example.com/",
        "http:\\\\127.0.0.1:{port}\\file",
        " http://127.0.0.1:{port}/file",
    ],
)
async def test_what_is_no_plain_address_is_refused(open_place: Open, url: str) -> None:
    canary = open_place()
    with pytest.raises(Refused):
        await fetch(url.replace("{port}", str(canary.port)), max_bytes=1000)
    assert canary.heads == []


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)


async def test_an_allowed_place_is_fetched_under_its_own_name(open_place: Open) -> None:
    place = open_place(allowed=True, headers={"Content-Type": "image/jpeg; charset=binary"})
    assert await fetch(place.address, max_bytes=1000) == Fetched(b"content", "image/jpeg")
    assert place.heads[0]["host"] == f"127.0.0.1:{place.port}"
    assert not {"authorization", "cookie"} & set(place.heads[0])


async def test_an_allowed_place_allows_no_other_port_or_name(open_place: Open) -> None:
    place, canary = open_place(allowed=True), open_place()
    for host in (f"127.0.0.1:{canary.port}", f"localhost:{place.port}"):
        with pytest.raises(Refused):
            await fetch(f"http://{host}/file", max_bytes=1000)
    assert place.heads == canary.heads == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["http://127.0.0.1:{port}/file", "//127.0.0.1:{port}/file", "http://2130706433:{port}"]
)
async def test_a_redirect_is_checked_like_the_first_address(open_place: Open, status: int, location: str) -> None:
    canary = open_place()
    headers = {"Location": location.replace("{port}", str(canary.port)), "Set-Cookie": "secret=1"}
    place = open_place(allowed=True, status=status, headers=headers)
    with pytest.raises(Refused):
        await fetch(place.address, max_bytes=1000)
    assert (len(place.heads), canary.heads) == (1, [])


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://example.com/a", "http://[", "https://user@example.com/"]
)
async def test_a_redirect_to_no_plain_address_is_refused(open_place: Open, location: str) -> None:
    place = open_place(allowed=True, status=302, headers={"Location": location})
    with pytest.raises(Refused):
        await fetch(place.address, max_bytes=1000)


async def test_a_redirect_between_allowed_places_is_followed(open_place: Open) -> None:
    end = open_place(allowed=True, body=b"the end")
    start = open_place(allowed=True, status=302, headers={"Location": end.address})
    assert (await fetch(start.address, max_bytes=1000)).content == b"the end"


async def test_redirects_in_a_circle_end(open_place: Open) -> None:
    place = open_place(allowed=True, status=302, headers={"Location": "/file"})
    with pytest.raises(FetchFailed, match="redirects more than 5 times"):
        await fetch(place.address, max_bytes=1000)
    assert len(place.heads) == 6


async def test_a_body_has_a_largest_size(open_place: Open) -> None:
    place = open_place(allowed=True, body=bytes(3_000_000))
    assert len((await fetch(place.address, max_bytes=3_000_000)).content) == 3_000_000
    with pytest.raises(FetchFailed, match="larger than 2 MB"):
        await fetch(place.address, max_bytes=2_999_999)


async def test_a_compressed_answer_is_not_unpacked(open_place: Open) -> None:
    place = open_place(allowed=True, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchFailed, match="compressed"):
        await fetch(place.address, max_bytes=1000)
    assert place.heads[0]["accept-encoding"] == "identity"


async def test_an_answer_that_is_none_says_so(open_place: Open) -> None:
    place = open_place(allowed=True, status=404)
    with pytest.raises(FetchFailed, match="404"):
        await fetch(place.address, max_bytes=1000)
