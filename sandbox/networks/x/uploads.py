"""The media that accounts have sent and not yet lost. What X holds of one survives a restart."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.x.asked import numeric
from sandbox.networks.x.errors import Problem, invalid, missing
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.world import Media

LIFE = timedelta(days=1)
PROCESSING = timedelta(seconds=2)
_MEGABYTE = 1_000_000
LARGEST = {"image": 5 * _MEGABYTE, "gif": 15 * _MEGABYTE, "video": 512 * _MEGABYTE, "subtitles": _MEGABYTE}
CATEGORIES = {
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
    alt_text: str | None = None

    @property
    def key(self) -> str:
        """The media key; its prefix tells the kind."""
        return {"image": "3", "gif": "16"}.get(self.sort, "7") + "_" + self.id


def usable(call: Call, upload: Upload) -> bool:
    """Whether a post may carry it now."""
    return upload.medium is not None and (upload.ready_at is None or upload.ready_at <= call.world.now())


class Store:
    """Uploads by id."""

    def __init__(self) -> None:
        self._known: dict[str, Upload] = {}

    def open(self, call: Call, category: object) -> Upload:
        """Begin an upload of a category."""
        sort = CATEGORIES.get(str(category))
        if sort is None:
            raise invalid("media_category", category, f"The media_category [{category}] is not valid")
        now = call.world.now()
        # Ids of media sort by time as those of posts do.
        number = (int(now.timestamp() * 1000) - 1_288_834_974_657 << 22) + len(self._known)
        upload = Upload(str(number), call.account.external_id, sort, now + LIFE)
        self._known[upload.id] = upload
        keep(call, upload)
        return upload

    def known(self, call: Call, media_id: str) -> Upload | None:
        """The account's own living upload."""
        upload = self._known.get(media_id) or _recalled(call, media_id)
        if upload is None or upload.owner != call.account.external_id or upload.expires_at <= call.world.now():
            return None
        self._known[media_id] = upload
        return upload

    def find(self, call: Call, media_id: str) -> Upload:
        """The account's own living upload. Raises Problem."""
        upload = self.known(call, numeric(media_id, "media_id"))
        if upload is None:
            raise missing("media", "media_id", media_id)
        return upload


def append(call: Call, upload: Upload, index: int, content: bytes) -> None:
    """Put a segment in its place; one that comes again takes the place of the first."""
    if upload.medium is not None:
        raise invalid("media_id", upload.id, "The upload is already finalized")
    if sum(map(len, upload.segments.values())) + len(content) > LARGEST[upload.sort]:
        raise invalid("media", index, f"The media is larger than {LARGEST[upload.sort]} bytes")
    upload.segments[index] = content
    encoded = base64.b64encode(content).decode("ascii")
    call.world.note(NETWORK, f"segment {upload.id} {index}", {"content": encoded})
    keep(call, upload)


def close(call: Call, upload: Upload) -> None:
    """Check a whole medium and keep what stands for it."""
    if upload.medium is not None:
        return
    if sorted(upload.segments) != list(range(len(upload.segments))) or not upload.segments:
        raise invalid("media", upload.id, "Segments do not add up to provided total file size.")
    content = b"".join(upload.segments[index] for index in sorted(upload.segments))
    if upload.expected not in (None, len(content)):
        raise invalid("media", upload.id, "Segments do not add up to provided total file size.")
    content_type, sort = _recognise(content)
    if sort != upload.sort or len(content) > LARGEST[sort]:
        raise Problem(400, "Invalid Request", f"The media is no {upload.sort} that X accepts.", "invalid-request")
    upload.medium = Media(content_type, len(content), hashlib.sha256(content).hexdigest())
    for index in upload.segments:
        call.world.note(NETWORK, f"segment {upload.id} {index}", {})
    upload.segments.clear()
    if sort == "video":
        upload.ready_at = call.world.now() + PROCESSING
    keep(call, upload)


def keep(call: Call, upload: Upload) -> None:
    """Let an upload outlive the process."""
    about = {
        "id": upload.id,
        "owner": upload.owner,
        "sort": upload.sort,
        "expires_at": upload.expires_at.isoformat(),
        "expected": upload.expected,
        "medium": asdict(upload.medium) if upload.medium else None,
        "ready_at": upload.ready_at.isoformat() if upload.ready_at else None,
        "alt_text": upload.alt_text,
        "segments": sorted(upload.segments),
    }
    call.world.note(NETWORK, f"media {upload.id}", about)


def _recalled(call: Call, media_id: str) -> Upload | None:
    """An upload from before the process began."""
    about = call.world.noted(NETWORK, f"media {media_id}")
    if about is None:
        return None
    times: dict[str, Any] = {
        name: datetime.fromisoformat(about[name]) if about[name] else None for name in ("expires_at", "ready_at")
    }
    segments = {index: _segment(call, media_id, index) for index in about["segments"]}
    medium = Media(**about["medium"]) if about["medium"] else None
    return Upload(**{**about, **times, "segments": segments, "medium": medium})


def _segment(call: Call, media_id: str, index: int) -> bytes:
    about = call.world.noted(NETWORK, f"segment {media_id} {index}") or {}
    return base64.b64decode(about.get("content", ""))


def _recognise(content: bytes) -> tuple[str, str]:
    """Content type and kind of a medium, by its first bytes."""
    if content[4:8] == b"ftyp":
        return "video/mp4", "video"
    for signature, content_type, sort in _SIGNATURES:
        if content.startswith(signature):
            return content_type, sort
    return "text/srt", "subtitles"
