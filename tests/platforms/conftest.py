"""What tests of clients share: a wire that says what it is told, contracts run in DuckDB, a sandbox."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import duckdb
import httpx
import pytest
from PIL import Image

from platforms.platform import Contract, Page, Platform, PostRef, Resource, Window
from platforms.posting import MediaFile
from platforms.registration import App

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Asked:
    """One request that the wire received."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Wire:
    """A server on loopback that gives the answers it was told, in order, and remembers what was asked."""

    base_url: str = ""
    # Of its own, since what a client learns about limits outlives a test and a port may come again.
    client_id: str = field(default_factory=lambda: f"app-{uuid4()}")
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, bytes, dict[str, str]] | None] = field(default_factory=list)

    def answer(self, body: object, status: int = 200, **headers: str) -> None:
        """`body` is bytes, or something to write as JSON; a header `x_app_usage` is sent as `x-app-usage`."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append((status, content, {k.replace("_", "-"): v for k, v in headers.items()}))

    def hang_up(self) -> None:
        """Read the next request whole, then close the connection without an answer."""
        self.answers.append(None)

    @property
    def app(self) -> App:
        """A registration at a network that lives on this wire."""
        return App(self.client_id, "client-secret", self.base_url)


def _answering(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            is_form = "urlencoded" in self.headers.get("content-type", "")
            form = {k: v[-1] for k, v in parse_qs(body.decode()).items()} if is_form else {}
            query = {k: v[-1] for k, v in parse_qs(parts.query).items()}
            headers = {k.lower(): v for k, v in self.headers.items()}
            wire.asked.append(Asked(self.command, parts.path, query, form, headers, body))
            answer = wire.answers.pop(0)
            self.close_connection = True
            if answer is None:
                return
            status, content, extra = answer
            self.send_response_only(status)
            for name, value in {"date": self.date_time_string(), **extra}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Answering


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A network that a test writes itself."""
    told = Wire()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(told))
    told.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def nobody() -> str:
    """An address where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes a connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> MediaFile:
    """A real JPEG of 1080 by 1080; nothing answers at its address."""
    path = tmp_path_factory.mktemp("media") / "photo.jpg"
    Image.new("RGB", (1080, 1080), (11, 110, 110)).save(path, "JPEG")
    return MediaFile("image/jpeg", path, "http://127.0.0.1:9/photo.jpg")


def extract(contract: Contract, *pages: Page) -> list[dict[str, Any]]:
    """The records of pages as the contract types them; fails where a required field is missing."""
    types = {"EPOCH_S": "BIGINT", "EPOCH_MS": "BIGINT"}
    rows: list[dict[str, Any]] = []
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for page in pages:
            columns, values = [], []
            for f in contract.fields:
                within = not f.path.startswith("context.")
                raw = f"json_extract_string(record, '{f.path}')" if within else "?::VARCHAR"
                values += [] if within else [page.context.get(f.path.removeprefix("context."))]
                columns.append(f"CAST({raw} AS {types.get(f.type, f.type)}) AS {f.name}")
            query = (
                f"SELECT {', '.join(columns)} FROM "
                f"(SELECT unnest({contract.records}) AS record FROM (SELECT ?::JSON AS body))"
            )
            found = connection.execute(query, [*values, page.body.decode()])
            names = [column[0] for column in found.description]
            rows += [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        assert all(row[f.name] is not None for f in contract.fields if f.required), row
    return rows


def resource(platform: Platform, name: str, variant: str = "") -> Resource:
    """A resource of a data sheet."""
    return next(r for r in platform.resources if (r.name, r.variant) == (name, variant))


async def fetch(found: Resource, client: Any, window: Window, posts: list[PostRef]) -> list[Page]:
    """All its pages."""
    return [page async for page in found.fetch(client, window, posts)]


@dataclass(frozen=True)
class Sandbox:
    """The outside world on loopback, as its first line describes it."""

    control: str
    networks: dict[str, dict[str, Any]]

    def app(self, network: str) -> App:
        """Our registration at one of its networks."""
        told = self.networks[network]
        return App(told["client_id"], told["client_secret"], told["base_url"])

    def ledger(self, network: str) -> dict[str, Any]:
        """The truth about a network now: its live posts and accounts with their counters."""
        answer = httpx.get(f"{self.control}/ledger", params={"network": network}, timeout=30)
        ledger: dict[str, Any] = answer.json()
        return ledger

    def advance(self, duration: str) -> None:
        """Move its clock, by a span such as `PT6H`."""
        httpx.post(f"{self.control}/clock", json={"advance": duration}, timeout=30).raise_for_status()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of this test process alone, on free ports."""
    command = [sys.executable, "-m", "sandbox", "--json", "--seed", "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert line, "the sandbox ended before it was ready"
            told = json.loads(line)
            yield Sandbox(told["control"], told["networks"])
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


class _Form(HTMLParser):
    """The fields and buttons of the one form of a page, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "form":
            self.action = given.get("action")
        elif tag == "input" and name and (given.get("type") != "radio" or "checked" in given):
            self.fields[name] = value


async def approve(http: httpx.AsyncClient, url: str) -> dict[str, str]:
    """Read the consent page behind `url`, press Approve, and give what the redirect carries."""
    page = await http.get(url)
    assert page.status_code == 200, page.text
    form = _Form()
    form.feed(page.text)
    target = str(page.url.join(form.action or str(page.url)))
    answer = await http.post(target, data={**form.fields, "decision": "approve"}, follow_redirects=False)
    assert answer.status_code in (302, 303), answer.text
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[-1] for name, values in query.items()}


@asynccontextmanager
async def connected(platform: Platform, app: App) -> AsyncIterator[tuple[Any, Any]]:
    """The first account of the demo owner, connected by the real consent flow: its client and connection."""
    redirect_uri, verifier = "http://127.0.0.1:9/callback", "v" * 64
    async with httpx.AsyncClient() as http:
        url = await platform.oauth.authorize_url(app, http, state="s-1", redirect_uri=redirect_uri, verifier=verifier)
        given = await approve(http, url)
        assert given["state"] == "s-1"
        connections = await platform.oauth.connect(
            app, http, code=given["code"], redirect_uri=redirect_uri, verifier=verifier
        )
        first = connections[0]
        yield platform.client(app, first.token, first.external_id, http), first
