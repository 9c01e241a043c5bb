"""Puts one video on YouTube, and finds it again.

The upload session is opened first and kept. On re-entry the session itself is asked what it got; it gives one
video, however often it is asked.
"""

import re
from datetime import datetime
from typing import Any

from platforms.calls import CLOCK_SKEW, json_object, same_text
from platforms.errors import OutcomeUnknown, Rejected, Unavailable
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.youtube.client import Client
from platforms.youtube.insights import uploaded

TITLE = 100
# YouTube takes multiples of 256 KiB, except at the end.
CHUNK = 32 * 256 * 1024
PEOPLE_AND_BLOGS = "22"


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live video. Raises PlatformError."""
    if not post.media or not post.media[0].content_type.startswith("video/"):
        raise Rejected("YouTube takes videos only")
    if state is None:
        return Pending({"session": await _open(client, post, post.media[0])}, handle=True)
    return await _continue(client, state["session"], post.media[0])


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest video since a moment with our title and description."""
    found: Published | None = None
    async for _, body in uploaded(client, since - CLOCK_SKEW, max(client.now, since) + CLOCK_SKEW):
        for video in body.get("items", []):
            snippet = video["snippet"]
            same = same_text(_title(post), snippet["title"])
            if same and same_text(post.text_with_link, snippet.get("description")):
                found = _published(video["id"])
    return found


async def _open(client: Client, post: Outgoing, media: MediaFile) -> str:
    """The address of a new upload session."""
    response = await client.post(
        "/upload/youtube/v3/videos",
        {"uploadType": "resumable", "part": "snippet,status"},
        json={
            "snippet": {"title": _title(post), "description": post.text_with_link, "categoryId": PEOPLE_AND_BLOGS},
            "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False},
        },
        headers={"X-Upload-Content-Type": media.content_type, "X-Upload-Content-Length": str(media.size)},
    )
    session = response.headers.get("location")
    if not session:
        raise Unavailable("YouTube opened a session but does not say where")
    return str(session)


async def _continue(client: Client, session: str, media: MediaFile) -> Published:
    """Ask the session where it stands, and send what it lacks."""
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
    return _published(video["id"])


def _stored(header: str | None) -> int:
    """How many bytes the session has: `bytes=0-<last>`, no header while it has none."""
    match = re.fullmatch(r"bytes=0-(\d+)", header or "")
    return int(match[1]) + 1 if match else 0


def _title(post: Outgoing) -> str:
    return post.title or post.text.strip().split("\n", 1)[0][:TITLE]


def _published(external_id: str) -> Published:
    return Published(external_id, f"https://www.youtube.com/watch?v={external_id}")
