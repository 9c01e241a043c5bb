"""Images, videos and documents on their way to a post."""

from __future__ import annotations

import hashlib
import io
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, UnidentifiedImageError
from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.linkedin import restli
from sandbox.networks.linkedin.call import Call
from sandbox.networks.linkedin.errors import invalid, missing, required
from sandbox.networks.linkedin.feed import milliseconds
from sandbox.networks.linkedin.people import NETWORK
from sandbox.web import json_response
from sandbox.world import Media, World

_PART = 4_194_304
_URL_LIFE = timedelta(days=1)
_PROCESSING = timedelta(seconds=2)
# Smaller videos than the 75 KB of the documentation are let through: the sandbox's own sample is one.
_SMALLEST_VIDEO, _LARGEST_VIDEO = 1, 500 * 1024 * 1024
_LARGEST_DOCUMENT = 100 * 1024 * 1024
_MOST_PIXELS = 36_152_320
_IMAGES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF8", "image/gif"))
_DOCUMENTS = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole"),
)
_WRITE = (("w_member_social",), ("w_organization_social",))


@dataclass
class Asset:
    """One medium. Parts are digested as they come; only tags and sizes are kept."""

    urn: str
    owner: str
    size: int | None
    secret: str
    expires_at: datetime
    parts: dict[int, str] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    digest: str = ""
    content_type: str = ""
    ready_at: datetime | None = None
    broken: bool = False

    @property
    def sort(self) -> str:
        """`image`, `video` or `document`."""
        return self.urn.split(":")[2]

    @property
    def received(self) -> int:
        """Bytes so far."""
        return sum(self.sizes.values())

    def status(self, now: datetime) -> str:
        """How far it is."""
        if self.broken:
            return "PROCESSING_FAILED"
        if self.ready_at is None:
            return "WAITING_UPLOAD"
        return "AVAILABLE" if now >= self.ready_at else "PROCESSING"

    def kept(self) -> dict[str, Any]:
        """What outlives the process."""
        moments = {"ready_at": self.ready_at, "expires_at": self.expires_at}
        return asdict(self) | {name: at.isoformat() if at else None for name, at in moments.items()}

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> Asset:
        """An asset from what was kept of it."""
        numbered = {name: {int(part): one for part, one in kept[name].items()} for name in ("parts", "sizes")}
        moments = {name: kept[name] and datetime.fromisoformat(kept[name]) for name in ("ready_at", "expires_at")}
        return cls(**{**kept, **numbered, **moments})

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
        return await self._announce_whole(call, "image")

    async def documents(self, call: Call) -> Response:
        """Announce a document."""
        return await self._announce_whole(call, "document")

    async def videos(self, call: Call) -> Response:
        """Announce a video, or say that all its parts are there."""
        if call.text("action", "") == "finalizeUpload":
            return self._finalize(call)
        asset, asked = self._announce(call, "video")
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
            "uploadUrlsExpireAt": milliseconds(asset.expires_at),
            "uploadInstructions": instructions,
            "uploadToken": "",
        }
        return json_response({"value": value})

    async def get(self, call: Call) -> Response:
        """How far a medium is."""
        return json_response(self._shown(call, call.key()))

    async def find(self, call: Call) -> Response:
        """How far several media are."""
        return json_response(restli.batch(call.ids(), lambda urn: self._shown(call, str(urn))))

    async def receive(self, request: Request) -> Response:
        """Bytes of an image, of a document, or of one part of a video."""
        asset = self._asset(f"urn:li:{request.path_params['sort']}:{request.path_params['name']}")
        if asset is None or request.query_params.get("sau") != asset.secret:
            return json_response({"message": "Upload URL is not valid", "status": 404}, 404)
        if self._world.now() >= asset.expires_at:
            return json_response({"message": "Upload URL is expired", "status": 403}, 403)
        part, content = int(request.path_params["part"]), await request.body()
        if asset.size is not None and len(content) != min(_PART, asset.size - part * _PART):
            return json_response({"message": "The part has not the announced size", "status": 400}, 400)
        tag = hashlib.sha256(content).hexdigest()
        asset.parts[part], asset.sizes[part] = tag, len(content)
        if part == 0:
            asset.content_type = _recognise(content)
        if asset.sort != "video":
            asset.digest, asset.ready_at = tag, self._world.now()
            asset.broken = not _is_good(asset.sort, asset.content_type, content)
        self._keep(asset)
        return Response(status_code=201 if asset.sort != "video" else 200, headers={"etag": tag})

    def attached(self, call: Call, urn: str) -> Asset:
        """An asset that a post may carry now. Raises Refusal."""
        asset = self._find(call, urn)
        match asset.status(call.world.now()):
            case "PROCESSING_FAILED":
                raise invalid(f"Media asset {urn} failed to process", "MEDIA_ASSET_PROCESSING_FAILED")
            case "WAITING_UPLOAD" | "PROCESSING":
                raise invalid(f"Media asset {urn} is not available yet", "MEDIA_ASSET_WAITING_UPLOAD")
        return asset

    async def _announce_whole(self, call: Call, sort: str) -> Response:
        asset, _ = self._announce(call, sort)
        expiry, url = milliseconds(asset.expires_at), self._address(call.request, asset, 0)
        return json_response({"value": {"uploadUrlExpiresAt": expiry, "uploadUrl": url, sort: asset.urn}})

    def _announce(self, call: Call, sort: str) -> tuple[Asset, dict[str, Any]]:
        call.one_of("action", ("initializeUpload",), "")
        asked = call.body().get("initializeUploadRequest")
        if not isinstance(asked, dict) or not isinstance(asked.get("owner"), str):
            raise required("/initializeUploadRequest/owner")
        call.author(asked["owner"], f"{sort}s.ACTION-initializeUpload", *_WRITE)
        urn, secret = f"urn:li:{sort}:D4E10AQ{secrets.token_hex(8)}", secrets.token_urlsafe(24)
        asset = Asset(urn, asked["owner"], None, secret, call.world.now() + _URL_LIFE)
        self._known[asset.urn] = asset
        self._keep(asset)
        return asset, asked

    def _finalize(self, call: Call) -> Response:
        asked = call.body().get("finalizeUploadRequest")
        if not isinstance(asked, dict):
            raise required("/finalizeUploadRequest")
        asset = self._find(call, str(asked.get("video")))
        tags = [tag for _, tag in sorted(asset.parts.items())]
        if asked.get("uploadedPartIds") != tags or asset.received != asset.size:
            raise invalid("uploadedPartIds do not match the uploaded parts", "PARAM_INVALID")
        if asset.ready_at is None:
            asset.digest = hashlib.sha256("".join(tags).encode()).hexdigest()
            asset.broken = not asset.content_type.startswith("video/")
            asset.ready_at = call.world.now() + _PROCESSING
            self._keep(asset)
        return json_response({})

    def _shown(self, call: Call, urn: str) -> dict[str, Any]:
        asset = self._find(call, urn)
        body: dict[str, Any] = {"id": asset.urn, "owner": asset.owner, "status": asset.status(call.world.now())}
        if body["status"] == "PROCESSING_FAILED":
            body["processingFailureReason"] = "The content is not of a format that is supported."
        return body

    def _find(self, call: Call, urn: str) -> Asset:
        """An asset of the member or of their organization. Raises Refusal."""
        asset = self._asset(urn)
        if asset is None or not (call.owns(asset.owner) or asset.owner == call.person.external_id):
            raise missing(urn)
        return asset

    def _asset(self, urn: str) -> Asset | None:
        """An asset by its URN, also from before the process began."""
        kept = self._world.noted(NETWORK, urn)
        if urn not in self._known and kept is not None:
            self._known[urn] = Asset.restored(kept)
        return self._known.get(urn)

    def _keep(self, asset: Asset) -> None:
        self._world.note(NETWORK, asset.urn, asset.kept())

    def _address(self, request: Request, asset: Asset, part: int) -> str:
        _, _, sort, name = asset.urn.split(":")
        return f"{request.base_url}dms-uploads/{sort}/{name}/{part}?sau={asset.secret}"


def _recognise(content: bytes) -> str:
    """Content type by the first bytes."""
    if content[4:8] == b"ftyp":
        return "video/mp4"
    known = (*_IMAGES, *_DOCUMENTS)
    return next((sort for signature, sort in known if content.startswith(signature)), "application/octet-stream")


def _is_good(sort: str, content_type: str, content: bytes) -> bool:
    """Whether an image or a document is what LinkedIn takes."""
    if sort == "document":
        return content_type in dict(_DOCUMENTS).values() and len(content) <= _LARGEST_DOCUMENT
    if content_type not in dict(_IMAGES).values():
        return False
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.width * picture.height < _MOST_PIXELS
    except UnidentifiedImageError:
        return False
