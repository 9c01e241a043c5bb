"""The account, its media and their comments as nodes with fields."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sandbox.networks.meta.errors import denied, missing
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Post
from sandbox.world.remarks import Remark, remarks

Node = dict[str, Callable[[Want], Any]]

_BASIC = "instagram_business_basic"
_COMMENTS = "instagram_business_manage_comments"
_TYPES = {"image": "IMAGE", "carousel": "CAROUSEL_ALBUM", "reel": "VIDEO", "video": "VIDEO", "story": "IMAGE"}
_PRODUCTS = {"reel": "REELS", "story": "STORY"}
_STORY_LIFE = timedelta(days=1)


def product(post: Post) -> str:
    """Instagram's word for where a medium is shown."""
    return _PRODUCTS.get(post.kind, "FEED")


def own_post(call: Call, acting: Account, media_id: str) -> Post:
    """A medium of the token's account. Raises GraphError."""
    post = call.world.post("instagram", media_id)
    if post is None or post.account_id != acting.external_id:
        raise missing(media_id)
    return post


def node(call: Call, external_id: str) -> dict[str, Any]:
    """The account or one medium."""
    acting = call.acting(_BASIC)
    if external_id in (acting.external_id, acting.extra["app_scoped_id"]):
        return asked(call.fields("id"), _account(call, acting), acting.extra["app_scoped_id"], "IGUser")
    post = own_post(call, acting, external_id)
    return asked(call.fields("id"), _media(call, acting, post), external_id, "IGMedia")


def media(call: Call, account_id: str) -> dict[str, Any]:
    """Newest first, stories apart."""
    account = _own(call, account_id)
    found = call.world.posts("instagram", account.external_id, **call.since_until())
    return _listed(call, account, [post for post in found if post.kind != "story"])


def stories(call: Call, account_id: str) -> dict[str, Any]:
    """Those of the last day."""
    account = _own(call, account_id)
    found = call.world.posts("instagram", account.external_id, since=call.now - _STORY_LIFE)
    return _listed(call, account, [post for post in found if post.kind == "story"])


def comments(call: Call, media_id: str) -> dict[str, Any]:
    """Comments of a medium, newest first; replies are inside those that they answer."""
    acting = call.acting(_COMMENTS)
    post = own_post(call, acting, media_id)
    found = remarks(post, call.world.counters(post, call.now)["comments"], acting.username)
    replies = {remark.answers: remark for remark in found if remark.answers is not None}
    top = [remark for remark in reversed(found) if remark.answers is None]
    wants = call.fields("id,text,timestamp")
    return call.page(
        top,
        lambda remark: asked(
            wants, _comment(post, remark, replies.get(remark.number)), _comment_id(post, remark.number), "IGComment"
        ),
        lambda remark: str(remark.number),
    )


def _own(call: Call, account_id: str) -> Account:
    acting = call.acting(_BASIC)
    if account_id not in (acting.external_id, acting.extra["app_scoped_id"]):
        raise denied(_BASIC)
    return acting


def _listed(call: Call, account: Account, found: list[Post]) -> dict[str, Any]:
    wants = call.fields("id")
    return call.page(
        found,
        lambda post: asked(wants, _media(call, account, post), post.external_id, "IGMedia"),
        lambda post: post.external_id,
    )


def _account(call: Call, account: Account) -> Node:
    counters = call.world.account_counters(account, call.now)
    return {
        "id": lambda _: account.extra["app_scoped_id"],
        "user_id": lambda _: account.external_id,
        "username": lambda _: account.username,
        "name": lambda _: account.name,
        "account_type": lambda _: "BUSINESS",
        "biography": lambda _: account.description,
        "website": lambda _: f"https://shop.example/{account.username}",
        "profile_picture_url": lambda _: account.picture_url,
        "followers_count": lambda _: counters["followers"],
        "follows_count": lambda _: counters["following"],
        "media_count": lambda _: counters["posts"],
    }


def _media(call: Call, account: Account, post: Post) -> Node:
    counters = call.world.counters(post, call.now)
    type_ = "VIDEO" if any(one.content_type.startswith("video/") for one in post.media) else _TYPES[post.kind]
    picture = f"{call.world.origin}/pictures/{post.external_id}.jpg"
    film = f"{call.world.origin}/sample.mp4"
    return {
        "id": lambda _: post.external_id,
        "caption": lambda _: post.text or None,
        "media_type": lambda _: type_,
        "media_product_type": lambda _: product(post),
        "media_url": lambda _: film if type_ == "VIDEO" else picture,
        "thumbnail_url": lambda _: picture if type_ == "VIDEO" else None,
        "permalink": lambda _: post.permalink,
        "shortcode": lambda _: post.permalink.rstrip("/").rsplit("/", 1)[-1],
        "timestamp": lambda _: stamp(post.created_at),
        "username": lambda _: account.username,
        "owner": lambda _: {"id": account.external_id},
        "alt_text": lambda _: None,
        "is_comment_enabled": lambda _: True,
        "is_shared_to_feed": lambda _: True if product(post) == "REELS" else None,
        # Owners may hide the likes of a post: its insights tell them still.
        "like_count": lambda _: None if _hides_likes(post) else counters["likes"],
        "comments_count": lambda _: counters["comments"],
        "children": lambda want: _children(call, post, want) if type_ == "CAROUSEL_ALBUM" else None,
    }


def _hides_likes(post: Post) -> bool:
    return int(post.external_id) % 20 == 0


def _children(call: Call, post: Post, want: Want) -> dict[str, Any]:
    """The media of a carousel; by themselves only their ids."""
    wants = want.of or (Want("id"),)
    ids = [f"{post.external_id[:-2]}{number:02d}" for number in range(len(post.media))]
    return {"data": [asked(wants, _child(call, post, id_), id_, "IGMedia") for id_ in ids]}


def _child(call: Call, post: Post, child_id: str) -> Node:
    return {
        "id": lambda _: child_id,
        "media_type": lambda _: "IMAGE",
        "media_url": lambda _: f"{call.world.origin}/pictures/{child_id}.jpg",
        "permalink": lambda _: post.permalink,
        "timestamp": lambda _: stamp(post.created_at),
    }


def _comment_id(post: Post, number: int) -> str:
    return f"{int(post.external_id) % 10**12 + 178 * 10**14}{number:03d}"[:20]


def _comment(post: Post, remark: Remark, reply: Remark | None) -> Node:
    def replies(want: Want) -> dict[str, Any] | None:
        if reply is None:
            return None
        wants = want.of or (Want("id"), Want("text"), Want("timestamp"))
        return {"data": [asked(wants, _comment(post, reply, None), _comment_id(post, reply.number), "IGComment")]}

    return {
        "id": lambda _: _comment_id(post, remark.number),
        "text": lambda _: remark.text,
        "username": lambda _: remark.author,
        "timestamp": lambda _: stamp(remark.at),
        "like_count": lambda _: remark.likes,
        "hidden": lambda _: False,
        "from": lambda _: {"id": str(178 * 10**14 + sum(remark.author.encode())), "username": remark.author},
        "media": lambda _: {"id": post.external_id},
        "replies": replies,
    }
