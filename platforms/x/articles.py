"""Articles on X: a draft that nobody sees, then the post that shows it.

Paragraphs are blocks; lines that begin with `# `, `## `, `### `, `> `, `- ` or `1. ` become what they look like.
"""

import re
from datetime import datetime
from typing import Any

from platforms.calls import CLOCK_SKEW, UPLOAD_TIMEOUT, same_text
from platforms.errors import OutcomeUnknown, Rejected
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.x.client import Client
from platforms.x.insights import timeline
from platforms.x.prices import CREATE

_BLOCKS = (
    (re.compile(r"###\s+"), "header-three"),
    (re.compile(r"##\s+"), "header-two"),
    (re.compile(r"#\s+"), "header-one"),
    (re.compile(r">\s+"), "blockquote"),
    (re.compile(r"[-*]\s+"), "unordered-list-item"),
    (re.compile(r"\d+\.\s+"), "ordered-list-item"),
)


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """Upload a cover, keep the draft, publish it: one step a call. Raises PlatformError."""
    if not post.title:
        raise Rejected("an article on X needs a title")
    if state is None and post.media:
        return Pending({"cover": await _cover(client, post.media[0])})
    if state is None or "article" not in state:
        return Pending({"article": await _draft(client, post, (state or {}).get("cover"))})
    data = await client.post(f"/2/articles/{state['article']}/publish", irreversible=True)
    client.spent.charge(CREATE)
    if "post_id" not in data:
        raise OutcomeUnknown("X published the article but does not name its post")
    return Published(data["post_id"], f"https://x.com/i/status/{data['post_id']}")


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest article since a moment with the same title."""
    found: Published | None = None
    async for _, body in timeline(client, since - CLOCK_SKEW, None):
        for entry in body.get("data", []):
            article = entry.get("article") or entry.get("article_title") or {}
            if isinstance(article, dict) and article and same_text(post.title or "", article.get("title")):
                found = Published(entry["id"], f"https://x.com/i/status/{entry['id']}")
    return found


async def _cover(client: Client, media: MediaFile) -> str:
    if not media.content_type.startswith("image/"):
        raise Rejected("the cover of an article is a picture")
    with media.path.open("rb") as content:
        data = await client.post(
            "/2/media/upload",
            irreversible=False,
            files={"media": (media.path.name, content, media.content_type)},
            data={"media_category": "tweet_image"},
            timeout=UPLOAD_TIMEOUT,
        )
    return str(data["id"])


async def _draft(client: Client, post: Outgoing, cover: str | None) -> str:
    body: dict[str, Any] = {"title": post.title, "content_state": {"blocks": blocks(post), "entities": []}}
    if cover is not None:
        body["cover_media"] = {"media_id": cover, "media_category": "tweet_image"}
    data = await client.post("/2/articles/draft", irreversible=False, json=body)
    return str(data["id"])


def blocks(post: Outgoing) -> list[dict[str, Any]]:
    """The text as X's blocks."""
    lines = [line.strip() for line in post.text_with_link.splitlines()]
    return [_block(line) for line in lines if line]


def _block(line: str) -> dict[str, Any]:
    for mark, kind in _BLOCKS:
        found = mark.match(line)
        if found:
            return {"type": kind, "text": line[found.end() :]}
    return {"type": "unstyled", "text": line}
