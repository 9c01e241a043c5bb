"""Media of other people that tag the account or name it, and answers to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.instagram.comments import person_id
from sandbox.networks.instagram.login import BASIC, COMMENTS, by_page, own
from sandbox.networks.instagram.nature import permalink
from sandbox.networks.instagram.nature import post_id as new_id
from sandbox.networks.instagram.shapes import Node
from sandbox.networks.meta.errors import missing
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account
from sandbox.world.chance import draw

_EVERY = timedelta(days=5)
_PEOPLE = ("ingrid.solberg", "matteo_r", "leila_m", "sofie.h", "noah.w", "carla.p", "elena_v")
_WORDS = (
    "Sunday with {}",
    "Thank you {} ☕",
    "Found this at {} today",
    "{} never lets me down",
    "Waiting in line at {}",
)


@dataclass(frozen=True, slots=True)
class _Tagged:
    """A medium that tags the account. One in three is a comment that names it, under a medium of its author."""

    id: str
    comment_id: str | None
    author: str
    text: str
    at: datetime
    likes: int
    comments: int


def tags(call: Call, account_id: str) -> dict[str, Any]:
    """Media that tag the account, newest first."""
    account = own(call, account_id, BASIC)
    wants = call.fields("id")
    return call.page(
        _tagged(call, account),
        lambda one: asked(wants, _medium(call, one), one.id, "IGMedia"),
        lambda one: one.id,
    )


def medium(call: Call, account: Account, want: Want) -> dict[str, Any]:
    """`mentioned_media.media_id(ID){…}`. Raises GraphError."""
    id_ = want.how.get("media_id", "")
    one = next((one for one in _tagged(call, account) if one.id == id_), None)
    if one is None:
        raise missing(id_)
    return asked(want.of, _medium(call, one), one.id, "IGMedia")


def comment(call: Call, account: Account, want: Want) -> dict[str, Any]:
    """`mentioned_comment.comment_id(ID){…}`. Raises GraphError."""
    id_ = want.how.get("comment_id", "")
    one = next((one for one in _tagged(call, account) if one.comment_id == id_), None)
    if one is None:
        raise missing(id_)
    values: Node = {
        "id": lambda _: one.comment_id,
        "text": lambda _: one.text,
        "timestamp": lambda _: stamp(one.at),
        "like_count": lambda _: one.likes % 7,
        "username": lambda _: one.author,
        "media": lambda inner: asked(inner.of, _medium(call, one), one.id, "IGMedia"),
    }
    return asked(want.of, values, id_, "IGComment")


def answer(call: Call, account_id: str) -> dict[str, Any]:
    """A comment of the account where somebody mentioned it. Raises GraphError."""
    account = own(call, account_id, COMMENTS)
    media_id, message = call.text("media_id"), call.text("message")
    if media_id not in {one.id for one in _tagged(call, account)}:
        raise missing(media_id)
    key = f"mention {media_id} {message} {call.now.isoformat()}"
    comment_id = f"180{new_id(account.external_id, call.now, key)[3:]}"
    call.world.note("instagram", f"answer {comment_id}", {"note": "answer", "media": media_id, "text": message})
    return {"id": comment_id}


def _tagged(call: Call, account: Account) -> list[_Tagged]:
    """One every few days since the account began to be talked of, newest first."""
    first = call.now.date() - timedelta(days=200)
    start = datetime.combine(first, datetime.min.time(), call.now.tzinfo)
    place = int(start.timestamp() // _EVERY.total_seconds())
    found = []
    while (at := datetime.fromtimestamp(place * _EVERY.total_seconds() + 36_000, call.now.tzinfo)) <= call.now:
        found.append(_one(account, at, place))
        place += 1
    return found[::-1]


def _one(account: Account, at: datetime, place: int) -> _Tagged:
    source = draw("tagged", account.external_id, place)
    id_ = new_id(account.external_id, at, f"tagged {place}")
    return _Tagged(
        id=id_,
        comment_id=f"181{id_[3:]}" if place % 3 == 0 else None,
        author=source.choice(_PEOPLE),
        text=source.choice(_WORDS).format(f"@{account.username}"),
        at=at,
        likes=source.randint(3, 240),
        comments=source.randint(0, 12),
    )


def _medium(call: Call, one: _Tagged) -> Node:
    address = permalink(one.author, one.id)
    return {
        "id": lambda _: one.id,
        "caption": lambda _: one.text,
        "media_type": lambda _: "IMAGE",
        "media_product_type": lambda _: "FEED",
        "media_url": lambda _: f"{call.world.origin}/pictures/{one.id}.jpg",
        "permalink": lambda _: address,
        "timestamp": lambda _: stamp(one.at),
        "like_count": lambda _: one.likes,
        "comments_count": lambda _: one.comments,
        "username": lambda _: one.author,
        # Whose it is, only Facebook Login tells.
        "owner": lambda _: {"id": person_id(one.author)} if by_page(call) else None,
        "children": lambda _: None,
    }
