"""The read side: users, timelines, mentions, lookups, media."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from sandbox.networks.x import attached, posts, shapes
from sandbox.networks.x.asked import chosen, ids, listed, moment, number, numeric, seal, unsealed
from sandbox.networks.x.dialect import MEDIA_FIELDS
from sandbox.networks.x.errors import Problem, invalid, missing, partial
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.networks.x.posts import Seen
from sandbox.web import json_response
from sandbox.world import Account

_EXCLUDABLE = frozenset({"replies", "retweets"})
_USERNAME = re.compile(r"[A-Za-z0-9_]{1,15}")
MEDIA_KEY = re.compile(r"[0-9]{1,19}_[0-9]{1,19}")


async def me(call: Call) -> Response:
    """The user of the token."""
    return json_response({"data": shapes.user(call, call.account, shapes.wanted(call, of_users=True).user)})


async def user_by_id(call: Call) -> Response:
    """A user by id; an unknown one is a partial error with 200."""
    return _one_user(call, "id", numeric(call.request.path_params["id"], "id"))


async def user_by_name(call: Call) -> Response:
    """A user by username."""
    name = call.request.path_params["username"]
    if not _USERNAME.fullmatch(name):
        raise invalid("username", name, f"The `username` query parameter value [{name}] does not match ^[A-Za-z0-9_]")
    return _one_user(call, "username", name)


async def users_by_ids(call: Call) -> Response:
    """Up to a hundred users by id."""
    return _users(call, "ids", ids(call.request.query_params))


async def users_by_names(call: Call) -> Response:
    """Up to a hundred users by username."""
    return _users(call, "usernames", listed(call.request.query_params, "usernames", _USERNAME))


async def timeline(call: Call) -> Response:
    """A user's posts, newest first."""
    found = posts.of_account(call.world, _account(call))
    if "replies" in chosen(call, "exclude", _EXCLUDABLE):
        found = [one for one in found if one.parent is None]
    return page(call, found)


async def mentions(call: Call) -> Response:
    """What others wrote to or about a user."""
    since = moment(call.request.query_params, "start_time")
    return page(call, posts.mentioning(call.world, _account(call), since))


async def quoted(call: Call) -> Response:
    """Posts that quote one. Nobody does in this world: the counter has no posts behind it."""
    wanted_id = numeric(call.request.path_params["id"], "id")
    if posts.lookup(call.world, wanted_id) is None:
        return json_response({"errors": [partial(missing(call.dialect.post, "id", wanted_id), call.dialect)]})
    return page(call, [], low=10)


async def lookup(call: Call) -> Response:
    """Posts by id; those that are gone are partial errors beside the rest."""
    asked, want = ids(call.request.query_params), shapes.wanted(call)
    found, lost = [], []
    for wanted_id in asked:
        seen = posts.lookup(call.world, wanted_id)
        if seen is None:
            lost.append(partial(missing(call.dialect.post, "ids", wanted_id), call.dialect))
        else:
            found.append(seen)
    return json_response(body(call, found, want, lost))


async def single(call: Call) -> Response:
    """One post by id."""
    wanted_id = numeric(call.request.path_params["id"], "id")
    want = shapes.wanted(call)
    seen = posts.lookup(call.world, wanted_id)
    if seen is None:
        return json_response({"errors": [partial(missing(call.dialect.post, "id", wanted_id), call.dialect)]})
    shown = body(call, [seen], want, [])
    return json_response(shown | {"data": shown["data"][0]})


async def media_by_keys(call: Call) -> Response:
    """Media by key."""
    data, errors = [], []
    for key in listed(call.request.query_params, "media_keys", MEDIA_KEY):
        found = attached.by_key(call, key)
        if found is None:
            errors.append(partial(missing("media", "media_keys", key), call.dialect))
        else:
            data.append(_of_medium(call, found[1]))
    return json_response({name: value for name, value in {"data": data, "errors": errors}.items() if value})


async def medium_by_key(call: Call) -> Response:
    """One medium by key."""
    key = call.request.path_params["media_key"]
    if not MEDIA_KEY.fullmatch(key):
        raise invalid("media_key", key, f"The `media_key` query parameter value [{key}] is not valid")
    found = attached.by_key(call, key)
    if found is None:
        raise missing("media", "media_key", key)
    return json_response({"data": _of_medium(call, found[1])})


