"""An object store that speaks as much of S3 as media need: single and multipart puts, gets, heads, lists, deletes."""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, unescape


@dataclass(frozen=True, slots=True)
class Kept:
    """An object, and when it was last written."""

    content: bytes
    at: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.md5(self.content, usedforsecurity=False).hexdigest()}"'


@dataclass(slots=True)
class Bucket:
    """What lies in it by its key; `told` are the requests by method, `is_away` makes every one fail."""

    name: str = "media"
    endpoint: str = ""
    objects: dict[str, Kept] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    is_away: bool = False


@contextlib.contextmanager
def serving() -> Iterator[Bucket]:
    """Until the end of the block."""
    bucket = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(bucket))
    bucket.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answering(bucket: Bucket) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            key, asked, content = self._asked()
            if "uploadId" in asked:
                part = Kept(content, datetime.now(UTC))
                bucket.parts[asked["uploadId"]][int(asked["partNumber"])] = content
                self._answer(200, etag=part.etag)
            else:
                self._answer(200, etag=self._keep(key, content).etag)

        def do_POST(self) -> None:
            key, asked, content = self._asked()
            if "delete" in asked:
                gone = [unescape(name) for name in re.findall(r"<Key>(.+?)</Key>", content.decode())]
                for name in gone:
                    bucket.objects.pop(name, None)
                rows = "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in gone)
                self._tell(rows, "DeleteResult")
            elif "uploads" in asked:
                bucket.parts[f"upload-{len(bucket.parts)}"] = {}
                self._tell(f"<UploadId>upload-{len(bucket.parts) - 1}</UploadId>", "InitiateMultipartUploadResult")
            else:
                parts = bucket.parts[asked["uploadId"]]
                kept = self._keep(key, b"".join(parts[number] for number in sorted(parts)))
                self._tell(f"<ETag>{escape(kept.etag)}</ETag>", "CompleteMultipartUploadResult")

        def do_GET(self) -> None:
            key, asked, _ = self._asked()
            if "list-type" in asked:
                prefix = asked.get("prefix", "")
                found = [(name, kept) for name, kept in bucket.objects.items() if name.startswith(prefix)]
                rows = "".join(
                    f"<Contents><Key>{escape(name)}</Key><LastModified>{kept.at.isoformat()}</LastModified>"
                    f"<ETag>{escape(kept.etag)}</ETag><Size>{len(kept.content)}</Size></Contents>"
                    for name, kept in found
                )
                self._tell(f"<IsTruncated>false</IsTruncated>{rows}", "ListBucketResult")
            else:
                self._give(key)

        def do_HEAD(self) -> None:
            self._give(self._asked()[0])

        def _asked(self) -> tuple[str, dict[str, str], bytes]:
            """The key, what was asked with it, and the body."""
            parts = urlsplit(self.path)
            bucket.told.append(self.command)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if bucket.is_away:
                self._answer(403)
                raise ConnectionAbortedError
            asked = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            return parts.path.removeprefix(f"/{bucket.name}").lstrip("/"), asked, body

        def _keep(self, key: str, content: bytes) -> Kept:
            bucket.objects[key] = Kept(content, datetime.now(UTC))
            return bucket.objects[key]

        def _give(self, key: str) -> None:
            kept = bucket.objects.get(key)
            if kept is None:
                self._answer(404)
            else:
                modified = format_datetime(kept.at, usegmt=True)
                self._answer(200, kept.content, etag=kept.etag, last_modified=modified)

        def _tell(self, words: str, name: str) -> None:
            self._answer(200, f"<{name}>{words}</{name}>".encode())

        def _answer(self, status: int, content: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Answering
