"""Posts as LinkedIn shows them."""

from __future__ import annotations

from typing import Any

from sandbox.networks.linkedin import littletext
from sandbox.networks.linkedin.feed import Feed, milliseconds
from sandbox.world import Post

_EXTRAS = ("contentCallToActionLabel", "contentLandingPage", "adContext", "reshareContext")


def shown(feed: Feed, post: Post, author: str) -> dict[str, Any]:
    """One post."""
    at, about = milliseconds(post.created_at), feed.about(post)
    body: dict[str, Any] = {
        "id": post.external_id,
        "author": author,
        "commentary": littletext.write(post.text),
        "visibility": about.get("visibility", "PUBLIC"),
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": about.get("lifecycleState", "PUBLISHED"),
        "lifecycleStateInfo": {"isEditedByAuthor": "modified_at" in about},
        "isReshareDisabledByAuthor": about.get("isReshareDisabledByAuthor", False),
        "createdAt": at,
        "publishedAt": at,
        "lastModifiedAt": about.get("modified_at", at),
    }
    content = about.get("content") or _content(post)
    body |= {name: about[name] for name in _EXTRAS if name in about}
    return body | {"content": content} if content else body


def activity(post: Post) -> str:
    """The URN under which people talk about a post."""
    return f"urn:li:activity:{post.external_id.rsplit(':', 1)[-1]}"


def _content(post: Post) -> dict[str, Any]:
    """What a post that was made elsewhere carries."""
    number = post.external_id.rsplit(":", 1)[-1]
    match post.kind:
        case "image":
            return {"media": {"id": f"urn:li:image:D4E10AQ{number}", "altText": ""}}
        case "carousel":
            places = range(max(len(post.media), 2))
            return {"multiImage": {"images": [{"id": f"urn:li:image:D4E10AQ{number}{place}"} for place in places]}}
        case "video" | "reel" | "short":
            return {"media": {"id": f"urn:li:video:D4E10AQ{number}", "title": post.title or ""}}
        case "link":
            return {"article": {"source": post.link or "", "title": post.title or post.text[:80]}}
    return {}
