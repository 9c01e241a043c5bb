"""Who liked and reposted a post: the world counts them, here they have names."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.networks.x import posts, replies, shapes
from sandbox.networks.x.asked import number, numeric, seal, unsealed
from sandbox.networks.x.errors import forbidden, missing, partial
from sandbox.networks.x.gate import Call
from sandbox.web import json_response


async def reposters(call: Call) -> Response:
    """Who reposted a post."""
    return _crowd(call, "reposts")


async def likers(call: Call) -> Response:
    """Who liked an own post: X tells that to nobody else."""
    seen = posts.lookup(call.world, numeric(call.request.path_params["id"], "id"))
    if seen is not None and seen.author.external_id != call.account.external_id:
        raise forbidden("You may only see who liked your own posts.")
    return _crowd(call, "likes")


def _crowd(call: Call, counter: str) -> Response:
    wanted_id = numeric(call.request.path_params["id"], "id")
    query, want = call.request.query_params, shapes.wanted(call, of_users=True)
    size = number(query, "max_results", 1, 100, 100)
    forward, edge = unsealed(query, "pagination_token")
    seen = posts.lookup(call.world, wanted_id)
    if seen is None:
        return json_response({"errors": [partial(missing(call.dialect.post, "id", wanted_id), call.dialect)]})
    count = call.world.counters(seen.post, call.world.now())[counter]
    start = min(edge or 0, count) if forward else max((edge or 0) - size, 0)
    shown = range(start, min(start + size, count))
    # The same people like every post, the keenest first.
    people = [replies.person(seen.author, f"reader_{place}") for place in shown]
    meta: dict[str, Any] = {"result_count": len(people)}
    if start + size < count:
        meta["next_token"] = seal("n", start + size)
    if start:
        meta["previous_token"] = seal("p", start)
    data = [shapes.user(call, one, want.user) for one in people]
    return json_response(({"data": data} if data else {}) | {"meta": meta})
