"""Own posts of a page or a person, wherever they were made."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from platforms.linkedin.client import Client
from platforms.linkedin.restli import encoded
from platforms.platform import Page

POSTS_PER_PAGE = 100


async def authored(client: Client, start: datetime) -> AsyncIterator[tuple[Page, list[dict[str, Any]]]]:
    """The account's own posts, newest first, until before a moment; LinkedIn knows no later end."""
    query = {
        "q": "author",
        "author": encoded(client.account),
        "count": str(POSTS_PER_PAGE),
        "sortBy": "CREATED",
    }
    async for page, body in client.pages("/rest/posts", query, finder=True):
        found = body.get("elements", [])
        yield page, found
        moments = [moment(post) for post in found]
        if moments and all(at is not None and at < start for at in moments):
            return


def moment(post: dict[str, Any]) -> datetime | None:
    """When a post appeared; None where it does not say so, which the contract will notice."""
    milliseconds = post.get("publishedAt") or post.get("createdAt")
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if isinstance(milliseconds, int) else None
