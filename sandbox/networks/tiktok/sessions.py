"""Posts on their way: bytes put in chunks or pulled from an address, then a moment until all can see them.

A publish id ends in the id that the post will have, so that its state is known as long as the post is.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.tiktok.errors import Refusal
from sandbox.networks.tiktok.gate import NETWORK, Call, refuse_plainly
from sandbox.world import Account, Media, Post, World

_ADDRESS_LIFE = timedelta(hours=1)
_PROCESSING = timedelta(seconds=1)
_MODERATION = timedelta(seconds=3)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_VERIFIED_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_SORTS = ("v_pub_file", "v_pub_url", "p_pub_url")
_PULL_TIMEOUT_S = 30.0
_PULL_MOST = 64_000_000


@dataclass
class Session:
    """One post on its way. Bytes are digested as they come and not kept."""

    publish_id: str
    owner: str
    caption: str
    privacy: str
    opened_at: datetime
    title: str | None = None
    size: int = 0
    chunk: int = 0
    secret: str = ""
    received: int = 0
    head: bytes = b""
    digest: Any = field(default_factory=hashlib.sha256)
    fail_reason: str | None = None

    def kept(self) -> dict[str, Any]:
        """What outlives the process: everything but bytes that are not yet a video."""
        names = ("publish_id", "owner", "caption", "privacy", "title", "size", "chunk", "secret", "fail_reason")
        return {name: getattr(self, name) for name in names} | {"opened_at": self.opened_at.isoformat()}

    @property
    def post_id(self) -> str:
        """The id that the post has once it is there."""
        return self.publish_id.rsplit(".", 1)[-1]

    @property
    def pulled(self) -> bool:
        """Whether TikTok fetches the media itself."""
        return not self.publish_id.startswith("v_pub_file")


class Sessions:
    """All posts on their way, and what became of them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, Session] = {}
        self._pulls: set[asyncio.Task[None]] = set()

    def open(self, call: Call, sort: str, caption: str, privacy: str, **more: Any) -> Session:
        """Begin a post; `more` are further members of the session."""
        now = self._world.now()
        number = (int(now.timestamp()) << 32) | secrets.randbits(32)
        secret = secrets.token_urlsafe(24)
        publish_id = f"{sort}~v2-1.{number}"
        session = Session(publish_id, call.account.external_id, caption, privacy, now, secret=secret, **more)
        self._known[session.publish_id] = session
        self._keep(session)
        return session

    def find(self, publish_id: str) -> Session | None:
        """A post on its way, also from before the process began."""
        about = self._world.noted(NETWORK, publish_id)
        if publish_id not in self._known and about is not None:
            session = Session(**{**about, "opened_at": datetime.fromisoformat(about["opened_at"])})
            self._known[publish_id] = session
            if session.pulled and self._world.post(NETWORK, session.post_id) is None:
                # Nobody fetches any more what was being fetched when the process ended.
                self._fail(session, session.fail_reason or "internal")
        return self._known.get(publish_id)

    def private(self, post: Post) -> bool:
        """Whether only its author sees a post."""
        about = (self._world.noted(NETWORK, f"{sort}~v2-1.{post.external_id}") for sort in _SORTS)
        return any(one is not None and one["privacy"] != "PUBLIC_TO_EVERYONE" for one in about)

    def started(self, account: Account, since: datetime) -> int:
        """How many posts an account has begun since a moment."""
        mine = [about for about in self._world.notes(NETWORK) if about["owner"] == account.external_id]
        return sum(datetime.fromisoformat(about["opened_at"]) > since for about in mine)

    def address(self, call: Call, session: Session) -> str:
        """Where the bytes of a video go; the address itself is the permission."""
        return f"{call.request.base_url}upload?upload_id={session.post_id}&upload_token={session.secret}"

    def verified(self, address: str) -> str:
        """An address on a host that the app has proved to own. Raises Refusal."""
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or parts.hostname not in _VERIFIED_HOSTS:
            raise Refusal("url_ownership_unverified", "Please review our URL ownership verification rules.")
        return address

    def pull(self, session: Session, addresses: list[str]) -> None:
        """Fetch the media in the background."""
        task = asyncio.create_task(self._fetch(session, addresses))
        self._pulls.add(task)
        task.add_done_callback(self._pulls.discard)

    async def put(self, request: Request) -> Response:
        """One chunk: 206, or 201 with the last."""
        query = request.query_params
        session = self.find(f"v_pub_file~v2-1.{query.get('upload_id', '')}")
        known = session is not None and query.get("upload_token") == session.secret
        if session is None or not known or self._world.now() - session.opened_at > _ADDRESS_LIFE:
            return refuse_plainly(403, "The upload URL is invalid or has expired.")
        match = _RANGE.fullmatch(request.headers.get("content-range", ""))
        content = await request.body()
        if match is None or len(content) != int(request.headers.get("content-length", "-1")):
            return refuse_plainly(400, "Content-Range and Content-Length must describe the chunk.")
        first, last, total = map(int, match.groups())
        if (first, total) != (session.received, session.size) or last - first + 1 != len(content):
            return self._out_of_range(session)
        if last + 1 != total and len(content) != session.chunk:
            return self._out_of_range(session)
        session.head = session.head or content[:16]
        session.digest.update(content)
        session.received += len(content)
        if session.received < session.size:
            stored = {"content-range": f"bytes 0-{session.received - 1}/{session.size}"}
            return Response(status_code=206, headers=stored)
        self._finish_video(session)
        return Response(status_code=201)

    def status(self, call: Call, publish_id: str) -> dict[str, Any]:
        """The state of a post as TikTok tells it. Raises Refusal."""
        session = self.find(publish_id)
        if session is None:
            raise Refusal("invalid_publish_id", "The publish_id does not exist.")
        if session.owner != call.account.external_id:
            raise Refusal("token_not_authorized_for_specified_publish_id", "The publish_id belongs to another user.")
        post, now = self._world.post(NETWORK, session.post_id), call.world.now()
        answer: dict[str, Any] = {"status": "PROCESSING_DOWNLOAD" if session.pulled else "PROCESSING_UPLOAD"}
        answer["downloaded_bytes" if session.pulled else "uploaded_bytes"] = session.received
        if session.fail_reason is not None:
            return answer | {"status": "FAILED", "fail_reason": session.fail_reason}
        if post is None or now - post.created_at < _PROCESSING:
            return answer
        seen = not self.private(post) and now - post.created_at >= _MODERATION
        # The misspelling is TikTok's own.
        ids = {"publicaly_available_post_id": [int(post.external_id)] if seen else []}
        return answer | {"status": "PUBLISH_COMPLETE"} | ids

    def _keep(self, session: Session) -> None:
        self._world.note(NETWORK, session.publish_id, session.kept())

    def _fail(self, session: Session, reason: str) -> None:
        session.fail_reason = reason
        self._keep(session)

    def _out_of_range(self, session: Session) -> Response:
        refusal = refuse_plainly(416, "The Content-Range does not follow what was received.")
        refusal.headers["content-range"] = f"bytes */{session.size}"
        return refusal

    def _finish_video(self, session: Session) -> None:
        if session.head[4:8] != b"ftyp":
            self._fail(session, "file_format_check_failed")
            return
        self._publish(session, "video", [Media("video/mp4", session.size, session.digest.hexdigest())])

    async def _fetch(self, session: Session, addresses: list[str]) -> None:
        """Pull every medium, then publish; anything that fails is the post's fail reason."""
        photos = session.publish_id.startswith("p_pub")
        media = []
        try:
            async with httpx.AsyncClient(timeout=_PULL_TIMEOUT_S, trust_env=False) as http:
                for address in addresses:
                    media.append(await _medium(http, address, session))
        except (httpx.HTTPError, httpx.InvalidURL):
            self._fail(session, "photo_pull_failed" if photos else "video_pull_failed")
            return
        wanted = {"image/jpeg", "image/webp"} if photos else {"video/mp4"}
        if not {medium.content_type for medium in media} <= wanted:
            self._fail(session, "file_format_check_failed")
            return
        kind = ("image" if len(media) == 1 else "carousel") if photos else "video"
        self._publish(session, kind, media)

    def _publish(self, session: Session, kind: str, media: list[Media]) -> None:
        self._world.create_post(
            NETWORK,
            session.owner,
            kind=kind,
            text=session.caption,
            title=session.title,
            media=media,
            external_id=session.post_id,
        )


async def _medium(http: httpx.AsyncClient, address: str, session: Session) -> Media:
    """Fetch one medium. Raises httpx.HTTPError."""
    digest, size, head = hashlib.sha256(), 0, b""
    async with http.stream("GET", address) as response:
        response.raise_for_status()
        async for piece in response.aiter_bytes():
            head = head or piece[:16]
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
