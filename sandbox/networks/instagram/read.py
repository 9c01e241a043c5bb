"""The account and its media as nodes with fields."""

from collections.abc import Callable
from typing import Any

from sandbox.networks.meta.errors import denied, missing
from sandbox.networks.meta.fields import Want, parse
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Post

_BASIC = "instagram_business_basic"
_TYPES = {"image": "IMAGE", "carousel": "CAROUSEL_ALBUM", "reel": "VIDEO", "story": "IMAGE"}
PRODUCTS = {"reel": "REELS", "story": "STORY"}


def node(call: Call, external_id: str) -> dict[str, Any]:
    """The account or one medium."""
    acting = call.acting(_BASIC)
    wants = parse(call.text("fields", "id"))
    if external_id == acting.external_id:
        return asked(wants, _account(call, acting), acting.extra["app_scoped_id"], "IGUser")
    post = call.world.post("instagram", external_id)
    if post is None or post.account_id != acting.external_id:
        raise missing(external_id)
    return asked(wants, _media(call, post), external_id, "IGMedia")


def media(call: Call, account_id: str) -> dict[str, Any]:
    """Newest first, stories apart."""
    _own(call, account_id)
    found = call.world.posts("instagram", account_id, since=call.moment("since"), until=call.moment("until"))
    wants = parse(call.text("fields", "id"))
    shown = [post for post in found if post.kind != "story"]
    return call.page(shown, lambda post: asked(wants, _media(call, post), post.external_id, "IGMedia"))


def stories(call: Call, account_id: str) -> dict[str, Any]:
    """Those of the last day."""
    _own(call, account_id)
    wants = parse(call.text("fields", "id"))
    found = [post for post in call.world.posts("instagram", account_id) if post.kind == "story"]
    return call.page(found, lambda post: asked(wants, _media(call, post), post.external_id, "IGMedia"))


def comments(call: Call, media_id: str) -> dict[str, Any]:
    """The world counts comments and keeps no words of them."""
    acting = call.acting("instagram_business_manage_comments")
    post = call.world.post("instagram", media_id)
    if post is None or post.account_id != acting.external_id:
        raise missing(media_id)
    return {"data": []}


def _own(call: Call, account_id: str) -> None:
    if call.acting(_BASIC).external_id != account_id:
        raise denied(_BASIC)


def _account(call: Call, account: Account) -> dict[str, Callable[[Want], Any]]:
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


def _media(call: Call, post: Post) -> dict[str, Callable[[Want], Any]]:
    counters = call.world.counters(post, call.now)
    type_ = _TYPES.get(post.kind, "IMAGE")
    address = f"https://pictures.example/{post.external_id}"
    account = call.world.account("instagram", post.account_id)
    assert account is not None
    return {
        "id": lambda _: post.external_id,
        "caption": lambda _: post.text or None,
        "media_type": lambda _: type_,
        "media_product_type": lambda _: PRODUCTS.get(post.kind, "FEED"),
        "media_url": lambda _: address + (".mp4" if type_ == "VIDEO" else ".jpg"),
        "thumbnail_url": lambda _: address + ".jpg" if type_ == "VIDEO" else None,
        "permalink": lambda _: post.permalink,
        "shortcode": lambda _: post.permalink.rstrip("/").rsplit("/", 1)[-1],
        "timestamp": lambda _: stamp(post.created_at),
        "username": lambda _: account.username,
        "owner": lambda _: {"id": post.account_id},
        "alt_text": lambda _: None,
        "is_comment_enabled": lambda _: True,
        "like_count": lambda _: counters["likes"],
        "comments_count": lambda _: counters["comments"],
        "children": lambda _: _children(post) if type_ == "CAROUSEL_ALBUM" else None,
    }


def _children(post: Post) -> dict[str, Any]:
    return {"data": [{"id": f"{post.external_id[:-2]}{n:02d}"} for n in range(len(post.media))]}