def body(call: Call, found: list[Seen], want: shapes.Wanted, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """Data, includes and partial errors, each only when there is one."""
    data = [shapes.post(call, one, want) for one in found]
    parts = {"data": data, "includes": shapes.includes(call, found, want), "errors": errors + want.errors}
    return {name: value for name, value in parts.items() if value}


def page(call: Call, found: list[Seen], low: int = 5) -> Response:
    """One page of a list that runs from the newest to the oldest."""
    query, want = call.request.query_params, shapes.wanted(call)
    size = number(query, "max_results", low, 100, 10)
    found = list(filter(bounds(call), found))
    forward, edge = unsealed(query, "pagination_token", "next_token")
    if edge is None:
        start = 0
    elif forward:
        start = sum(one.number > edge for one in found)
    else:
        start = max(sum(one.number > edge for one in found) - size, 0)
    shown = found[start : start + size]
    meta: dict[str, Any] = {"result_count": len(shown)}
    if shown:
        meta |= {"newest_id": shown[0].id, "oldest_id": shown[-1].id}
        if start + size < len(found):
            meta["next_token"] = seal("n", shown[-1].number - 1)
        if start:
            meta["previous_token"] = seal("p", shown[0].number)
    return json_response(body(call, shown, want, []) | {"meta": meta})


def bounds(call: Call) -> Callable[[Seen], bool]:
    """Whether a post lies between the bounds that a request sets."""
    query = call.request.query_params
    start, end = moment(query, "start_time"), moment(query, "end_time")
    if end is not None and end > call.world.now():
        raise invalid("end_time", query["end_time"], "Invalid 'end_time': it must be before the request time")
    if start is not None and end is not None and start >= end:
        raise invalid("start_time", query["start_time"], "Invalid 'start_time': it must be before 'end_time'")
    since = int(numeric(query.get("since_id", "0"), "since_id"))
    until = int(numeric(query["until_id"], "until_id")) if "until_id" in query else None

    def within(seen: Seen) -> bool:
        return (
            (start is None or seen.post.created_at >= start)
            and (end is None or seen.post.created_at < end)
            and seen.number > since
            and (until is None or seen.number < until)
        )

    return within


def _account(call: Call) -> Account:
    """The user whom the path names."""
    wanted_id = numeric(call.request.path_params["id"], "id")
    account = call.world.account(NETWORK, wanted_id)
    if account is None:
        raise missing("user", "id", wanted_id)
    return account


def _one_user(call: Call, parameter: str, value: str) -> Response:
    want = shapes.wanted(call, of_users=True)
    found = _found(call, parameter, [value])
    if value.lower() not in found:
        return json_response({"errors": [partial(missing("user", parameter, value), call.dialect)]})
    return json_response({"data": shapes.user(call, found[value.lower()], want.user)})


def _users(call: Call, parameter: str, values: list[str]) -> Response:
    want = shapes.wanted(call, of_users=True)
    found = _found(call, parameter, values)
    data = [shapes.user(call, found[value.lower()], want.user) for value in values if value.lower() in found]
    lost: list[Problem] = [missing("user", parameter, value) for value in values if value.lower() not in found]
    errors = [partial(one, call.dialect) for one in lost]
    return json_response({name: value for name, value in {"data": data, "errors": errors}.items() if value})


def _found(call: Call, parameter: str, values: list[str]) -> dict[str, Account]:
    """Users by what they were asked by; whoever is no brand is looked for only where one is asked for."""
    known = {_key(one, parameter): one for one in call.world.accounts(NETWORK)}
    if not {value.lower() for value in values} <= known.keys():
        known = {_key(one, parameter): one for one in posts.people(call.world)}
    return known


def _key(account: Account, parameter: str) -> str:
    return account.username.lower() if parameter.startswith("username") else account.external_id


def _of_medium(call: Call, medium: dict[str, Any]) -> dict[str, Any]:
    fields = chosen(call, "media.fields", MEDIA_FIELDS) | {"media_key", "type"}
    return {name: value for name, value in medium.items() if name in fields}
