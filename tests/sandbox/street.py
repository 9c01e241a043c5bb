"""The other side of the shop: short links that lead there, and doors that hear what it, Stripe and PayPal tell."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid5

import httpx

from tests.sandbox.stage import Stage

_CLICKS = UUID("6f1d3b1c-2f0a-4f53-8d67-0a4a3f6f6b11")


@dataclass(frozen=True)
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes
    # Who called.
    address: str = ""

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass
class Street:
    """`url` has `/server`, `/stripe` and `/paypal` to tell; `/l/…` leads on to `target` with the name of a click."""

    url: str = ""
    target: str = ""
    heard: list[Heard] = field(default_factory=list)
    followed: list[Heard] = field(default_factory=list)
    # Doors that answer 503.
    shut: set[str] = field(default_factory=set)

    def at(self, door: str) -> list[Heard]:
        return [one for one in self.heard if one.path == f"/{door}"]

    def conversions(self) -> list[dict[str, Any]]:
        return [event for one in self.at("server") for event in one.told["conversions"]]

    def visits(self) -> list[dict[str, Any]]:
        return [event for one in self.at("server") for event in one.told["visits"]]

    def settings(self, **more: Any) -> dict[str, Any]:
        """What the shop is to be told so that it tells everything here."""
        return {
            "server": {"url": f"{self.url}/server", "secret": "of the server"},
            "stripe": {"url": f"{self.url}/stripe", "secret": "whsec_test"},
            "paypal": {"url": f"{self.url}/paypal", "webhook_id": "WH-TEST"},
            **more,
        }


@contextmanager
def street() -> Iterator[Street]:
    """A server until the end of the block."""
    found = Street()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            shut = self.path.strip("/") in found.shut
            if not shut:
                found.heard.append(Heard(self.path, _headers(self), body))
            self._answer(503 if shut else 200)

        def do_GET(self) -> None:
            found.followed.append(Heard(self.path, _headers(self), b"", self.client_address[0]))
            if not self.path.startswith("/l/"):
                self._answer(404)
                return
            click = uuid5(_CLICKS, str(len(found.followed)))
            self._answer(302, ("location", f"{found.target}&cn_click={click}"))

        def _answer(self, status: int, *headers: tuple[str, str]) -> None:
            self.send_response(status)
            for name, value in (*headers, ("content-length", "0")):
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _headers(request: BaseHTTPRequestHandler) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def posted(stage: Stage, network: str, link: str) -> str:
    """A post with a link, made through a network; its external id."""
    if network == "facebook":
        with stage.http("facebook") as http:
            form = {"message": f"New in store: {link}", "link": link}
            return str(http.post(f"/v26.0/{stage.account('facebook')}/feed", data=form).raise_for_status().json()["id"])
    with stage.http("x") as http:
        return str(http.post("/2/tweets", json={"text": f"New: {link}."}).raise_for_status().json()["data"]["id"])


def ask(stage: Stage, path: str, **sent: Any) -> dict[str, Any]:
    """POST at the control door."""
    found: dict[str, Any] = httpx.post(f"{stage.control}{path}", json=sent, timeout=120).raise_for_status().json()
    return found


def books(stage: Stage, **query: str) -> dict[str, Any]:
    """The shop's ledger."""
    found: dict[str, Any] = httpx.get(f"{stage.control}/shop/ledger", params=query).raise_for_status().json()
    return found
