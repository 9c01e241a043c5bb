"""A medium as everybody sees it."""

from collections.abc import Callable
from typing import Any

from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Post

Node = dict[str, Callable[[Want], Any]]

_TYPES = {"image": "IMAGE", "carousel": "CAROUSEL_ALBUM", "reel": "VIDEO", "video": "VIDEO", "story": "IMAGE"}
_PRODUCTS = {"reel": "REELS", "story": "STORY"}


def product(post: Post) -> str:
    """Instagram's word for where a medium is shown."""
    return _PRODUCTS.get(post.kind, "FEED")


def media_type(post: Post) -> str:
    """Instagram's word for what a medium is."""
    is_film = any(one.content_type.startswith("video/") for one in post.media)
    return "VIDEO" if is_film and post.kind != "carousel" else _TYPES[post.kind]


def medium(call: Call, account: Account, post: Post) -> Node:
    """What everybody sees of a medium."""
    counters, type_ = call.world.counters(post, call.now), media_type(post)
    picture = f"{call.world.origin}/pictures/{post.external_id}.jpg"
    return {
        "id": lambda _: post.external_id,
        "caption": lambda _: post.text or None,
        "media_type": lambda _: type_,
        "media_product_type": lambda _: product(post),
        "media_url": lambda _: f"{call.world.origin}/sample.mp4" if type_ == "VIDEO" else picture,
        "thumbnail_url": lambda _: picture if type_ == "VIDEO" else None,
        "permalink": lambda _: post.permalink,
        "timestamp": lambda _: stamp(post.created_at),
        "username": lambda _: account.username,
        "owner": lambda _: {"id": account.external_id},
        # Owners may hide the likes of a post: its insights tell them still.
        "like_count": lambda _: None if _hides_likes(post) else counters["likes"],
        "comments_count": lambda _: counters["comments"],
        "children": lambda want: children(call, post, want.of) if type_ == "CAROUSEL_ALBUM" else None,
    }


def shortcode(post: Post) -> str:
    """The short name in a medium's address."""
    return post.permalink.rstrip("/").rsplit("/", 1)[-1]


def children(call: Call, post: Post, wants: tuple[Want, ...]) -> dict[str, Any]:
    """The media of a carousel, each with its id at least."""
    ids = [f"{post.external_id[:-2]}{number:02d}" for number in range(len(post.media))]
    chosen = wants or (Want("id"),)
    return {"data": [asked(chosen, _child(call, post, place, id_), id_, "IGMedia") for place, id_ in enumerate(ids)]}


def _child(call: Call, post: Post, place: int, child_id: str) -> Node:
    is_film = post.media[place].content_type.startswith("video/")
    picture = f"{call.world.origin}/pictures/{child_id}.jpg"
    return {
        "id": lambda _: child_id,
        "media_type": lambda _: "VIDEO" if is_film else "IMAGE",
        "media_url": lambda _: f"{call.world.origin}/sample.mp4" if is_film else picture,
        "thumbnail_url": lambda _: picture if is_film else None,
        "permalink": lambda _: post.permalink,
        "shortcode": lambda _: shortcode(post),
        "timestamp": lambda _: stamp(post.created_at),
        "owner": lambda _: {"id": post.account_id},
    }


def _hides_likes(post: Post) -> bool:
    return int(post.external_id) % 20 == 0
