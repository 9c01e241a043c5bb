"""Hashtags, for Facebook Login: found by name, 30 different ones a week; what is public of their media."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.instagram import shapes
from sandbox.networks.instagram.login import BASIC, by_page, only_by_page, own
from sandbox.networks.instagram.shapes import Node
from sandbox.networks.meta.errors import GraphError, invalid, missing
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call
from sandbox.world import Post
from sandbox.world.words import TAGS

_MOST, _WEEK, _RECENT = 30, timedelta(days=7), timedelta(hours=24)
# Who wrote them is not told.
_SHOWN = ("id", "caption", "media_type", "media_url", "permalink", "timestamp", "like_count", "comments_count")
_MOST_MEDIA = 50


def search(call: Call) -> dict[str, Any]:
    """The id of a hashtag that is asked for by its name without #. Raises GraphError."""
    only_by_page(call, "ig_hashtag_search")
    account = own(call, call.text("user_id"), BASIC)
    name = call.text("q").lower()
    if not name.isalnum():
        raise invalid("The parameter q must be a hashtag without spaces and special characters")
    asked_for = _asked(call, account.external_id)
    if name not in asked_for and len(asked_for) >= _MOST:
        message = "The maximum number of unique hashtags that can be queried within 7 days has been reached"
        raise GraphError(message, 18, 2207034)
    if name not in TAGS:
        raise GraphError("Invalid parameter", 100, 2207024, title="The requested resource does not exist")
    asked_for = {**asked_for, name: call.now.isoformat()}
    call.world.note("instagram", f"hashtags {account.external_id}", {"note": "hashtags", "asked": asked_for})
    return {"data": [{"id": _id(name)}]}


def searched(call: Call, account_id: str) -> dict[str, Any]:
    """The hashtags of the last week."""
    only_by_page(call, account_id)
    names = list(_asked(call, own(call, account_id, BASIC).external_id))
    wants = call.fields("id")
    return call.page(names, lambda name: asked(wants, _values(name), _id(name), "IGHashtag"), _id)


def node(call: Call, hashtag_id: str) -> dict[str, Any] | None:
    """Its name; None where there is no such."""
    name = _named(hashtag_id)
    if name is None or not by_page(call):
        return None
    call.acting(BASIC)
    return asked(call.fields("id,name"), _values(name), hashtag_id, "IGHashtag")


def media(call: Call, hashtag_id: str, edge: str) -> dict[str, Any]:
    """Public media with the hashtag: of the last day, or those that most people like. Raises GraphError."""
    only_by_page(call, hashtag_id)
    own(call, call.text("user_id"), BASIC)
    name = _named(hashtag_id)
    if name is None:
        raise missing(hashtag_id)
    posts = [post for post in call.world.live_at("instagram", call.now) if name in post.hashtags]
    if edge == "recent_media":
        found = [post for post in posts if post.created_at > call.now - _RECENT]
    else:
        found = sorted(posts, key=lambda post: -call.world.counters(post, call.now)["likes"])
    wants = call.fields("id")
    return call.page(
        [post for post in found if post.kind != "story"][:_MOST_MEDIA],
        lambda post: asked(wants, _public(call, post), post.external_id, "IGMedia"),
        lambda post: post.external_id,
    )


def _public(call: Call, post: Post) -> Node:
    account = call.world.account("instagram", post.account_id)
    if account is None:
        raise missing(post.external_id)
    values = shapes.medium(call, account, post)
    return {name: value for name, value in values.items() if name in (*_SHOWN, "children")}


def _asked(call: Call, account_id: str) -> dict[str, str]:
    """The hashtags that were asked for within a week, and when."""
    told = (call.world.noted("instagram", f"hashtags {account_id}") or {}).get("asked", {})
    return {name: at for name, at in told.items() if datetime.fromisoformat(at) > call.now - _WEEK}


def _id(name: str) -> str:
    return f"1784{sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 10**13:013d}"


def _named(hashtag_id: str) -> str | None:
    return next((name for name in TAGS if _id(name) == hashtag_id), None)


def _values(name: str) -> Node:
    return {"id": lambda _: _id(name), "name": lambda _: name}
