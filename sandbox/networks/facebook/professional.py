"""Instagram accounts as Facebook Login sees them: linked to a page, and the public side of others."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.networks.meta.errors import GraphError, denied, invalid
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.networks.meta.paging import bounded
from sandbox.world import Account, Post

Node = dict[str, Callable[[Want], Any]]

_SCOPE = "instagram_basic"
_USERNAME = re.compile(r"[\w.]+")
_TYPES = {"carousel": "CAROUSEL_ALBUM", "reel": "VIDEO", "video": "VIDEO"}


def linked(call: Call, page: Account, want: Want) -> dict[str, Any] | None:
    """The Instagram account of a page: the one of the same brand."""
    account = next((one for one in call.world.accounts("instagram") if one.name == page.name), None)
    if account is None or _SCOPE not in call.grant().scopes:
        return None
    return asked(want.of, _public(call, account), account.external_id, "IGUser")


def node(call: Call, account_id: str) -> dict[str, Any]:
    """The account that is linked to the token's page, and through it others. Raises GraphError."""
    page = call.acting(_SCOPE)
    account = call.world.account("instagram", account_id)
    if account is None or account.name != page.name:
        raise denied(_SCOPE)
    following = call.world.account_counters(account, call.now)["following"]
    values = _public(call, account) | {
        "follows_count": lambda _: following,
        "business_discovery": lambda want: _discovered(call, want),
    }
    return asked(call.fields("id"), values, account_id, "IGUser")


def _discovered(call: Call, want: Want) -> dict[str, Any]:
    """The public side of a professional account, by its name. Raises GraphError."""
    name = want.how.get("username", "")
    if not _USERNAME.fullmatch(name):
        raise invalid("business_discovery needs .username(NAME)")
    found = next((one for one in call.world.accounts("instagram") if one.username == name.lower()), None)
    if found is None:
        raise GraphError("Invalid user id", 110, 2207013, title="Cannot find User")
    values = _public(call, found) | {"media": lambda inner: _media(call, found, inner)}
    return asked(want.of, values, found.external_id, "IGUser")


def _public(call: Call, account: Account) -> Node:
    counters = call.world.account_counters(account, call.now)
    return {
        "id": lambda _: account.external_id,
        "ig_id": lambda _: int(account.external_id),
        "username": lambda _: account.username,
        "name": lambda _: account.name,
        "biography": lambda _: account.description,
        "website": lambda _: f"https://shop.example/{account.username}",
        "profile_picture_url": lambda _: account.picture_url,
        "followers_count": lambda _: counters["followers"],
        "media_count": lambda _: counters["posts"],
    }


def _media(call: Call, account: Account, want: Want) -> dict[str, Any]:
    """`media.limit(25).after(CURSOR){…}`; the cursor is the id of the last medium shown."""
    posts = [post for post in call.world.posts("instagram", account.external_id) if post.kind != "story"]
    ids = [post.external_id for post in posts]
    after = want.how.get("after")
    if after is not None and after not in ids:
        raise invalid("Invalid cursors values")
    start = ids.index(after) + 1 if after is not None else 0
    end = start + bounded(want.how.get("limit"))
    shown = [asked(want.of, _medium(call, post), post.external_id, "IGMedia") for post in posts[start:end]]
    found: dict[str, Any] = {"data": shown}
    if end < len(posts) and shown:
        found["paging"] = {"cursors": {"after": ids[end - 1]}}
    return found


def _medium(call: Call, post: Post) -> Node:
    counters, type_ = call.world.counters(post, call.now), _TYPES.get(post.kind, "IMAGE")
    return {
        "id": lambda _: post.external_id,
        "caption": lambda _: post.text or None,
        "media_type": lambda _: type_,
        "permalink": lambda _: post.permalink,
        "timestamp": lambda _: stamp(post.created_at),
        "like_count": lambda _: counters["likes"],
        "comments_count": lambda _: counters["comments"],
        "view_count": lambda _: counters["views"] if type_ == "VIDEO" else None,
    }
