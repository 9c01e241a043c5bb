"""Media on their way to a post: in one piece, or initialized, appended in segments and finalized."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sandbox.networks.x.asked import json_object, numeric
from sandbox.networks.x.body import FLAG, ID, check, checked, many, members, one_of, text, whole
from sandbox.networks.x.errors import Problem, invalid
from sandbox.networks.x.gate import Call
from sandbox.networks.x.uploads import CATEGORIES, LARGEST, PROCESSING, Store, Upload, append, close, keep, usable
from sandbox.web import json_response

__all__ = ["Upload", "Uploads", "usable"]

_TYPES = (
    "video/mp4 video/webm video/mp2t video/quicktime text/srt text/vtt image/jpeg image/gif image/bmp image/png"
    " image/webp image/pjpeg image/tiff model/gltf-binary model/vnd.usdz+zip"
).split()
_INITIALIZE = members(
    additional_owners=many(ID),
    media_category=one_of(*CATEGORIES),
    media_type=one_of(*_TYPES),
    shared=FLAG,
    total_bytes=whole(0, 17_179_869_184),
)
_METADATA = members(
    ("id",),
    open_=True,
    id=ID,
    metadata=members(open_=True, alt_text=members(("text",), open_=True, text=text(0, 1000))),
)
_MOST_SEGMENTS = 1000
_COMMANDS = ("INIT", "APPEND", "FINALIZE")


class Uploads(Store):
    """What the endpoints of media answer."""

    async def once(self, call: Call) -> Response:
        """A small medium in one call, or the older form of the three calls, told apart by `command`."""
        parts = await _parts(call)
        command = parts.get("command")
        if command is None:
            content = _content(parts)
            upload = self.open(call, parts.get("media_category", "tweet_image"))
            append(call, upload, 0, content)
            close(call, upload)
            return _shown(call, upload)
        if command not in _COMMANDS:
            raise invalid("command", command, f"The command is one of {', '.join(_COMMANDS)}")
        if command == "INIT":
            return self._initialized(call, parts, _size(parts))
        upload = self.find(call, str(parts.get("media_id")))
        if command == "FINALIZE":
            return self._finalized(call, upload)
        self._appended(call, upload, parts)
        return _shown(call, upload)

    async def initialize(self, call: Call) -> Response:
        """Begin an upload whose size is known."""
        if _is_json(call):
            body = await checked(call, _INITIALIZE)
            return self._initialized(call, body, body.get("total_bytes"))
        parts = await _parts(call)
        return self._initialized(call, parts, _size(parts))

    async def append(self, call: Call) -> Response:
        """Add one segment."""
        upload = self.find(call, call.request.path_params["id"])
        return self._appended(call, upload, await _parts(call))

    async def finalize(self, call: Call) -> Response:
        """Put the segments together."""
        return self._finalized(call, self.find(call, call.request.path_params["id"]))

    async def status(self, call: Call) -> Response:
        """How far the processing of a medium is."""
        query = call.request.query_params
        if query.get("command", "STATUS") != "STATUS":
            raise invalid("command", query["command"], "The command must be STATUS")
        return _shown(call, self.find(call, query.get("media_id", "")))

    async def describe(self, call: Call) -> Response:
        """Alt text for an upload."""
        body = await checked(call, _METADATA)
        upload = self.find(call, body["id"])
        metadata = body.get("metadata", {})
        if "alt_text" in metadata:
            upload.alt_text = metadata["alt_text"]["text"]
            keep(call, upload)
        known = {"alt_text": {"text": upload.alt_text}} if upload.alt_text else {}
        return json_response({"data": {"id": upload.id, "associated_metadata": known}})

    def _initialized(self, call: Call, parts: dict[str, Any], size: int | None) -> Response:
        category = parts.get("media_category", "tweet_image")
        sort = CATEGORIES.get(str(category))
        if sort is not None and (size is None or not 0 < size <= LARGEST[sort]):
            raise invalid("total_bytes", size, f"The total_bytes [{size}] is not allowed for {sort}")
        upload = self.open(call, category)
        upload.expected = size
        keep(call, upload)
        return _shown(call, upload)

    def _appended(self, call: Call, upload: Upload, parts: dict[str, Any]) -> Response:
        index = parts.get("segment_index", "")
        if isinstance(index, str) and index.isascii() and index.isdecimal() and len(index) < 5:
            index = int(index)
        check(index, whole(0, _MOST_SEGMENTS - 1), "$.segment_index")
        append(call, upload, index, _content(parts))
        return json_response({"data": {"expires_at": int(upload.expires_at.timestamp())}})

    def _finalized(self, call: Call, upload: Upload) -> Response:
        close(call, upload)
        return _shown(call, upload)


def _is_json(call: Call) -> bool:
    return call.request.headers.get("content-type", "").startswith("application/json")


async def _parts(call: Call) -> dict[str, Any]:
    """The members of a JSON or form body; a file as its bytes."""
    if _is_json(call):
        return await json_object(call)
    try:
        async with call.request.form() as form:
            return {
                name: await value.read() if isinstance(value, UploadFile) else value for name, value in form.items()
            }
    except (HTTPException, ValueError) as error:
        raise Problem(400, "Invalid Request", "The body is no form.", "invalid-request") from error


def _size(parts: dict[str, Any]) -> int | None:
    """How large a form says that a medium is."""
    size = str(parts.get("total_bytes", ""))
    return int(size) if size.isascii() and size.isdecimal() and len(size) < 12 else None


def _content(parts: dict[str, Any]) -> bytes:
    """The bytes of a medium, sent plainly or as base64."""
    content = parts.get("media", parts.get("media_data"))
    if isinstance(content, bytes) and content:
        return content
    if not isinstance(content, str) or not content:
        raise invalid("media", "", "The `media` parameter can not be empty")
    try:
        found = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise invalid("media", "", "The media is neither a file nor base64") from error
    if not found:
        raise invalid("media", "", "The `media` parameter can not be empty")
    return found


def _shown(call: Call, upload: Upload) -> Response:
    """An upload as every media call answers it."""
    now = call.world.now()
    data: dict[str, Any] = {
        "id": numeric(upload.id, "id"),
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
    left = (ready_at - now) / PROCESSING
    return {
        "state": "pending" if left > 0.75 else "in_progress",
        "check_after_secs": 1,
        "progress_percent": int(100 * (1 - left)),
    }
