"""The public side of professional accounts, which Facebook Login shows by name."""

import dataclasses
import re
from typing import Any

from sandbox.networks.instagram.shapes import Node, media_type, medium
from sandbox.networks.meta.errors import GraphError, invalid
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call
from sandbox.networks.meta.paging import bounded
from sandbox.world import Account, Post

_USERNAME = re.compile(r"[\w.]+")


def found(call: Call, want: Want) -> dict[str, Any]:
    """`business_discovery.username(NAME){…}`. Raises GraphError."""
    name = want.how.get("username", "")
    if not _USERNAME.fullmatch(name):
        raise invalid("business_discovery needs .username(NAME)")
    account = next((one for one in call.world.accounts("instagram") if one.username == name.lower()), None)
    if account is None:
        raise GraphError("Invalid user id", 110, 2207013, title="Cannot find User")
    values = public(call, account) | {"media": lambda inner: _media(call, account, inner)}
    return asked(want.of, values, account.external_id, "IGUser")


def public(call: Call, account: Account) -> Node:
    """What everybody sees of an account."""
    counters = call.world.account_counters(account, call.now)
    return {
        "id": lambda _: account.external_id,
        "username": lambda _: account.username,
        "name": lambda _: account.name,
        "biography": lambda _: account.description,
        "website": lambda _: f"https://shop.example/{account.username}",
        "profile_picture_url": lambda _: account.picture_url,
        "followers_count": lambda _: counters["followers"],
        "follows_count": lambda _: counters["following"],
        "media_count": lambda _: counters["posts"],
    }


def _media(call: Call, account: Account, want: Want) -> dict[str, Any]:
    """`media.limit(25).after(CURSOR){…}`; cursors are ids: `after` of the last medium shown, `before` of the first."""
    within = dataclasses.replace(call, params=dict(want.how)).since_until()
    posts = [post for post in call.world.posts("instagram", account.external_id, **within) if post.kind != "story"]
    ids = [post.external_id for post in posts]
    limit, after, before = bounded(want.how.get("limit")), want.how.get("after"), want.how.get("before")
    if any(cursor is not None and cursor not in ids for cursor in (after, before)):
        raise invalid("Invalid cursors values")
    end = ids.index(before) if before is not None else None
    start = max(end - limit, 0) if end is not None else ids.index(after) + 1 if after is not None else 0
    shown = posts[start : start + limit if end is None else end]
    wants = want.of or (Want("id"),)
    answer: dict[str, Any] = {
        "data": [asked(wants, _medium(call, account, p), p.external_id, "IGMedia") for p in shown]
    }
    cursors = {"before": shown[0].external_id} if shown and start > 0 else {}
    if shown and start + len(shown) < len(posts):
        cursors["after"] = shown[-1].external_id
    return answer | ({"paging": {"cursors": cursors}} if cursors else {})


def _medium(call: Call, account: Account, post: Post) -> Node:
    """Views are told of films alone."""
    views = call.world.counters(post, call.now)["views"] if media_type(post) == "VIDEO" else None
    return medium(call, account, post) | {"view_count": lambda _: views}
