"""What can be done to a video that is there: other words, away with it, a comment under it."""

from typing import Any

from platforms.calls import json_object
from platforms.errors import OutcomeUnknown, Rejected
from platforms.posting import Outgoing, Published
from platforms.youtube import fields
from platforms.youtube.client import Client
from platforms.youtube.publish import published

_VIDEOS = "/youtube/v3/videos"


async def edit(client: Client, external_id: str, post: Outgoing) -> Published:
    """Another title and description, and what the options name. Raises PlatformError.

    An update replaces whole parts, so all that is to stay is read first and sent again.
    """
    answer = await client.get(_VIDEOS, {"part": "snippet,status", "id": external_id})
    items = json_object(answer).get("items", [])
    if not items:
        raise Rejected("the video is not there any more", evidence={"video": external_id})
    body: dict[str, Any] = {
        "id": external_id,
        "snippet": fields.kept(items[0]["snippet"], fields.SNIPPET) | fields.snippet(post),
    }
    changed = fields.status(post)
    if changed:
        body["status"] = fields.kept(items[0]["status"], fields.STATUS) | changed
    parts = ",".join(name for name in ("snippet", "status") if name in body)
    await client.write("PUT", _VIDEOS, {"part": parts}, json=body)
    return published(external_id)


async def delete(client: Client, external_id: str) -> None:
    """Take a video down; one that is gone already is no error. Raises PlatformError."""
    try:
        await client.write("DELETE", _VIDEOS, {"id": external_id})
    except Rejected as error:
        if error.evidence.get("reason") != "videoNotFound":
            raise


async def comment(client: Client, external_id: str, text: str) -> str:
    """The id of a new comment under a video. Raises PlatformError."""
    snippet = {"videoId": external_id, "topLevelComment": {"snippet": {"textOriginal": text}}}
    response = await client.write(
        "POST", "/youtube/v3/commentThreads", {"part": "snippet"}, json={"snippet": snippet}, irreversible=True
    )
    thread = json_object(response)
    if "id" not in thread:
        raise OutcomeUnknown("YouTube took the comment but does not name it")
    return str(thread["id"])
