"""Posts as X sees them: those of the world, what people write under them, and what X keeps about each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.x import replies
from sandbox.networks.x.limits import NETWORK
from sandbox.world import Account, Post, World

EDITABLE = timedelta(minutes=30)
MOST_EDITS = 5
# Older remarks are not looked through where a list names no beginning.
_TALKED_ABOUT = timedelta(days=60)


@dataclass(frozen=True)
class Seen:
    """A post with its author and what it answers. `about` holds what only X keeps: a poll, media, earlier versions."""

    post: Post
    author: Account
    root: str
    parent: str | None = None
    parent_author: str | None = None
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.post.external_id

    @property
    def number(self) -> int:
        """Ids sort by time as numbers."""
        return int(self.post.external_id)

    @property
    def history(self) -> list[str]:
        """The ids of all its versions, oldest first."""
        return [*self.about.get("history", ()), self.id]

    @property
    def editable_until(self) -> datetime:
        """From when on its text stays."""
        return (replies.when(self.history[0]) or self.post.created_at) + EDITABLE


def note_of(external_id: str) -> str:
    """Under which name the world keeps what X knows of a post."""
    return f"post {external_id}"


def lookup(world: World, external_id: str) -> Seen | None:
    """A live post by id."""
    post = world.post(NETWORK, external_id)
    if post is not None:
        return _seen(world, post)
    reply = replies.find(world, external_id)
    return _answer(reply) if reply else None


def of_account(world: World, account: Account) -> list[Seen]:
    """What an account posted, newest first."""
    return _sorted(_seen(world, post) for post in world.posts(NETWORK, account.external_id))


def mentioning(world: World, account: Account, since: datetime | None) -> list[Seen]:
    """What others wrote to or about an account, newest first."""
    since, name = since or world.now() - _TALKED_ABOUT, f"@{account.username}".lower()
    return [
        one
        for one in everything(world, since)
        if one.author.external_id != account.external_id and name in one.post.text.lower()
    ]


def everything(world: World, since: datetime) -> list[Seen]:
    """All that was posted from a moment on, newest first."""
    found: list[Seen] = []
    for account in world.accounts(NETWORK):
        found += [_seen(world, post) for post in world.posts(NETWORK, account.external_id, since=since)]
        found += [_answer(reply) for reply in replies.replies(world, account, since)]
    return _sorted(found)


def people(world: World) -> list[Account]:
    """The brands, and whoever wrote to them lately."""
    brands = world.accounts(NETWORK)
    writers = {one.author.external_id: one.author for one in everything(world, world.now() - timedelta(days=30))}
    return brands + [one for one in writers.values() if one not in brands]


def _seen(world: World, post: Post) -> Seen:
    author = world.account(NETWORK, post.account_id)
    if author is None:
        raise LookupError(f"nobody wrote {post.external_id}")
    about = world.noted(NETWORK, note_of(post.external_id)) or {}
    root = about.get("root", post.external_id)
    return Seen(post, author, root, about.get("to"), about.get("to_author"), about)


def _answer(reply: replies.Reply) -> Seen:
    return Seen(reply.post, reply.author, reply.root.external_id, reply.parent, reply.root.account_id)


def _sorted(found: Iterable[Seen]) -> list[Seen]:
    return sorted(found, key=lambda one: one.number, reverse=True)
