"""Which call is answered by what."""

from typing import Any

from sandbox.networks.facebook import insights, oauth, professional, publish, read
from sandbox.networks.meta.errors import GraphError, missing
from sandbox.networks.meta.graph import Call

_LISTS = ("feed", "posts", "published_posts", "scheduled_posts")


async def answer(call: Call) -> Any:
    """What a call is answered with. Raises GraphError."""
    match call.method, call.path:
        case "GET" | "POST", ["dialog", "oauth"]:
            return await oauth.dialog(call)
        case "GET" | "POST", ["oauth", "access_token"]:
            return oauth.access_token(call)
        case "GET", ["debug_token"]:
            return oauth.debug_token(call)
        case "GET", ["me", "accounts"]:
            return oauth.accounts(call)
        case "GET", ["me"] if call.kind() == "user":
            return oauth.me(call)
    if professional.concerns(call):
        return await professional.answer(call)
    match call.method, [_resolved(call, part) for part in call.path]:
        case "GET", [page, name] if name in _LISTS:
            return read.posts(call, page, scheduled=name == "scheduled_posts")
        case "GET", [page, "insights"] if call.world.account("facebook", page):
            return insights.of_page(call, page)
        case "GET", [post, "insights"]:
            return insights.of_post(call, post)
        case "GET", [post, "comments"]:
            return read.comments(call, post)
        case "GET", [external_id]:
            return read.node(call, external_id)
        case "POST", [page, "feed"]:
            return publish.feed(call, page)
        case "POST", [page, "photos"]:
            return await publish.photos(call, page)
        case "POST", [post]:
            return publish.edit(call, post)
        case "DELETE", [post]:
            return publish.delete(call, post)
    if call.path:
        raise missing(call.path[0])
    raise GraphError("Unsupported get request.", 100, 33, "GraphMethodException")


def _resolved(call: Call, part: str) -> str:
    """`me` is the page of a page's token."""
    return call.grant().account_id if part == "me" else part
