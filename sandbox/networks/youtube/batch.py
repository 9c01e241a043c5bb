"""Several calls in one body (multipart/mixed), each answered as if it had come alone."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from email.message import Message
from email.parser import BytesParser

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router
from starlette.types import Message as Event

from sandbox.networks.youtube.errors import Refusal, bad
from sandbox.web import json_response

_MOST = 50


def batch(routes: Callable[[], Sequence[BaseRoute]]) -> Callable[[Request], object]:
    """An endpoint over other routes, which are known only once all are."""

    async def answer(request: Request) -> Response:
        head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
        calls = BytesParser().parsebytes(head + await request.body()).get_payload()
        try:
            if not isinstance(calls, list) or not 1 <= len(calls) <= _MOST:
                raise bad("badRequest", f"A batch holds 1 to {_MOST} calls.")
            router = Router(list(routes()))
            parts = [await _answered(router, request, call) for call in calls]
        except Refusal as refusal:
            return json_response(refusal.body, refusal.code)
        boundary = f"batch_{secrets.token_urlsafe(12)}"
        body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
        content_type = f"multipart/mixed; boundary={boundary}"
        return Response(body + b"--" + boundary.encode() + b"--\r\n", headers={"content-type": content_type})

    return answer


async def _answered(router: Router, request: Request, part: Message | str) -> bytes:
    """One call of a batch, and the part that answers it."""
    content = part.get_payload(decode=True) if isinstance(part, Message) else None
    if not isinstance(content, bytes) or not isinstance(part, Message):
        raise bad("badRequest", "A part of the batch is no call.")
    line, _, rest = content.replace(b"\r\n", b"\n").partition(b"\n")
    words = line.decode().split()
    if len(words) < 2:
        raise bad("badRequest", "A part of the batch is no call.")
    inner = BytesParser().parsebytes(rest)
    path, _, query = words[1].partition("?")
    headers = [(name.lower().encode(), str(value).encode()) for name, value in inner.items()]
    if not any(name == b"authorization" for name, _ in headers):
        headers += [(name, value) for name, value in request.scope["headers"] if name == b"authorization"]
    scope = {
        **{name: request.scope[name] for name in ("type", "http_version", "scheme", "server", "client")},
        "asgi": request.scope.get("asgi", {}),
        "method": words[0],
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": headers,
    }
    sent: list[Event] = []
    body = inner.get_payload(decode=True)
    events = iter([{"type": "http.request", "body": body if isinstance(body, bytes) else b"", "more_body": False}])

    async def receive() -> Event:
        return next(events, {"type": "http.disconnect"})

    async def send(event: Event) -> None:
        sent.append(event)

    await router(scope, receive, send)
    return _part(part, sent)


def _part(asked: Message, sent: Sequence[Event]) -> bytes:
    """An answer inside the answer, under the name that its call had."""
    start = sent[0]
    head = [b"Content-Type: application/http"]
    key = str(asked.get("Content-ID", "")).removeprefix("<")
    if key:
        head.append(f"Content-ID: <response-{key}".encode())
    lines = [f"HTTP/1.1 {start['status']} -".encode()]
    lines += [name + b": " + value for name, value in start["headers"]]
    body = b"".join(event.get("body", b"") for event in sent[1:])
    return b"\r\n".join([*head, b"", *lines, b"", body])
