"""Media on their way in: chunks that are put to an address, and media that TikTok fetches itself."""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.tiktok.errors import Refusal
from sandbox.networks.tiktok.gate import Call, refuse_plainly
from sandbox.networks.tiktok.sessions import LONGEST_SECONDS, Session, Sessions
from sandbox.world import Media

_ADDRESS_LIFE = timedelta(hours=1)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_VIDEOS = ("video/mp4", "video/quicktime", "video/webm")
_VERIFIED_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_PULL_TIMEOUT_S = 30.0
_PULL_MOST = 256_000_000
_LARGEST_PICTURE = 20_000_000


class Transfer:
    """Takes and fetches bytes, and ends what they were for."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._pulls: set[asyncio.Task[None]] = set()

    def address(self, call: Call, session: Session) -> str:
        """Where the bytes of a video go; the address itself is the permission."""
        return f"{call.request.base_url}upload?upload_id={session.publish_id}&upload_token={session.secret}"

    def verified(self, address: object) -> str:
        """An address on a host that the app has proved to own. Raises Refusal."""
        parts = urlsplit(address if isinstance(address, str) else "")
        if parts.scheme not in ("http", "https") or parts.hostname not in _VERIFIED_HOSTS:
            raise Refusal("url_ownership_unverified", "Please review our URL ownership verification rules.")
        return parts.geturl()

    def pull(self, session: Session, addresses: list[str]) -> None:
        """Fetch the media in the background."""
        task = asyncio.create_task(self._fetch(session, addresses))
        self._pulls.add(task)
        task.add_done_callback(self._pulls.discard)

    async def put(self, request: Request) -> Response:
        """One chunk: 206, or 201 with the last. They come whole and in order."""
        query = request.query_params
        session = self._sessions.find(query.get("upload_id", ""))
        if session is None or query.get("upload_token") != session.secret or self._expired(session):
            return refuse_plainly(403, "The upload URL is invalid or has expired.")
        match = _RANGE.fullmatch(request.headers.get("content-range", ""))
        content = await request.body()
        if match is None or len(content) != int(request.headers.get("content-length", "-1")):
            return refuse_plainly(400, "Content-Range and Content-Length must describe the chunk.")
        if request.headers.get("content-type", _VIDEOS[0]) not in _VIDEOS:
            return refuse_plainly(400, f"Content-Type must be one of {', '.join(_VIDEOS)}.")
        first, last, total = map(int, match.groups())
        if session.ended or not _follows(session, first, last, total, len(content)):
            refusal = refuse_plainly(416, "The Content-Range does not follow what was received.")
            refusal.headers["content-range"] = f"bytes */{session.size}"
            return refusal
        session.take(content, _length(content))
        self._sessions.keep(session)
        if session.received < session.size:
            return Response(
                status_code=206, headers={"content-range": f"bytes 0-{session.received - 1}/{session.size}"}
            )
        self._end(session, [Media(_recognise(bytes.fromhex(session.head)), session.size, session.sha256)])
        return Response(status_code=201)

    def _expired(self, session: Session) -> bool:
        return self._sessions.world.now() - datetime.fromisoformat(session.opened_at) > _ADDRESS_LIFE

    async def _fetch(self, session: Session, addresses: list[str]) -> None:
        """Pull every medium, then publish; anything that fails is the post's fail reason."""
        media = []
        try:
            async with httpx.AsyncClient(timeout=_PULL_TIMEOUT_S, trust_env=False) as http:
                for address in addresses:
                    media.append(await _medium(http, address, session))
        except (httpx.HTTPError, httpx.InvalidURL):
            self._sessions.fail(session, "photo_pull_failed" if session.photos else "video_pull_failed")
            return
        self._end(session, media)

    def _end(self, session: Session, media: list[Media]) -> None:
        wanted = {"image/jpeg", "image/webp"} if session.photos else {"video/mp4"}
        if not {medium.content_type for medium in media} <= wanted:
            self._sessions.fail(session, "file_format_check_failed")
        elif session.photos and any(medium.size > _LARGEST_PICTURE for medium in media):
            self._sessions.fail(session, "picture_size_check_failed")
        elif session.seconds is not None and session.seconds > LONGEST_SECONDS:
            self._sessions.fail(session, "duration_check_failed")
        else:
            self._sessions.finish(session, media)


def _follows(session: Session, first: int, last: int, total: int, length: int) -> bool:
    """Whether a chunk is the next one: of the size that was announced, but the last, which takes the remainder."""
    if (first, total, last - first + 1) != (session.received, session.size, length):
        return False
    place, count = first // session.chunk, session.size // session.chunk
    return last + 1 == total if place == count - 1 else length == session.chunk


async def _medium(http: httpx.AsyncClient, address: str, session: Session) -> Media:
    """Fetch one medium. Raises httpx.HTTPError."""
    digest, size, head = hashlib.sha256(), 0, b""
    async with http.stream("GET", address) as response:
        response.raise_for_status()
        async for piece in response.aiter_bytes():
            head = head or piece[:16]
            if not session.photos:
                session.seconds = _length(piece) or session.seconds
            digest.update(piece)
            size += len(piece)
            session.received += len(piece)
            if size > _PULL_MOST:
                raise httpx.RequestError("the medium is too large", request=response.request)
    return Media(_recognise(head), size, digest.hexdigest())


def _recognise(head: bytes) -> str:
    """Content type by the first bytes; what the server claims does not count."""
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/webp" if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else "application/octet-stream"


def _length(content: bytes) -> float | None:
    """Seconds that a film says it takes, where its movie header (ISO/IEC 14496-12) lies within these bytes."""
    at = content.find(b"mvhd")
    if at < 0 or len(content) < at + 36:
        return None
    wide = content[at + 4] == 1
    scale_at, width = (at + 24, 8) if wide else (at + 16, 4)
    scale = int.from_bytes(content[scale_at : scale_at + 4])
    units = int.from_bytes(content[scale_at + 4 : scale_at + 4 + width])
    return units / scale if scale else None
