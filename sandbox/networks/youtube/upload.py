"""Resumable uploads: an address for the bytes, chunks with 308 between them, and the video at the end."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.youtube.errors import Refusal
from sandbox.networks.youtube.gate import NETWORK, Call
from sandbox.networks.youtube.shapes import Sheet, Sheets, video
from sandbox.web import json_response
from sandbox.world import Media, Post, World

_CHUNK = 256 * 1024
_LARGEST = 274_877_906_944
_LIFE = timedelta(days=7)
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
_WRITABLE = frozenset({"snippet", "status"})


@dataclass
class Session:
    """One upload and the id that its video will have. Bytes are digested as they come and not kept."""

    video_id: str
    account_id: str
    opened_at: datetime
    title: str
    description: str
    sheet: Sheet
    parts: set[str]
    content_type: str
    size: int | None
    received: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def kept(self) -> dict[str, Any]:
        """What outlives the process: everything but bytes that are not yet a video."""
        names = ("video_id", "account_id", "title", "description", "content_type", "size")
        structured = {"sheet": asdict(self.sheet), "parts": sorted(self.parts), "opened_at": self.opened_at.isoformat()}
        return {name: getattr(self, name) for name in names} | structured


class Uploads:
    """Sessions by the secret in their address, which is all the permission that the bytes need."""

    def __init__(self, world: World, sheets: Sheets) -> None:
        self._world = world
        self._sheets = sheets
        self._sessions: dict[str, Session] = {}

    async def start(self, call: Call) -> Response:
        """Take the description of a video and say where its bytes go."""
        if call.request.query_params.get("uploadType") != "resumable":
            raise _bad("badRequest", "uploadType must be resumable.")
        parts = call.parts()
        title, description, sheet = _described(await _body(call.request), parts)
        length = call.request.headers.get("x-upload-content-length")
        if length is not None and (not length.isdecimal() or not 0 < int(length) <= _LARGEST):
            raise _bad("mediaBodyRequired", "The request does not include the video content.", "youtube.video")
        content_type = call.request.headers.get("x-upload-content-type", "video/*")
        if not content_type.startswith("video/") and content_type != "application/octet-stream":
            raise _bad("badContent", f"Media type '{content_type}' is not supported.")
        size = int(length) if length else None
        owner = call.account.external_id
        session = Session(
            secrets.token_urlsafe(8), owner, call.world.now(), title, description, sheet, parts, content_type, size
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
        if session is None or account is None or self._world.now() - session.opened_at > _LIFE:
            return Response("Not Found", 404)
        self._sessions[upload_id] = session
        content = await request.body()
        try:
            if self._world.post(NETWORK, session.video_id) is None:
                self._receive(request, session, content)
        except Refusal as refusal:
            return json_response(refusal.body, refusal.code)
        post = self._world.post(NETWORK, session.video_id)
        if post is None:
            return _incomplete(session)
        return _finished(Call(self._world, request, account), session, post)

    def _receive(self, request: Request, session: Session, content: bytes) -> None:
        """Take what a request brings to a session that is not finished. Raises Refusal."""
        first, total = _described_range(request, len(content))
        session.size = total if total is not None else session.size
        # Bytes sent twice are skipped, a gap is asked for again.
        if first is None or first > session.received:
            return
        last = first + len(content) == session.size
        if not last and len(content) % _CHUNK:
            raise _bad("badRequest", f"Chunks must be multiples of {_CHUNK} bytes.")
        new = content[session.received - first :]
        session.digest.update(new)
        session.received += len(new)
        if session.size is not None and session.received > session.size:
            raise _bad("badRequest", "More bytes than announced.")
        if last:
            self._finish(session)

    def _finish(self, session: Session) -> None:
        media = Media(session.content_type, session.received, session.digest.hexdigest())
        self._sheets.keep(session.video_id, session.sheet)
        self._world.create_post(
            NETWORK,
            session.account_id,
            kind="video",
            text=session.description,
            title=session.title,
            media=[media],
            external_id=session.video_id,
        )

    def _recalled(self, upload_id: str) -> Session | None:
        """A session from before the process began; of its bytes nothing is left unless it was finished."""
        about = self._world.noted(NETWORK, f"upload {upload_id}")
        if about is None:
            return None
        opened_at = datetime.fromisoformat(about["opened_at"])
        structured = {"sheet": Sheet(**about["sheet"]), "parts": set(about["parts"]), "opened_at": opened_at}
        return Session(**{**about, **structured})


def _finished(call: Call, session: Session, post: Post) -> Response:
    """The video, as it is right after its upload."""
    shown = video(call, post, session.sheet, session.parts)
    if "status" in shown:
        shown["status"]["uploadStatus"] = "uploaded"
    return json_response(shown)


def _incomplete(session: Session) -> Response:
    """How much is stored; no Range means nothing is."""
    return Response(status_code=308, headers={"range": f"bytes=0-{session.received - 1}"} if session.received else {})


def _described_range(request: Request, length: int) -> tuple[int | None, int | None]:
    """Where a chunk begins (None: only a question) and how long the whole is (None: not said). Raises Refusal."""
    header = request.headers.get("content-range")
    if header is None:
        return 0, length
    match = _RANGE.fullmatch(header)
    if match is None:
        raise _bad("badRequest", f"Invalid Content-Range: {header}")
    total = None if match[3] == "*" else int(match[3])
    if match[1] is None:
        return None, total
    first, last = int(match[1]), int(match[2])
    if last - first + 1 != length or (total is not None and last >= total):
        raise _bad("badRequest", f"Content-Range {header} does not fit {length} bytes.")
    return first, total


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise _bad("parseError", "Parse Error") from error
    if not isinstance(body, dict):
        raise _bad("parseError", "Parse Error")
    return body


def _described(body: dict[str, Any], parts: set[str]) -> tuple[str, str, Sheet]:
    """Title, description and the rest of a new video, checked. Raises Refusal."""
    if not parts <= _WRITABLE | {"id", "contentDetails", "statistics", "processingDetails"}:
        raise _bad("unknownPart", "The part parameter names an unknown part.", "youtube.parameter")
    snippet, status = body.get("snippet") or {}, body.get("status") or {}
    if not isinstance(snippet, dict) or not isinstance(status, dict):
        raise _bad("invalidVideoMetadata", "The request metadata is invalid.", "youtube.video")
    title, description = snippet.get("title"), snippet.get("description", "")
    if not isinstance(title, str) or not 1 <= len(title) <= 100 or set("<>") & set(title):
        raise _bad("invalidTitle", "The request metadata specifies an invalid or empty video title.", "youtube.video")
    if not isinstance(description, str) or len(description.encode()) > 5000 or set("<>") & set(description):
        raise _bad(
            "invalidDescription", "The request metadata specifies an invalid video description.", "youtube.video"
        )
    tags = snippet.get("tags", [])
    if not isinstance(tags, list) or sum(len(str(tag)) for tag in tags) > 500:
        raise _bad("invalidTags", "The request metadata specifies invalid video keywords.", "youtube.video")
    category = str(snippet.get("categoryId", "22"))
    if not category.isdecimal():
        raise _bad(
            "invalidCategoryId", "The snippet.categoryId property specifies an invalid category ID.", "youtube.video"
        )
    privacy = status.get("privacyStatus", "public")
    if privacy not in ("public", "unlisted", "private"):
        raise _bad("invalidVideoMetadata", "The request metadata is invalid.", "youtube.video")
    if "publishAt" in status and privacy != "private":
        raise _bad(
            "invalidPublishAt", "The request metadata specifies an invalid scheduled publishing time.", "youtube.video"
        )
    for_kids = bool(status.get("selfDeclaredMadeForKids", False))
    return title, description, Sheet(privacy, [str(tag) for tag in tags], category, for_kids)


def _bad(reason: str, message: str, domain: str = "global") -> Refusal:
    return Refusal(400, reason, message, domain)
