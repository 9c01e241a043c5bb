"""Images and videos on their way to a post."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.linkedin.errors import Refusal, denied, invalid, missing
from sandbox.networks.linkedin.gate import NETWORK, Call
from sandbox.networks.linkedin.read import milliseconds
from sandbox.web import json_response
from sandbox.world import Media, World

_PART = 4_194_304
_URL_LIFE = timedelta(days=1)
_PROCESSING = timedelta(seconds=2)
_SMALLEST_VIDEO, _LARGEST_VIDEO = 1, 500 * 1024 * 1024
_IMAGES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))


@dataclass
class Asset:
    """One image or video. Parts are digested as they come; only tags and sizes are kept."""

    urn: str
    owner: str
    size: int | None
    secret: str
    parts: dict[int, str] = field(default_factory=dict)
    received: int = 0
    digest: str = ""
    content_type: str = ""
    ready_at: datetime | None = None
    broken: bool = False

    @property
    def is_video(self) -> bool:
        """Videos come in parts and are processed."""
        return self.urn.startswith("urn:li:video:")

    def status(self, now: datetime) -> str:
        """How far it is."""
        if self.broken:
            return "PROCESSING_FAILED"
        if self.ready_at is None:
            return "WAITING_UPLOAD"
        return "AVAILABLE" if now >= self.ready_at else "PROCESSING"

    def kept(self) -> dict[str, Any]:
        """What outlives the process."""
        return asdict(self) | {"ready_at": self.ready_at.isoformat() if self.ready_at else None}

    def medium(self) -> Media:
        """What stands for it in the world."""
        return Media(self.content_type, self.received, self.digest)


class Assets:
    """What members have announced or sent. The upload addresses need no token, only their secret."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, Asset] = {}

    async def images(self, call: Call) -> Response:
        """Announce an image."""
        asset, _ = await self._announce(call, "image", "images")
        value = {
            "uploadUrlExpiresAt": self._expiry(),
            "uploadUrl": self._address(call.request, asset, 0),
            "image": asset.urn,
        }
        return json_response({"value": value})

    async def videos(self, call: Call) -> Response:
        """Announce a video, or say that all its parts are there."""
        if call.text("action", "") == "finalizeUpload":
            return await self._finalize(call)
        asset, asked = await self._announce(call, "video", "videos")
        size = asked.get("fileSizeBytes")
        if not isinstance(size, int) or not _SMALLEST_VIDEO <= size <= _LARGEST_VIDEO:
            raise invalid(f"fileSizeBytes is invalid: {size}", "PARAM_INVALID")
        asset.size = size
        self._keep(asset)
        instructions = [
            {
                "uploadUrl": self._address(call.request, asset, first // _PART),
                "firstByte": first,
                "lastByte": min(first + _PART, size) - 1,
            }
            for first in range(0, size, _PART)
        ]
        value = {
            "video": asset.urn,
            "uploadUrlsExpireAt": self._expiry(),
            "uploadInstructions": instructions,
            "uploadToken": "",
        }
        return json_response({"value": value})

    async def status(self, call: Call) -> Response:
        """How far an image or a video is."""
        asset = self.find(call, call.key())
        status = asset.status(call.world.now())
        return json_response({"id": asset.urn, "owner": asset.owner, "status": status})

    async def receive(self, request: Request) -> Response:
        """Bytes of an image or of one part of a video."""
        asset = self._asset(f"urn:li:{request.path_params['sort']}:{request.path_params['name']}")
        if asset is None or request.query_params.get("sau") != asset.secret:
            return json_response({"message": "Upload URL is not valid", "status": 404}, 404)
        part = int(request.path_params["part"])
        content = await request.body()
        tag = hashlib.sha256(content).hexdigest()
        if part not in asset.parts:
            asset.received += len(content)
        asset.parts[part] = tag
        if part == 0:
            asset.content_type = _recognise(content)
        if not asset.is_video:
            asset.digest, asset.ready_at = tag, self._world.now()
            asset.broken = not asset.content_type.startswith("image/")
        self._keep(asset)
        return Response(status_code=201 if not asset.is_video else 200, headers={"etag": tag})

    def find(self, call: Call, urn: str) -> Asset:
        """An asset of the member's organization. Raises Refusal."""
        asset = self._asset(urn)
        if asset is None or not call.owns(asset.owner):
            raise missing(urn)
        return asset

    def attached(self, call: Call, urn: str) -> Asset:
        """An asset that a post may carry now. Raises Refusal."""
        asset = self.find(call, urn)
        match asset.status(call.world.now()):
            case "PROCESSING_FAILED":
                raise invalid(f"Media asset {urn} failed to process", "MEDIA_ASSET_PROCESSING_FAILED")
            case "WAITING_UPLOAD" | "PROCESSING":
                raise invalid(f"Media asset {urn} is not available yet", "MEDIA_ASSET_WAITING_UPLOAD")
        return asset

    async def _announce(self, call: Call, sort: str, resource: str) -> tuple[Asset, dict[str, Any]]:
        if call.text("action", "") != "initializeUpload":
            raise invalid("Parameter 'action' is invalid", "PARAM_INVALID")
        asked = (await body(call)).get("initializeUploadRequest")
        if not isinstance(asked, dict) or not isinstance(asked.get("owner"), str):
            raise invalid("initializeUploadRequest.owner is required", "MISSING_FIELD")
        if not call.owns(asked["owner"]):
            raise denied(f"{resource}.ACTION-initializeUpload")
        asset = Asset(f"urn:li:{sort}:D4E10AQ{secrets.token_hex(8)}", asked["owner"], None, secrets.token_urlsafe(24))
        self._known[asset.urn] = asset
        self._keep(asset)
        return asset, asked

    async def _finalize(self, call: Call) -> Response:
        asked = (await body(call)).get("finalizeUploadRequest")
        if not isinstance(asked, dict):
            raise invalid("finalizeUploadRequest is required", "MISSING_FIELD")
        asset = self.find(call, str(asked.get("video")))
        tags = [tag for _, tag in sorted(asset.parts.items())]
        if asked.get("uploadedPartIds") != tags or asset.received != asset.size:
            raise invalid("uploadedPartIds do not match the uploaded parts", "PARAM_INVALID")
        asset.digest = hashlib.sha256("".join(tags).encode()).hexdigest()
        asset.broken = not asset.content_type.startswith("video/")
        asset.ready_at = call.world.now() + _PROCESSING
        self._keep(asset)
        return json_response({})

    def _asset(self, urn: str) -> Asset | None:
        """An asset by its URN, also from before the process began."""
        about = self._world.noted(NETWORK, urn)
        if urn not in self._known and about is not None:
            ready_at = datetime.fromisoformat(about["ready_at"]) if about["ready_at"] else None
            parts = {int(part): tag for part, tag in about["parts"].items()}
            self._known[urn] = Asset(**{**about, "parts": parts, "ready_at": ready_at})
        return self._known.get(urn)

    def _keep(self, asset: Asset) -> None:
        self._world.note(NETWORK, asset.urn, asset.kept())

    def _address(self, request: Request, asset: Asset, part: int) -> str:
        _, _, sort, name = asset.urn.split(":")
        return f"{request.base_url}dms-uploads/{sort}/{name}/{part}?sau={asset.secret}"

    def _expiry(self) -> int:
        return milliseconds(self._world.now() + _URL_LIFE)


async def body(call: Call) -> dict[str, Any]:
    """The JSON object of a request. Raises Refusal."""
    try:
        found = await call.request.json()
    except ValueError as error:
        raise Refusal(400, "Unable to parse request body", code="INVALID_REQUEST_BODY") from error
    if not isinstance(found, dict):
        raise Refusal(400, "The request body must be an object", code="INVALID_REQUEST_BODY")
    return found


def _recognise(content: bytes) -> str:
    """Content type by the first bytes."""
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return next((sort for signature, sort in _IMAGES if content.startswith(signature)), "application/octet-stream")
