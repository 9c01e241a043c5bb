"""Puts one video on YouTube, and finds it again.

The upload session is opened first and kept. On re-entry the session itself is asked what it got; it gives one
video, however often it is asked. Its thumbnail and whether YouTube could make something of it come afterwards.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from platforms.calls import CLOCK_SKEW, json_object, same_text
from platforms.errors import OutcomeUnknown, Rejected, Unavailable
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.youtube import fields
from platforms.youtube.client import Client
from platforms.youtube.reading import uploaded

# YouTube takes multiples of 256 KiB, except at the end.
CHUNK = 32 * 256 * 1024
_PROCESSING = timedelta(seconds=20)
_FAILED = frozenset({"failed", "rejected", "deleted"})


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live video. Raises PlatformError.

    `state` is {session}, then {session, video} once all bytes are there, then with `thumbnail` once that is set.
    """
    fields.check(post)
    if state is None:
        return Pending({"session": await _open(client, post)}, handle=True)
    if "video" not in state:
        video = await _continue(client, state["session"], post.media[0])
        return Pending({**state, "video": video}, handle=True)
    if len(post.media) > 1 and not state.get("thumbnail"):
        await set_thumbnail(client, state["video"], post.media[1])
        return Pending({**state, "thumbnail": True}, handle=True)
    if not await _processed(client, state["video"]):
        return Pending(state, check_after=_PROCESSING, handle=True)
    return published(state["video"])


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest video since a moment with our title and description."""
    found: Published | None = None
    async for _, body in uploaded(client, since - CLOCK_SKEW, max(client.now, since) + CLOCK_SKEW):
        for video in body.get("items", []):
            snippet = video["snippet"]
            same = same_text(fields.title(post), snippet["title"])
            if same and same_text(post.text_with_link, snippet.get("description")):
                found = published(video["id"])
    return found


async def set_thumbnail(client: Client, video: str, picture: MediaFile) -> None:
    """Show a picture in the video's place; the same one again changes nothing. Raises PlatformError."""
    await client.write(
        "POST",
        "/upload/youtube/v3/thumbnails/set",
        {"videoId": video, "uploadType": "media"},
        content=picture.path.read_bytes(),
        headers={"Content-Type": picture.content_type},
    )


async def _open(client: Client, post: Outgoing) -> str:
    """The address of a new upload session."""
    media = post.media[0]
    usual = {"categoryId": fields.PEOPLE_AND_BLOGS}
    visible = {"privacyStatus": "public", "selfDeclaredMadeForKids": False}
    response = await client.write(
        "POST",
        "/upload/youtube/v3/videos",
        {"uploadType": "resumable", "part": "snippet,status", **fields.query(post)},
        json={"snippet": {**usual, **fields.snippet(post)}, "status": {**visible, **fields.status(post)}},
        headers={"X-Upload-Content-Type": media.content_type, "X-Upload-Content-Length": str(media.size)},
    )
    session = response.headers.get("location")
    if not session:
        raise Unavailable("YouTube opened a session but does not say where")
    return str(session)


async def _continue(client: Client, session: str, media: MediaFile) -> str:
    """Ask the session where it stands, and send what it lacks; the video's id."""
    size = media.size
    response = await client.put(session, b"", f"bytes */{size}")
    done = -1
    with media.path.open("rb") as content:
        while response.status_code == 308:
            stored = _stored(response.headers.get("range"))
            if stored <= done:
                raise Unavailable("the upload does not advance", evidence={"stored": stored})
            done = stored
            content.seek(done)
            chunk = content.read(CHUNK)
            response = await client.put(session, chunk, f"bytes {done}-{done + len(chunk) - 1}/{size}")
    if response.status_code == 404:
        raise OutcomeUnknown("the upload session is gone, perhaps after it was finished")
    video = json_object(response)
    if "id" not in video:
        raise OutcomeUnknown("YouTube finished the upload but does not name the video")
    return str(video["id"])


async def _processed(client: Client, video: str) -> bool:
    """Whether YouTube is done with the bytes. Raises Rejected where it can make nothing of them."""
    answer = await client.get("/youtube/v3/videos", {"part": "status", "id": video})
    items = json_object(answer).get("items", [])
    if not items:
        raise Unavailable("YouTube does not show the video yet", evidence={"video": video})
    status = items[0]["status"]
    if status.get("uploadStatus") in _FAILED:
        why = status.get("failureReason") or status.get("rejectionReason") or status["uploadStatus"]
        raise Rejected(f"YouTube did not take the video: {why}", evidence={"video": video, "reason": why})
    return bool(status.get("uploadStatus") == "processed")


def _stored(header: str | None) -> int:
    """How many bytes the session has: `bytes=0-<last>`, no header while it has none."""
    match = re.fullmatch(r"bytes=0-(\d+)", header or "")
    return int(match[1]) + 1 if match else 0


def published(external_id: str) -> Published:
    return Published(external_id, f"https://www.youtube.com/watch?v={external_id}")
