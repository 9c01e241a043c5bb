"""Puts one text, link or image on an organisation page, and finds it again.

An image is uploaded first, which nobody sees. Only the call that creates the post is irreversible.
"""

from datetime import datetime, timedelta
from typing import Any

from platforms.calls import CLOCK_SKEW, json_object, same_text
from platforms.errors import OutcomeUnknown, Rejected, Unavailable
from platforms.linkedin.client import Client, encoded
from platforms.linkedin.insights import authored, moment
from platforms.linkedin.little_text import escape, unescape
from platforms.posting import MediaFile, Outgoing, Pending, Published

PROCESSING = timedelta(seconds=2)


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live post. Raises PlatformError."""
    body: dict[str, Any] = {
        "author": client.account,
        "commentary": escape(_text(post)),
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    if post.media:
        if state is None:
            return Pending({"image": await _upload(client, post.media[0])})
        if not await _is_available(client, state["image"]):
            return Pending(state, PROCESSING)
        body["content"] = {"media": {"id": state["image"], **({"title": post.title} if post.title else {})}}
    elif post.link:
        body["content"] = {"article": {"source": post.link, "title": post.title or post.link}}
    response = await client.post("/rest/posts", body, irreversible=True)
    external_id = response.headers.get("x-restli-id")
    if not external_id:
        raise OutcomeUnknown("LinkedIn accepted the post but does not name it")
    return Published(external_id, _permalink(external_id))


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest post since a moment that says the same and has an image or not, as ours."""
    start = since - CLOCK_SKEW
    found: Published | None = None
    async for _, entries in authored(client, start):
        for entry in entries:
            at, has_media = moment(entry), "media" in entry.get("content", {})
            same = same_text(_text(post), unescape(entry.get("commentary", "")))
            if at is not None and at >= start and same and has_media == bool(post.media):
                found = Published(entry["id"], _permalink(entry["id"]))
    return found


async def _upload(client: Client, media: MediaFile) -> str:
    """The URN of an image that no post shows yet."""
    if not media.content_type.startswith("image/"):
        raise Rejected(f"this can put images on LinkedIn, not {media.content_type}")
    request = {"initializeUploadRequest": {"owner": client.account}}
    response = await client.post("/rest/images?action=initializeUpload", request, irreversible=False)
    place = json_object(response).get("value")
    if not isinstance(place, dict):
        raise Unavailable("LinkedIn names no place for the image")
    await client.upload(place["uploadUrl"], media.path.read_bytes(), media.content_type)
    return str(place["image"])


async def _is_available(client: Client, image: str) -> bool:
    response = await client.get(f"/rest/images/{encoded(image)}", {})
    status = json_object(response).get("status")
    if status == "PROCESSING_FAILED":
        raise Rejected("LinkedIn could not process the image", evidence={"status": status, "image": image})
    return status == "AVAILABLE"


def _text(post: Outgoing) -> str:
    """A link beside an image goes into the text; alone it becomes the post's article."""
    return post.text if not post.media else post.text_with_link


def _permalink(external_id: str) -> str:
    return f"https://www.linkedin.com/feed/update/{external_id}"
