"""A network on loopback for the consent flow: answers Facebook's token and account calls, each code once."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGES = [
    {"id": "1001", "name": "Nordlys <Coffee>", "username": "nordlys", "access_token": "page-token-1001"},
    {"id": "1002", "name": "Nordlys Roastery", "access_token": "page-token-1002"},
]


class _Network(BaseHTTPRequestHandler):
    redeemed: set[str]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        status, body = self._answer(parts.path.rpartition("/")[2], query)
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def _answer(self, call: str, query: dict[str, str]) -> tuple[int, Any]:
        if call == "debug_token":
            return 200, {"data": {"is_valid": True, "scopes": ["pages_show_list"]}}
        if call == "accounts":
            return 200, {"data": PAGES}
        code = query.get("code")
        if call == "access_token" and code and (not code.startswith("good-") or code in self.redeemed):
            error = {"message": "This authorization code has been used.", "type": "OAuthException", "code": 100}
            return 400, {"error": error}
        if code:
            self.redeemed.add(code)
        return 200, {"access_token": "person-token", "token_type": "bearer", "expires_in": 5_184_000}

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """The network's base URL."""
    answering = type("Answering", (_Network,), {"redeemed": set()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answering)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
