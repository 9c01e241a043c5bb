"""Media on its way to a post: in one piece, or initialized, appended in segments and finalized."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from sandbox.networks.x.asked import json_object, numeric
from sandbox.networks.x.errors import Problem, invalid, missing
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.web import json_response
from sandbox.world import Media

_LIFE = timedelta(days=1)
_PROCESSING = timedelta(seconds=2)
_MEGABYTE = 1_000_000
_LARGEST = {"image": 5 * _MEGABYTE, "gif": 15 * _MEGABYTE, "video": 512 * _MEGABYTE, "subtitles": _MEGABYTE}
_CATEGORIES = {
    "tweet_image": "image",
    "dm_image": "image",
    "tweet_gif": "gif",
    "dm_gif": "gif",
    "tweet_video": "video",
    "dm_video": "video",
    "amplify_video": "video",
    "subtitles": "subtitles",
}
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg", "image"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "image"),
    (b"GIF8", "image/gif", "gif"),
    (b"RIFF", "image/webp", "image"),
)


@dataclass
class Upload:
    """One medium. Its bytes are kept only until it is whole; then their digest and size stand for them."""

    id: str
    owner: str
    sort: str
    expires_at: datetime
    expected: int | None = None
    segments: dict[int, bytes] = field(default_factory=dict)
    medium: Media | None = None
    ready_at: datetime | None = None

    @property
    def key(self) -> str:
        """The media key; its prefix tells the kind."""
        return {"image": "3", "gif": "16"}.get(self.sort, "7") + "_" + self.id


class Uploads:
    """The media that accounts have sent and not yet lost."""

    def __init__(self) -> None:
        self._known: dict[str, Upload] = {}

    def open(self, call: Call, category: object) -> Upload:
        """Begin an upload of a category."""
        sort = _CATEGORIES.get(str(category))
        if sort is None:
            raise invalid("media_category", category, f"The media_category [{category}] is not valid")
        now = call.world.now()
        # Ids of media sort by time as those of posts do.
        number = (int(now.timestamp() * 1000) - 1_288_834_974_657 << 22) + len(self._known)
        upload = Upload(str(number), call.account.external_id, sort, now + _LIFE)
        self._known[upload.id] = upload
        _keep(call, upload)
        return upload

    def find(self, call: Call, media_id: str) -> Upload:
        """The account's own living upload."""
        upload = self._known.get(numeric(media_id, "media_id")) or _recalled(call, media_id)
        if upload is None or upload.owner != call.account.external_id or upload.expires_at <= call.world.now():
            raise missing("media", "media_id", media_id)
        self._known[media_id] = upload
        return upload

    async def once(self, call: Call) -> Response:
        """A small image in one call, or the older form of the three calls, told apart by `command`."""
        parts = await _parts(call)
        match parts.get("command"):
            case "INIT":
                return self._initialized(call, parts)
            case "APPEND":
                return self._appended(call, self.find(call, str(parts.get("media_id"))), parts)
            case "FINALIZE":
                return self._finalized(call, self.find(call, str(parts.get("media_id"))))
        content = _content(parts)
        upload = self.open(call, parts.get("media_category", "tweet_image"))
        upload.segments[0] = content
        _close(call, upload)
        return _shown(call, upload)

    async def initialize(self, call: Call) -> Response:
        """Begin an upload whose size is known."""
        return self._initialized(call, await _parts(call))

    async def append(self, call: Call) -> Response:
        """Add one segment."""
        upload = self.find(call, call.request.path_params["id"])
        return self._appended(call, upload, await _parts(call))

    async def finalize(self, call: Call) -> Response:
        """Put the segments together."""
        return self._finalized(call, self.find(call, call.request.path_params["id"]))

    async def status(self, call: Call) -> Response:
        """How far the processing of a video is."""
        return _shown(call, self.find(call, call.request.query_params.get("media_id", "")))

    def _initialized(self, call: Call, parts: dict[str, Any]) -> Response:
        upload = self.open(call, parts.get("media_category", "tweet_image"))
        size = str(parts.get("total_bytes", ""))
        if not size.isdecimal() or not 0 < int(size) <= _LARGEST[upload.sort]:
            raise invalid("total_bytes", size, f"The total_bytes [{size}] is not allowed for {upload.sort}")
        upload.expected = int(size)
        _keep(call, upload)
        return _shown(call, upload)

    def _appended(self, call: Call, upload: Upload, parts: dict[str, Any]) -> Response:
        index = str(parts.get("segment_index", ""))
        if not index.isdecimal() or int(index) > 999 or upload.medium is not None:
            raise invalid("segment_index", index, f"The segment_index [{index}] is not valid")
        upload.segments[int(index)] = _content(parts)
        return json_response({"data": {"expires_at": int(upload.expires_at.timestamp())}})

    def _finalized(self, call: Call, upload: Upload) -> Response:
        if upload.medium is None:
            _close(call, upload)
        return _shown(call, upload)


