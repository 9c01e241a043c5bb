"""Puts one text or image on X, and finds it again.

An image is uploaded first, which nobody sees. Only the call that creates the post is irreversible.
"""

import html
from datetime import datetime, timedelta
from typing import Any

from platforms.calls import CLOCK_SKEW, UPLOAD_TIMEOUT, json_object, same_text
from platforms.errors import OutcomeUnknown, Rejected
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.x.client import Client
from platforms.x.insights import timeline


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live post. Raises PlatformError."""
    body: dict[str, Any] = {"text": post.text_with_link}
    if post.media:
        if state is None:
            return _uploaded(await _upload(client, post.media[0]))
        if state["processing"]:
            return _uploaded(await _status(client, state["media_id"]))
        body["media"] = {"media_ids": [state["media_id"]]}
    data = await client.post("/2/tweets", irreversible=True, json=body)
    if "id" not in data:
        raise OutcomeUnknown("X accepted the post but does not name it")
    return Published(data["id"], _permalink(data["id"]))


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest post since a moment that says the same and has a picture or not, as ours."""
    found: Published | None = None
    async for _, body in timeline(client, since - CLOCK_SKEW, None):
        for entry in body.get("data", []):
            has_media = bool(entry.get("attachments", {}).get("media_keys"))
            if has_media == bool(post.media) and same_text(post.text_with_link, _shown(entry)):
                found = Published(entry["id"], _permalink(entry["id"]))
    return found


async def _upload(client: Client, media: MediaFile) -> dict[str, Any]:
    if not media.content_type.startswith("image/"):
        raise Rejected(f"this can put images on X, not {media.content_type}")
    category = "tweet_gif" if media.content_type == "image/gif" else "tweet_image"
    with media.path.open("rb") as content:
        return await client.post(
            "/2/media/upload",
            irreversible=False,
            files={"media": (media.path.name, content, media.content_type)},
            data={"media_category": category},
            timeout=UPLOAD_TIMEOUT,
        )


async def _status(client: Client, media_id: str) -> dict[str, Any]:
    response = await client.get("/2/media/upload", {"command": "STATUS", "media_id": media_id})
    data: dict[str, Any] = json_object(response).get("data", {})
    return {"id": media_id, **data}


def _uploaded(media: dict[str, Any]) -> Pending:
    """What to keep of an upload; X works on some files before it lets a post have them."""
    work = media.get("processing_info", {})
    if work.get("state") == "failed":
        raise Rejected("X could not process the file", evidence={"processing_info": work})
    processing = bool(work) and work.get("state") != "succeeded"
    seconds = int(work.get("check_after_secs", 1)) if processing else 0
    return Pending({"media_id": media["id"], "processing": processing}, timedelta(seconds=seconds))


def _shown(entry: dict[str, Any]) -> str:
    """A post's text as it was written: X escapes it, shortens its links, and adds one for its picture."""
    text: str = entry.get("text", "")
    for address in entry.get("entities", {}).get("urls", []):
        if "url" in address:
            written = "" if "media_key" in address else address.get("expanded_url", address["url"])
            text = text.replace(address["url"], written)
    return html.unescape(text)


def _permalink(external_id: str) -> str:
    return f"https://x.com/i/status/{external_id}"
