"""A network on loopback that answers page by page. `python -m benchmarks.contenders.server ROWS`

`GET /figures?page=K` gives {"data": [500 rows], "paging": {"next": URL or null}}. All pages are made, and put into a
file, before it listens and says its address: while it is measured against, it only sends.
"""

import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from urllib.parse import parse_qs, urlparse

import msgspec

from benchmarks.contenders.figures import PAGE, rows


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    places: list[tuple[int, int]]
    file: str

    def do_GET(self) -> None:
        page = int(parse_qs(urlparse(self.path).query).get("page", ["0"])[0])
        start, size = self.places[page]
        with open(self.file, "rb") as file:
            file.seek(start)
            body = file.read(size)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing of single calls."""


def serve(number: int) -> None:
    """Until it is stopped."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    url = f"http://127.0.0.1:{server.server_address[1]}/figures?page="
    pages = -(-number // PAGE)
    with tempfile.NamedTemporaryFile() as file:
        _Pages.file, _Pages.places = file.name, []
        left = rows(number)
        for page in range(pages):
            following = f"{url}{page + 1}" if page + 1 < pages else None
            body = msgspec.json.encode({"data": list(islice(left, PAGE)), "paging": {"next": following}})
            _Pages.places.append((file.tell(), len(body)))
            file.write(body)
        file.flush()
        sys.stdout.write(f"{url}0\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
