"""What only LinkedIn knows of the world's posts: their URNs, and under `about` what else they carry."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.networks.linkedin.people import NETWORK
from sandbox.world import Account, Media, Post, World

_SORTS = ("share", "ugcPost")


@dataclass
class Content:
    """What a post carries beside its commentary. `about` is what only LinkedIn knows of it."""

    kind: str = "text"
    title: str | None = None
    link: str | None = None
    media: list[Media] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)


def milliseconds(moment: datetime) -> int:
    """A moment as LinkedIn writes it."""
    return int(moment.timestamp() * 1000)


class Feed:
    """Posts of organizations and of the people who administer them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def post(self, urn: str) -> Post | None:
        """A live post by the URN of its share, its ugcPost or its activity."""
        number = urn.rsplit(":", 1)[-1]
        names = [f"urn:li:{sort}:{number}" for sort in _SORTS] if urn.startswith("urn:li:activity:") else [urn]
        return next((post for name in names if (post := self._world.post(NETWORK, name)) is not None), None)

    def create(self, author: Account, text: str, content: Content) -> Post:
        """A post made now. Videos become ugcPosts, everything else shares; both numbers sort by time."""
        sort = "ugcPost" if content.kind == "video" else "share"
        post = self._world.create_post(
            NETWORK,
            author.external_id,
            kind=content.kind,
            text=text,
            title=content.title,
            media=content.media,
            link=content.link,
            external_id=f"urn:li:{sort}:{milliseconds(self._world.now()) << 22 | secrets.randbits(22)}",
        )
        self.remember(post, content.about)
        return post

    def about(self, post: Post) -> dict[str, Any]:
        """What only LinkedIn knows of a post; empty for one that was never touched through its API."""
        return dict(self._world.noted(NETWORK, f"about {post.external_id}") or {})

    def remember(self, post: Post, about: dict[str, Any]) -> None:
        """Keep more of what only LinkedIn knows."""
        self._world.note(NETWORK, f"about {post.external_id}", self.about(post) | about)
