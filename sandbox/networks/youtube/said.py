"""One comment, and how comments and their threads are shown."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.networks.youtube.shapes import instant
from sandbox.world import Post

# A thread carries so many of its replies; the others are asked for.
_CARRIED = 5


@dataclass(frozen=True)
class Said:
    """`parent` is the thread of a reply; `channel` the author's."""

    id: str
    parent: str | None
    author: str
    channel: str
    text: str
    at: datetime
    likes: int = 0
    status: str = "published"
    updated: datetime | None = None


def resource(post: Post, said: Said, parts: set[str]) -> dict[str, Any]:
    """A comment."""
    snippet: dict[str, Any] = {
        "channelId": post.account_id,
        "videoId": post.external_id,
        "textDisplay": html.escape(said.text, quote=False),
        "textOriginal": said.text,
        "authorDisplayName": f"@{said.author}",
        "authorProfileImageUrl": f"https://yt3.ggpht.com/{said.channel}=s48",
        "authorChannelUrl": f"http://www.youtube.com/channel/{said.channel}",
        "authorChannelId": {"value": said.channel},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": said.likes,
        "publishedAt": instant(said.at),
        "updatedAt": instant(said.updated or said.at),
    }
    if said.parent:
        snippet["parentId"] = said.parent
    if said.status != "published":
        snippet["moderationStatus"] = said.status
    return {"kind": "youtube#comment", "id": said.id} | ({"snippet": snippet} if "snippet" in parts else {})


def thread(post: Post, said: Said, answers: Sequence[Said], parts: set[str]) -> dict[str, Any]:
    """A comment with the replies to it."""
    public = [one for one in answers if one.status == "published"]
    known: dict[str, Any] = {
        "snippet": {
            "channelId": post.account_id,
            "videoId": post.external_id,
            "topLevelComment": resource(post, said, {"snippet"}),
            "canReply": True,
            "totalReplyCount": len(public),
            "isPublic": said.status == "published",
        }
    }
    if public:
        known["replies"] = {"comments": [resource(post, one, {"snippet"}) for one in public[:_CARRIED]]}
    return {"kind": "youtube#commentThread", "id": said.id} | {n: v for n, v in known.items() if n in parts}
