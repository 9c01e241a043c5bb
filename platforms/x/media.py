"""Puts pictures and videos on X before a post: nobody sees them, and each step may be done again.

A video goes up in segments. X does not tell which bytes it has, so the state names the next segment; one that
comes twice takes its own place. A session that X has forgotten is begun anew.
"""

from datetime import timedelta
from typing import Any

from platforms.calls import UPLOAD_TIMEOUT, json_object
from platforms.errors import Rejected
from platforms.posting import MediaFile
from platforms.x.client import Client

SEGMENT = 4 * 1024 * 1024
MOST_SEGMENTS = 1000


async def advance(client: Client, media: MediaFile, upload: dict[str, Any] | None) -> tuple[dict[str, Any], timedelta]:
    """The next step of one upload and how long to wait after it. It is whole once `upload["ready"]` is true."""
    if upload is None:
        return await _begin(client, media)
    if "segment" in upload:
        return await _append(client, media, upload)
    if upload.get("processing"):
        response = await client.get("/2/media/upload", {"command": "STATUS", "media_id": upload["id"]})
        return await _after(client, media, {"id": upload["id"], **json_object(response).get("data", {})})
    return await _described(client, media, upload["id"])


async def _begin(client: Client, media: MediaFile) -> tuple[dict[str, Any], timedelta]:
    if media.is_video:
        asked = {"media_type": media.content_type, "media_category": "tweet_video", "total_bytes": media.size}
        if media.size > SEGMENT * MOST_SEGMENTS:
            raise Rejected(f"a video of {media.size} bytes is larger than X takes")
        data = await client.post("/2/media/upload/initialize", irreversible=False, json=asked)
        return {"id": data["id"], "segment": 0}, timedelta(0)
    if not media.content_type.startswith("image/"):
        raise Rejected(f"X takes pictures and videos, not {media.content_type}")
    category = "tweet_gif" if media.content_type == "image/gif" else "tweet_image"
    with media.path.open("rb") as content:
        data = await client.post(
            "/2/media/upload",
            irreversible=False,
            files={"media": (media.path.name, content, media.content_type)},
            data={"media_category": category},
            timeout=UPLOAD_TIMEOUT,
        )
    return await _after(client, media, data)


async def _append(client: Client, media: MediaFile, upload: dict[str, Any]) -> tuple[dict[str, Any], timedelta]:
    """One more segment, or the end of them."""
    media_id, index = upload["id"], int(upload["segment"])
    with media.path.open("rb") as content:
        content.seek(index * SEGMENT)
        piece = content.read(SEGMENT)
    try:
        if not piece:
            return await _after(
                client, media, await client.post(f"/2/media/upload/{media_id}/finalize", irreversible=False)
            )
        await client.post(
            f"/2/media/upload/{media_id}/append",
            irreversible=False,
            data={"segment_index": str(index)},
            files={"media": (media.path.name, piece, "application/octet-stream")},
            timeout=UPLOAD_TIMEOUT,
        )
    except Rejected as refusal:
        if refusal.evidence.get("kind") != "resource-not-found":
            raise
        return await _begin(client, media)
    return {"id": media_id, "segment": index + 1}, timedelta(0)


async def _after(client: Client, media: MediaFile, data: dict[str, Any]) -> tuple[dict[str, Any], timedelta]:
    """What to keep of an upload; X works on some files before it lets a post have them."""
    work = data.get("processing_info", {})
    if work.get("state") == "failed":
        raise Rejected("X could not process the file", evidence={"processing_info": work})
    if work and work.get("state") != "succeeded":
        return {"id": data["id"], "processing": True}, timedelta(seconds=int(work.get("check_after_secs", 1)))
    return await _described(client, media, data["id"])


async def _described(client: Client, media: MediaFile, media_id: str) -> tuple[dict[str, Any], timedelta]:
    if media.alt_text:
        body = {"id": media_id, "metadata": {"alt_text": {"text": media.alt_text}}}
        await client.post("/2/media/metadata", irreversible=False, json=body)
    return {"id": media_id, "ready": True}, timedelta(0)
