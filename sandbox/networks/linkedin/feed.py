"""Every post of the network by its URN: those of organizations, which the world keeps, and those of people.

Beside the world's own figures a post here has what only LinkedIn knows of it, under `about`.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sandbox.networks.linkedin.nature import NATURE, permalink
from sandbox.networks.linkedin.people import NETWORK, PERSON, made_on, owner
from sandbox.world import Account, Media, Post, World
from sandbox.world.effects import finals, plant
from sandbox.world.posts import history

_AUTHORED = "post of "
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
        self._people = {one.external_id: one for one in (owner(world, org) for org in world.accounts(NETWORK))}
        self._written: dict[str, dict[str, Post]] = {}
        for urn, person in self._people.items():
            effects = plant(world.seed, person, NATURE)
            made = history(world.seed, person, NATURE, effects, made_on(world))
            self._written[urn] = {post.external_id: post for post in made}
        for kept in world.notes(NETWORK):
            if kept.get("sort") == _AUTHORED:
                self._restore(kept)

    def posts(self, author: str, since: datetime | None = None) -> list[Post]:
        """Live posts of an organization or a person, newest first."""
        if not author.startswith(PERSON):
            return self._world.posts(NETWORK, author, since=since)
        now = self._world.now()
        found = [post for post in self._written.get(author, {}).values() if _live(post, now)]
        found = [post for post in found if since is None or post.created_at >= since]
        return sorted(found, key=lambda post: (post.created_at, post.external_id), reverse=True)

    def post(self, urn: str) -> Post | None:
        """A live post by the URN of its share, its ugcPost or its activity."""
        number = urn.rsplit(":", 1)[-1]
        names = [f"urn:li:{sort}:{number}" for sort in _SORTS] if urn.startswith("urn:li:activity:") else [urn]
        return next((post for name in names if (post := self._named(name)) is not None), None)

    def create(self, author: Account, text: str, content: Content) -> Post:
        """A post made now. Videos become ugcPosts, everything else shares; both numbers sort by time."""
        sort = "ugcPost" if content.kind == "video" else "share"
        urn = f"urn:li:{sort}:{milliseconds(self._world.now()) << 22 | secrets.randbits(22)}"
        if author.external_id.startswith(PERSON):
            post = self._author(author, urn, text, content)
        else:
            post = self._world.create_post(
                NETWORK,
                author.external_id,
                kind=content.kind,
                text=text,
                title=content.title,
                media=content.media,
                link=content.link,
                external_id=urn,
            )
        self.remember(post, content.about)
        return post

    def edit(self, post: Post, text: str) -> None:
        """Another text for a post."""
        if post.account_id.startswith(PERSON):
            post.text = text
            self._keep(post)
        else:
            self._world.edit_post(NETWORK, post.external_id, text)

    def delete(self, post: Post) -> None:
        """Take a post down."""
        if post.account_id.startswith(PERSON):
            post.deleted_at = self._world.now()
            self._keep(post)
        else:
            self._world.delete_post(NETWORK, post.external_id)

    def about(self, post: Post) -> dict[str, Any]:
        """What only LinkedIn knows of a post; empty for one that was never touched through its API."""
        return dict(self._world.noted(NETWORK, f"about {post.external_id}") or {})

    def remember(self, post: Post, about: dict[str, Any]) -> None:
        """Keep more of what only LinkedIn knows."""
        self._world.note(NETWORK, f"about {post.external_id}", self.about(post) | about)

    def _named(self, urn: str) -> Post | None:
        now = self._world.now()
        written = (posts[urn] for posts in self._written.values() if urn in posts)
        found = next(written, None)
        if found is not None:
            return found if _live(found, now) else None
        return self._world.post(NETWORK, urn)

    def _author(self, person: Account, urn: str, text: str, content: Content) -> Post:
        kept = {
            "sort": _AUTHORED,
            "urn": urn,
            "author": person.external_id,
            "kind": content.kind,
            "text": text,
            "title": content.title,
            "link": content.link,
            "media": [asdict(one) for one in content.media],
            "at": self._world.now().isoformat(),
            "key": uuid4().hex,
            "deleted_at": None,
        }
        self._world.note(NETWORK, _AUTHORED + urn, kept)
        return self._restore(kept)

    def _restore(self, kept: dict[str, Any]) -> Post:
        """A person's post from what was kept of it."""
        person, at = self._people[kept["author"]], datetime.fromisoformat(kept["at"])
        known = self._written[person.external_id].get(kept["urn"])
        if known is not None and "key" not in kept:
            known.text = kept["text"]
            known.deleted_at = datetime.fromisoformat(kept["deleted_at"]) if kept["deleted_at"] else None
            return known
        hashtags = tuple(word[1:].lower() for word in kept["text"].split() if word.startswith("#"))
        seed, kind = self._world.seed, kept["kind"]
        effects = plant(seed, person, NATURE)
        final, tau, pace = finals(
            seed, kept["key"], person, effects, NATURE, kind=kind, hashtags=hashtags, at=at.astimezone(UTC)
        )
        post = Post(
            network=NETWORK,
            external_id=kept["urn"],
            account_id=person.external_id,
            kind=kind,
            text=kept["text"],
            title=kept["title"],
            created_at=at,
            permalink=permalink(person.username, kept["urn"]),
            hashtags=hashtags,
            link=kept["link"],
            media=[Media(**one) for one in kept["media"]],
            deleted_at=datetime.fromisoformat(kept["deleted_at"]) if kept["deleted_at"] else None,
            final=final,
            tau_hours=tau,
            pace=pace,
        )
        self._written[person.external_id][post.external_id] = post
        return post

    def _keep(self, post: Post) -> None:
        """What changed of a person's post."""
        name = _AUTHORED + post.external_id
        kept = self._world.noted(NETWORK, name) or {
            "sort": _AUTHORED,
            "urn": post.external_id,
            "author": post.account_id,
            "at": post.created_at.isoformat(),
        }
        gone = post.deleted_at.isoformat() if post.deleted_at else None
        self._world.note(NETWORK, name, kept | {"text": post.text, "deleted_at": gone})


def _live(post: Post, at: datetime) -> bool:
    return post.created_at <= at and (post.deleted_at is None or post.deleted_at > at)
