"""Media on their way to a post. Nobody sees them until a post shows them.

The state names what is there already: `assets` are the URNs of whole media, `video` a video whose parts go up one by
one, each with the tag that LinkedIn gave it. `ready` says that LinkedIn has made all of them fit for a post.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from platforms.calls import json_object
from platforms.errors import Rejected, Unavailable
from platforms.linkedin.client import Client
from platforms.linkedin.restli import encoded
from platforms.posting import MediaFile, Pending

PROCESSING = timedelta(seconds=2)
_RESOURCES = {"image": "images", "video": "videos", "document": "documents"}
_DOCUMENTS = ("application/pdf", "application/msword", "application/vnd.")


def sort_of(media: MediaFile) -> str:
    """LinkedIn's word for a medium: `image`, `video` or `document`. Raises Rejected."""
    if media.is_video:
        return "video"
    if media.content_type.startswith("image/"):
        return "image"
    if media.content_type.startswith(_DOCUMENTS):
        return "document"
    raise Rejected(f"LinkedIn takes images, videos and documents, not {media.content_type}")


async def prepare(client: Client, media: Sequence[MediaFile], state: dict[str, Any]) -> Pending:
    """One step more: a medium announced, a part sent, or a look whether all are fit. Raises PlatformError."""
    assets: list[str] = state["assets"]
    if "video" in state:
        return await _go_on(client, media[len(assets)], state)
    if len(assets) < len(media):
        following = media[len(assets)]
        if sort_of(following) == "video":
            return _under_way({"assets": assets, "video": await _begin(client, following)})
        return _under_way({"assets": [*assets, await _send_whole(client, following)]})
    for urn in assets:
        if not await _is_available(client, urn):
            return _under_way(state, PROCESSING)
    return Pending({"assets": assets, "ready": True})


def _under_way(state: dict[str, Any], wait: timedelta = timedelta(0)) -> Pending:
    """Nothing can be live before the media are ready: after a crash publish may simply go on."""
    return Pending(state, wait, handle=True)


async def _send_whole(client: Client, media: MediaFile) -> str:
    """The URN of an image or a document."""
    sort = sort_of(media)
    place = await _announce(client, sort, {})
    await client.upload(str(place["uploadUrl"]), media.path.read_bytes(), media.content_type)
    return str(place[sort])


async def _begin(client: Client, media: MediaFile) -> dict[str, Any]:
    """Where the parts of a video go."""
    asked = {"fileSizeBytes": media.size, "uploadCaptions": False, "uploadThumbnail": False}
    place = await _announce(client, "video", asked)
    parts, expires_at = place.get("uploadInstructions"), place.get("uploadUrlsExpireAt")
    if not isinstance(parts, list) or not _is_whole(parts, media.size):
        raise Unavailable("LinkedIn does not say which bytes of the video go where")
    return {
        "urn": place["video"],
        "token": place.get("uploadToken", ""),
        "parts": parts,
        "expires_at": expires_at if isinstance(expires_at, int) else None,
        "tags": [],
    }


def _is_whole(parts: list[Any], size: int) -> bool:
    """Whether the parts are the whole file, in order."""
    following = 0
    for part in parts:
        if (
            not isinstance(part, dict)
            or part.get("firstByte") != following
            or not isinstance(part.get("lastByte"), int)
        ):
            return False
        following = part["lastByte"] + 1
    return following == size


async def _go_on(client: Client, media: MediaFile, state: dict[str, Any]) -> Pending:
    """The next part of a video; after the last LinkedIn is told so."""
    video, assets = state["video"], state["assets"]
    tags, parts = video["tags"], video["parts"]
    if video["expires_at"] is not None and client.now.timestamp() * 1000 >= video["expires_at"]:
        # Its addresses are closed: begin again, as nobody saw it.
        return _under_way({"assets": assets})
    if len(tags) == len(parts):
        final = {"video": video["urn"], "uploadToken": video["token"], "uploadedPartIds": tags}
        await client.post("/rest/videos?action=finalizeUpload", {"finalizeUploadRequest": final}, irreversible=False)
        return _under_way({"assets": [*assets, video["urn"]]})
    part = parts[len(tags)]
    with media.path.open("rb") as file:
        file.seek(part["firstByte"])
        content = file.read(part["lastByte"] - part["firstByte"] + 1)
    tag = await client.upload(part["uploadUrl"], content, "application/octet-stream")
    if tag is None:
        raise Unavailable("LinkedIn gave a part of the video no tag")
    return _under_way({"assets": assets, "video": {**video, "tags": [*tags, tag]}})


async def _announce(client: Client, sort: str, more: dict[str, Any]) -> dict[str, Any]:
    request = {"initializeUploadRequest": {"owner": client.account, **more}}
    response = await client.post(f"/rest/{_RESOURCES[sort]}?action=initializeUpload", request, irreversible=False)
    place = json_object(response).get("value")
    if not isinstance(place, dict) or sort not in place:
        raise Unavailable(f"LinkedIn names no place for the {sort}")
    return place


async def _is_available(client: Client, urn: str) -> bool:
    sort = urn.split(":")[2]
    response = await client.get(f"/rest/{_RESOURCES.get(sort, 'images')}/{encoded(urn)}", {})
    status = json_object(response).get("status")
    if status == "PROCESSING_FAILED":
        raise Rejected(f"LinkedIn could not process the {sort}", evidence={"status": status, "asset": urn})
    return status == "AVAILABLE"
