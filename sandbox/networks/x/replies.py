"""What people write under a brand's posts, as posts of their own: the remarks of the world in X's form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.networks.x.limits import NETWORK
from sandbox.networks.x.nature import NATURE
from sandbox.world import Account, Post, World
from sandbox.world.remarks import Remark, remarks

_EPOCH_MS = 1_288_834_974_657
# So long after a post somebody still answers it.
_TALKED = timedelta(days=20)


@dataclass(frozen=True)
class Reply:
    """A remark as a post, whose author it is, what it answers and the root of its conversation."""

    post: Post
    author: Account
    parent: str
    root: Post


def replies(world: World, account: Account, since: datetime) -> Iterator[Reply]:
    """What was written under an account's posts from a moment on."""
    for post in world.posts(NETWORK, account.external_id, since=since - _TALKED):
        yield from (found for found in under(world, post, account) if found.post.created_at >= since)


def under(world: World, post: Post, account: Account) -> Iterator[Reply]:
    """What was written under one post, oldest first."""
    now = world.now()
    count = world.counters(post, now)["comments"]
    said = [one for one in remarks(post, count, account.name) if one.at <= now]
    names = {one.number: _external_id(post, one) for one in said}
    for one in said:
        # Brands answer from an account of their service people: what they post themselves is all in the ledger.
        author = person(account, f"{account.username[:9]}_care" if one.author == account.name else one.author)
        parent = names.get(one.answers or 0, post.external_id)
        yield Reply(_as_post(world, post, one, author, account), author, parent, post)


def find(world: World, external_id: str) -> Reply | None:
    """The reply of an id, which says when it was written."""
    at = when(external_id)
    if at is None or at > world.now():
        return None
    for account in world.accounts(NETWORK):
        for post in world.posts(NETWORK, account.external_id, since=at - _TALKED, until=at):
            for reply in under(world, post, account):
                if reply.post.external_id == external_id:
                    return reply
    return None


def when(external_id: str) -> datetime | None:
    """The moment that an id of X holds."""
    ms = (int(external_id) >> 22) + _EPOCH_MS
    return datetime.fromtimestamp(ms / 1000, UTC) if ms < 32_503_680_000_000 else None


def person(account: Account, name: str) -> Account:
    """Somebody who is no brand of this world."""
    number = int.from_bytes(hashlib.sha256(f"person {name}".encode()).digest()[:6], "big")
    username = "".join(letter if letter.isalnum() else "_" for letter in name)[:15]
    return Account(
        network=NETWORK,
        external_id=str(10**9 + number),
        name=name.replace("_", " ").replace(".", " ").title(),
        username=username,
        created_at=account.created_at,
        timezone=account.timezone,
        description="",
        picture_url=f"{account.picture_url.rsplit('/', 1)[0]}/{username}.jpg",
        followers=number % 900,
    )


def _external_id(post: Post, remark: Remark) -> str:
    ms = int(remark.at.timestamp() * 1000) - _EPOCH_MS
    digest = hashlib.sha256(f"{post.external_id} {remark.number}".encode()).digest()
    return str((ms << 22) | int.from_bytes(digest[:4], "big") % 2**22)


def _as_post(world: World, post: Post, remark: Remark, author: Account, account: Account) -> Post:
    external_id = _external_id(post, remark)
    return Post(
        network=NETWORK,
        external_id=external_id,
        account_id=author.external_id,
        kind="text",
        text=f"@{account.username} {remark.text}",
        title=None,
        # An id of X holds milliseconds and no more.
        created_at=when(external_id) or remark.at,
        permalink=f"https://x.com/{author.username}/status/{external_id}",
        hashtags=(),
        link=None,
        final=dict.fromkeys((NATURE.exposed, *NATURE.shares), 0) | {"likes": remark.likes, "impressions": 40},
        tau_hours=1.0,
    )
