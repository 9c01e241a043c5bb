"""Puts one text, link or photo on a Page, and finds it again.

A photo is uploaded unpublished first, which nobody sees and Facebook deletes after a day. Only the call to
`/feed` makes a post, and only that call is irreversible.
"""

import json
from datetime import datetime
from typing import Any

from platforms.calls import CLOCK_SKEW, UPLOAD_TIMEOUT, json_object, same_text
from platforms.errors import PlatformError, Rejected
from platforms.facebook.client import Client
from platforms.facebook.insights import published
from platforms.graph import entries, moment
from platforms.posting import MediaFile, Outgoing, Pending, Published

FOUND = "id,message,created_time,permalink_url,attachments{media_type}"
PHOTO = "photo"


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live post. Raises PlatformError."""
    form = {"message": _message(post)}
    if not post.media:
        if post.link:
            form["link"] = post.link
    elif state is None:
        return Pending({"photo_id": await _upload(client, post.media[0])})
    else:
        form["attached_media"] = json.dumps([{"media_fbid": state["photo_id"]}])
    external_id = await client.create(f"/{client.account}/feed", form, irreversible=True)
    return Published(external_id, await _permalink(client, external_id))


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest post since a moment that says the same and has a photo or not, as ours."""
    start = since - CLOCK_SKEW
    found: Published | None = None
    async for page in published(client, FOUND, start):
        for entry in entries(page):
            created = moment(entry, "created_time")
            if created is not None and created >= start and _same(post, entry):
                found = Published(entry["id"], entry.get("permalink_url"))
    return found


async def _upload(client: Client, media: MediaFile) -> str:
    """The id of an unpublished photo."""
    if not media.content_type.startswith("image/"):
        raise Rejected(f"a Page's photo must be an image, not {media.content_type}")
    with media.path.open("rb") as content:
        files = {"source": (media.path.name, content, media.content_type)}
        return await client.create(
            f"/{client.account}/photos",
            {"published": "false"},
            irreversible=False,
            files=files,
            timeout=UPLOAD_TIMEOUT,
        )


async def _permalink(client: Client, external_id: str) -> str | None:
    """Where the post stands. It is live whatever this read gives, so a failure only leaves it unknown."""
    try:
        response = await client.get(f"/{external_id}", {"fields": "permalink_url"})
    except PlatformError:
        return None
    permalink: str | None = json_object(response).get("permalink_url")
    return permalink


def _message(post: Outgoing) -> str:
    """A photo post has no link of its own: it goes into the text."""
    return post.text if not post.media else post.text_with_link


def _same(post: Outgoing, entry: dict[str, Any]) -> bool:
    attached = entry.get("attachments", {}).get("data", [])
    has_photo = any(attachment.get("media_type") == PHOTO for attachment in attached)
    return has_photo == bool(post.media) and same_text(_message(post), entry.get("message"))
