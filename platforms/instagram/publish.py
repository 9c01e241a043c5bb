"""Puts one picture or reel on an account, and finds it again.

Two phases: a container that Instagram fills from the media's address, then its publication. The container's
id is the handle: it is stored before it is published, and its own state tells whether it was.
"""

from datetime import datetime, timedelta
from typing import Any

from platforms.calls import CLOCK_SKEW, json_object, same_text
from platforms.errors import PlatformError, Rejected
from platforms.graph import entries, moment
from platforms.instagram.client import Client
from platforms.instagram.insights import media
from platforms.posting import MediaFile, Outgoing, Pending, Published

FOUND = "id,caption,media_type,permalink,timestamp"
# Meta asks to look once a minute at a video; a picture is ready within seconds.
LOOK_AGAIN = {"IMAGE": timedelta(seconds=3), "VIDEO": timedelta(minutes=1)}
NOT_READY = 2207027


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live post. Raises PlatformError."""
    picture_or_video = _media(post)
    if state is None:
        return await _contain(client, post, picture_or_video)
    pending = Pending(state, LOOK_AGAIN[_media_type(picture_or_video)], handle=True)
    fields = {"fields": "status_code,status"}
    container = json_object(await client.get(f"/{state['container_id']}", fields))
    status = container.get("status_code")
    if status == "IN_PROGRESS":
        return pending
    if status == "PUBLISHED":
        # An earlier publication went through, though its answer was lost. The container names no media.
        since = datetime.fromisoformat(state["since"])
        return await find(client, post, since) or Published(None)
    if status != "FINISHED":
        reason = container.get("status") or f"the container is {status}"
        raise Rejected(str(reason), evidence={"status_code": status, "container_id": state["container_id"]})
    form = {"creation_id": state["container_id"]}
    try:
        media_id = await client.create(f"/{client.account}/media_publish", form, irreversible=True)
    except Rejected as error:
        if error.evidence.get("subcode") == NOT_READY:
            return pending
        raise
    return Published(media_id, await _permalink(client, media_id))


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest media since a moment with the same caption and type as ours."""
    start = since - CLOCK_SKEW
    wanted, caption = _media_type(_media(post)), post.text_with_link
    found: Published | None = None
    async for page in media(client, FOUND, start, max(client.now, since) + CLOCK_SKEW):
        for entry in entries(page):
            created = moment(entry, "timestamp")
            recent = created is not None and created >= start
            if recent and entry.get("media_type") == wanted and same_text(caption, entry.get("caption")):
                found = Published(entry["id"], entry.get("permalink"))
    return found


async def _contain(client: Client, post: Outgoing, file: MediaFile) -> Pending:
    """A container. One that nobody publishes is never seen and expires after a day."""
    form = {"caption": post.text_with_link}
    if _media_type(file) == "VIDEO":
        form |= {"media_type": "REELS", "video_url": file.url}
    else:
        form |= {"image_url": file.url}
    container_id = await client.create(f"/{client.account}/media", form, irreversible=False)
    state = {"container_id": container_id, "since": client.now.isoformat()}
    return Pending(state, LOOK_AGAIN[_media_type(file)], handle=True)


async def _permalink(client: Client, media_id: str) -> str | None:
    """Where the media stands. It is live whatever this read gives, so a failure only leaves it unknown."""
    try:
        response = await client.get(f"/{media_id}", {"fields": "permalink"})
    except PlatformError:
        return None
    permalink: str | None = json_object(response).get("permalink")
    return permalink


def _media(post: Outgoing) -> MediaFile:
    if not post.media:
        raise Rejected("Instagram publishes no post without a picture or a video")
    return post.media[0]


def _media_type(file: MediaFile) -> str:
    """Instagram's word for what a file becomes."""
    return "VIDEO" if file.content_type.startswith("video/") else "IMAGE"