def usable(call: Call, upload: Upload) -> bool:
    """Whether a post may carry it now."""
    return upload.medium is not None and (upload.ready_at is None or upload.ready_at <= call.world.now())


def _close(call: Call, upload: Upload) -> None:
    """Check a whole medium and keep what stands for it."""
    if sorted(upload.segments) != list(range(len(upload.segments))) or not upload.segments:
        raise invalid("media", upload.id, "Segments do not add up to provided total file size.")
    content = b"".join(upload.segments[index] for index in sorted(upload.segments))
    if upload.expected not in (None, len(content)):
        raise invalid("media", upload.id, "Segments do not add up to provided total file size.")
    content_type, sort = _recognise(content)
    if sort != upload.sort or len(content) > _LARGEST[sort]:
        raise Problem(400, "Invalid Request", f"The media is no {upload.sort} that X accepts.", "invalid-request")
    upload.medium = Media(content_type, len(content), hashlib.sha256(content).hexdigest())
    upload.segments.clear()
    if sort == "video":
        upload.ready_at = call.world.now() + _PROCESSING
    _keep(call, upload)


def _keep(call: Call, upload: Upload) -> None:
    """Let an upload outlive the process; segments that are not put together yet do not."""
    about = {
        "id": upload.id,
        "owner": upload.owner,
        "sort": upload.sort,
        "expires_at": upload.expires_at.isoformat(),
        "expected": upload.expected,
        "medium": asdict(upload.medium) if upload.medium else None,
        "ready_at": upload.ready_at.isoformat() if upload.ready_at else None,
    }
    call.world.note(NETWORK, f"media {upload.id}", about)


def _recalled(call: Call, media_id: str) -> Upload | None:
    """An upload from before the process began."""
    about = call.world.noted(NETWORK, f"media {media_id}")
    if about is None:
        return None
    times = {name: datetime.fromisoformat(about[name]) if about[name] else None for name in ("expires_at", "ready_at")}
    return Upload(**{**about, **times, "medium": Media(**about["medium"]) if about["medium"] else None})


def _recognise(content: bytes) -> tuple[str, str]:
    """Content type and kind of a medium, by its first bytes."""
    if content[4:8] == b"ftyp":
        return "video/mp4", "video"
    for signature, content_type, sort in _SIGNATURES:
        if content.startswith(signature):
            return content_type, sort
    return "text/srt", "subtitles"


async def _parts(call: Call) -> dict[str, Any]:
    """The members of a JSON or form body; a file as its bytes."""
    if call.request.headers.get("content-type", "").startswith("application/json"):
        return await json_object(call)
    async with call.request.form() as form:
        return {name: await value.read() if isinstance(value, UploadFile) else value for name, value in form.items()}


def _content(parts: dict[str, Any]) -> bytes:
    """The bytes of a medium, sent plainly or as base64."""
    content = parts.get("media", parts.get("media_data"))
    if isinstance(content, bytes) and content:
        return content
    try:
        return base64.b64decode(str(content or ""), validate=True) or _nothing()
    except binascii.Error as error:
        raise invalid("media", "", "The media is neither a file nor base64") from error


def _nothing() -> bytes:
    raise invalid("media", "", "The `media` parameter can not be empty")


def _shown(call: Call, upload: Upload) -> Response:
    """An upload as every media call answers it."""
    now = call.world.now()
    data: dict[str, Any] = {
        "id": upload.id,
        "media_key": upload.key,
        "expires_after_secs": int((upload.expires_at - now).total_seconds()),
    }
    if upload.medium is not None:
        data["size"] = upload.medium.size
    if upload.ready_at is not None:
        data["processing_info"] = _processing(upload.ready_at, now)
    return json_response({"data": data})


def _processing(ready_at: datetime, now: datetime) -> dict[str, Any]:
    if now >= ready_at:
        return {"state": "succeeded", "progress_percent": 100}
    left = (ready_at - now) / _PROCESSING
    return {
        "state": "pending" if left > 0.75 else "in_progress",
        "check_after_secs": 1,
        "progress_percent": int(100 * (1 - left)),
    }
