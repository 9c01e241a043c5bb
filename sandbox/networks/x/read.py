"""The read side: users, timelines, mentions, lookups."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox.networks.x import shapes
from sandbox.networks.x.asked import chosen, ids, moment, number, numeric
from sandbox.networks.x.errors import Problem, invalid, missing, partial
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.web import json_response
from sandbox.world import Account, Post

_EXCLUDABLE = frozenset({"replies", "retweets"})


async def me(call: Call) -> Response:
    """The user of the token."""
    return _one_user(call, call.account)


async def user_by_id(call: Call) -> Response:
    """A user by id."""
    return _one_user(call, _user(call))


async def user_by_name(call: Call) -> Response:
    """A user by username; an unknown one is a partial error with 200."""
    name = call.request.path_params["username"]
    for account in call.world.accounts(NETWORK):
        if account.username.lower() == name.lower():
            return _one_user(call, account)
    return json_response({"errors": [partial(missing("user", "username", name), call.dialect)]})


async def timeline(call: Call) -> Response:
    """A user's posts, newest first."""
    account = _user(call)
    return _page(call, call.world.posts(NETWORK, account.external_id))


async def mentions(call: Call) -> Response:
    """Posts of others that name a user."""
    account = _user(call)
    name = f"@{account.username}".lower()
    others = [other for other in call.world.accounts(NETWORK) if other.external_id != account.external_id]
    found = [
        post for other in others for post in call.world.posts(NETWORK, other.external_id) if name in post.text.lower()
    ]
    return _page(call, sorted(found, key=lambda post: int(post.external_id), reverse=True))


async def lookup(call: Call) -> Response:
    """Posts by id; those that are gone are partial errors beside the rest."""
    asked, want = ids(call.request.query_params), shapes.wanted(call)
    found, lost = [], []
    for wanted_id in asked:
        post = call.world.post(NETWORK, wanted_id)
        if post is None or post.deleted_at is not None:
            lost.append(partial(missing(call.dialect.post, "ids", wanted_id), call.dialect))
        else:
            found.append(post)
    return json_response(_body(call, found, want, lost))


async def single(call: Call) -> Response:
    """One post by id."""
    wanted_id = numeric(call.request.path_params["id"], "id")
    want = shapes.wanted(call)
    post = call.world.post(NETWORK, wanted_id)
    if post is None or post.deleted_at is not None:
        return json_response({"errors": [partial(missing(call.dialect.post, "id", wanted_id), call.dialect)]})
    body = _body(call, [post], want, [])
    return json_response(body | {"data": body["data"][0]})


def _user(call: Call) -> Account:
    """The user whom the path names."""
    wanted_id = numeric(call.request.path_params["id"], "id")
    account = call.world.account(NETWORK, wanted_id)
    if account is None:
        raise missing("user", "id", wanted_id)
    return account


def _one_user(call: Call, account: Account) -> Response:
    fields = chosen(call.request.query_params, "user.fields", call.dialect.user_fields)
    return json_response({"data": shapes.user(call, account, fields)})


def _body(call: Call, posts: list[Post], want: shapes.Wanted, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """Data, includes and partial errors, each only when there is one."""
    data = [shapes.post(call, post, want) for post in posts]
    parts = {"data": data, "includes": shapes.includes(call, posts, want), "errors": errors + want.errors}
    return {name: value for name, value in parts.items() if value}


def _page(call: Call, posts: list[Post]) -> Response:
    """One page of a list that runs from the newest to the oldest."""
    query, want = call.request.query_params, shapes.wanted(call)
    size = number(query, "max_results", 5, 100, 10)
    posts = list(filter(_bounds(call), posts))
    if "replies" in chosen(query, "exclude", _EXCLUDABLE):
        posts = [post for post in posts if call.world.noted(NETWORK, shapes.reply_note(post.external_id)) is None]
    forward, edge = _token(query.get("pagination_token"))
    if edge is None:
        start = 0
    elif forward:
        start = sum(int(post.external_id) > edge for post in posts)
    else:
        start = max(sum(int(post.external_id) > edge for post in posts) - size, 0)
    shown = posts[start : start + size]
    meta: dict[str, Any] = {"result_count": len(shown)}
    if shown:
        meta |= {"newest_id": shown[0].external_id, "oldest_id": shown[-1].external_id}
        if start + size < len(posts):
            meta["next_token"] = _seal("n", int(shown[-1].external_id) - 1)
        if start:
            meta["previous_token"] = _seal("p", int(shown[0].external_id))
    return json_response(_body(call, shown, want, []) | {"meta": meta})


def _bounds(call: Call) -> Callable[[Post], bool]:
    """Whether a post lies between the bounds that a request sets."""
    query = call.request.query_params
    start, end = moment(query, "start_time"), moment(query, "end_time")
    if end is not None and end > call.world.now():
        raise invalid("end_time", query["end_time"], "Invalid 'end_time': it must be before the request time")
    if start is not None and end is not None and start >= end:
        raise invalid("start_time", query["start_time"], "Invalid 'start_time': it must be before 'end_time'")
    since = int(numeric(query.get("since_id", "0"), "since_id"))
    until = int(numeric(query["until_id"], "until_id")) if "until_id" in query else None

    def within(post: Post) -> bool:
        number_of_post = int(post.external_id)
        return (
            (start is None or post.created_at >= start)
            and (end is None or post.created_at < end)
            and number_of_post > since
            and (until is None or number_of_post < until)
        )

    return within


def _seal(direction: str, edge: int) -> str:
    return base64.urlsafe_b64encode(f"{direction}{edge}".encode()).decode().rstrip("=")


def _token(token: str | None) -> tuple[bool, int | None]:
    """Direction and edge of a pagination token."""
    if token is None:
        return True, None
    try:
        plain = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        return plain[0] == "n", int(plain[1:])
    except (binascii.Error, UnicodeDecodeError, ValueError, IndexError) as error:
        raise _bad_token(token) from error


def _bad_token(token: str) -> Problem:
    return invalid("pagination_token", token, f"The `pagination_token` query parameter value [{token}] is not valid")
