"""Which call to graph.instagram.com is answered by what."""

import dataclasses
from typing import Any

from sandbox.networks.instagram import edges, oauth
from sandbox.networks.meta.graph import Call


async def answer(call: Call) -> Any:
    """What a call is answered with. Raises GraphError."""
    match call.method, call.path:
        case "GET" | "POST", ["oauth", "authorize"]:
            return await oauth.authorize(call)
        case "POST", ["oauth", "access_token"]:
            return oauth.exchange(call)
        case "GET", ["access_token"]:
            return oauth.lengthen(call)
        case "GET", ["refresh_access_token"]:
            return oauth.refresh(call)
    # `me` is the account of the token.
    path = [call.grant().account_id if part == "me" else part for part in call.path]
    return await edges.answer(dataclasses.replace(call, path=path))
