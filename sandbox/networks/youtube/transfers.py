"""Bytes on their way in: at once, together with a description, or piece by piece to an address of their own.

A session outlives the process, its bytes too, and for what it made it answers as often as it is asked.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.parser import BytesParser
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.errors import Refusal, bad
from sandbox.networks.youtube.gate import Call, json_object
from sandbox.networks.youtube.listing import shown
from sandbox.networks.youtube.ranges import GRANULE, described_range, incomplete
from sandbox.tokens import Grant
from sandbox.web import json_response
from sandbox.world import World

_LARGEST = 274_877_906_944
_LIFE = timedelta(days=7)
# Enough of a film to read its length in, and all of a caption.
_HEAD = 4 * 1024 * 1024


@dataclass(frozen=True)
class Content:
    """What came: its type, size in bytes, digest, and its beginning."""

    type: str
    size: int
    sha256: str
    head: bytes


@dataclass(frozen=True)
class Purpose:
    """What bytes are for. `check` reads the description, `put` makes something of the bytes: the answer to the client.

    `again` answers for what was made already. All raise Refusal.
    """

    name: str
    types: tuple[str, ...]
    check: Callable[[Call, dict[str, Any]], dict[str, Any]]
    put: Callable[[Call, dict[str, Any], Content], dict[str, Any]]
    again: Callable[[Call, dict[str, Any]], dict[str, Any]] | None = None


@dataclass
class Session:
    """One upload; `about` is what its description came to."""

    purpose: str
    account_id: str
    token: str
    opened_at: str
    content_type: str
    size: int | None
    about: dict[str, Any]
    made: bool = False
    received: int = 0
    digest: Any = field(default_factory=hashlib.sha256)
    head: bytes = b""

    def take(self, content: bytes) -> None:
        """Append bytes."""
        self.digest.update(content)
        self.received += len(content)
        self.head += content[: max(_HEAD - len(self.head), 0)]

    def kept(self) -> dict[str, Any]:
        names = ("purpose", "account_id", "token", "opened_at", "content_type", "size", "about", "made")
        return {name: getattr(self, name) for name in names}


class Transfers:
    """Sessions by the secret in their address, which is all the permission that the bytes need."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._purposes: dict[str, Purpose] = {}
        self._sessions: dict[str, Session] = {}

    def receive(self, purpose: Purpose) -> Callable[[Call], Awaitable[Response]]:
        """An answer to the call that brings bytes for a purpose, or announces them."""
        self._purposes[purpose.name] = purpose

        async def answer(call: Call) -> Response:
            match call.asked("uploadType"):
                case "resumable":
                    return await self._open(call, purpose)
                case "multipart":
                    description, content_type, content = _related(call.request, await call.request.body())
                case "media":
                    description, content = {}, await call.request.body()
                    content_type = call.request.headers.get("content-type", "")
                case _:
                    raise bad(
                        "mediaBodyRequired", "The request does not include the content.", f"youtube.{purpose.name}"
                    )
            _check_type(purpose, content_type)
            about = purpose.check(call, description)
            if not content:
                raise bad("mediaBodyRequired", "The request does not include the content.", f"youtube.{purpose.name}")
            digest = hashlib.sha256(content).hexdigest()
            received = Content(content_type, len(content), digest, content[:_HEAD])
            return shown(call, purpose.put(call, about, received))

        return answer

    async def _open(self, call: Call, purpose: Purpose) -> Response:
        """Take the description and say where the bytes go."""
        about = purpose.check(call, await call.body())
        length = call.request.headers.get("x-upload-content-length")
        if length is not None and (not length.isdecimal() or not 0 < int(length) <= _LARGEST):
            raise bad("mediaBodyRequired", "The request does not include the content.", f"youtube.{purpose.name}")
        content_type = call.request.headers.get("x-upload-content-type", "application/octet-stream")
        _check_type(purpose, content_type)
        session = Session(
            purpose=purpose.name,
            account_id=call.account.external_id,
            token=call.grant.access_token,
            opened_at=call.now.isoformat(),
            content_type=content_type,
            size=int(length) if length else None,
            about=about,
        )
        upload_id = secrets.token_urlsafe(32)
        self._sessions[upload_id] = session
        self._world.note(NETWORK, f"upload {upload_id}", session.kept())
        address = call.request.url.include_query_params(upload_id=upload_id)
        return Response(status_code=200, headers={"location": str(address), "x-guploader-uploadid": upload_id})

    async def put(self, request: Request) -> Response:
        """A chunk, the whole, or the question how much is there."""
        upload_id = request.query_params.get("upload_id", "")
        session = self._sessions.get(upload_id) or self._recalled(upload_id)
        account = self._world.account(NETWORK, session.account_id) if session else None
        if session is None or account is None or self._old(session):
            return Response("Not Found", 404)
        self._sessions[upload_id] = session
        content, complete = await _content(request)
        grant = Grant(NETWORK, session.token, (session.account_id,), (), self._world.now(), None)
        call, purpose = Call(self._world, request, account, grant), self._purposes[session.purpose]
        try:
            if session.made:
                return shown(call, self._made(call, session))
            if not self._store(upload_id, session, content, request if complete else None):
                return incomplete(session.received)
            whole = Content(session.content_type, session.received, session.digest.hexdigest(), session.head)
            body = purpose.put(call, session.about, whole)
        except Refusal as refusal:
            return json_response(refusal.body, refusal.code)
        self._close(upload_id, session)
        return shown(call, body)

    def _made(self, call: Call, session: Session) -> dict[str, Any]:
        again = self._purposes[session.purpose].again
        return again(call, session.about) if again else {}

    def _old(self, session: Session) -> bool:
        return self._world.now() - datetime.fromisoformat(session.opened_at) > _LIFE

    def _store(self, upload_id: str, session: Session, content: bytes, request: Request | None) -> bool:
        """Keep what a request brings; whether that is all. `request` is None for one that broke off. Raises Refusal."""
        if request is None:
            # Whole granules of what arrived are kept; where they belong, the next question tells.
            self._append(upload_id, session, content[: len(content) // GRANULE * GRANULE])
            return False
        first, total = described_range(request, len(content))
        session.size = total if total is not None else session.size
        # Bytes sent twice are skipped, a gap is asked for again.
        if first is None or first > session.received:
            return session.received == session.size
        last = first + len(content) == session.size
        if not last and len(content) % GRANULE:
            raise bad("badRequest", f"Chunks must be multiples of {GRANULE} bytes.")
        if session.size is not None and first + len(content) > session.size:
            raise bad("badRequest", "More bytes than announced.")
        self._append(upload_id, session, content[session.received - first :])
        return session.received == session.size

    def _append(self, upload_id: str, session: Session, content: bytes) -> None:
        if content:
            kept = {"content": base64.b64encode(content).decode()}
            self._world.note(NETWORK, f"bytes {upload_id} {session.received}", kept)
            session.take(content)

    def _close(self, upload_id: str, session: Session) -> None:
        """What was made stays; its bytes are needed no longer."""
        session.made = True
        self._world.note(NETWORK, f"upload {upload_id}", session.kept())
        for start in self._pieces(upload_id):
            self._world.note(NETWORK, f"bytes {upload_id} {start}", {})

    def _pieces(self, upload_id: str) -> dict[int, bytes]:
        """The bytes of a session by where they begin."""
        found: dict[int, bytes] = {}
        place = 0
        while (about := self._world.noted(NETWORK, f"bytes {upload_id} {place}")) and about.get("content"):
            found[place] = base64.b64decode(about["content"])
            place += len(found[place])
        return found

    def _recalled(self, upload_id: str) -> Session | None:
        """A session from before the process began, with its bytes."""
        about = self._world.noted(NETWORK, f"upload {upload_id}")
        if about is None:
            return None
        session = Session(**about)
        for piece in self._pieces(upload_id).values():
            session.take(piece)
        return session


async def _content(request: Request) -> tuple[bytes, bool]:
    """The body as far as it came, and whether that is all of it."""
    found = bytearray()
    try:
        async for piece in request.stream():
            found += piece
    except ClientDisconnect:
        first, _ = described_range(request, None)
        return (bytes(found), False) if first is not None else (b"", False)
    return bytes(found), True


def _check_type(purpose: Purpose, content_type: str) -> None:
    if not content_type.startswith(purpose.types):
        raise bad("badContent", f"Media type '{content_type}' is not supported.")


def _related(request: Request, body: bytes) -> tuple[dict[str, Any], str, bytes]:
    """A description and bytes in one body (multipart/related). Raises Refusal."""
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + body)
    parts = [part for part in message.walk() if not part.is_multipart()]
    texts = [text for part in parts if isinstance(text := part.get_payload(decode=True), bytes)]
    if not message.is_multipart() or len(parts) != 2 or len(texts) != 2:
        raise bad("parseError", "The body has not two parts.")
    return json_object(texts[0]), parts[1].get_content_type(), texts[1]
