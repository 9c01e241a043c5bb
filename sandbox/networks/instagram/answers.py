"""Which call is answered by what."""

from typing import Any

from sandbox.networks.instagram import insights, oauth, publish, read
from sandbox.networks.meta.errors import missing
from sandbox.networks.meta.graph import Call


async def answer(call: Call) -> Any:
    """What a call is answered with. Raises GraphError."""
    match call.request.method, call.path:
        case "GET" | "POST", ["oauth", "authorize"]:
            return await oauth.authorize(call)
        case "POST", ["oauth", "access_token"]:
            return oauth.exchange(call)
        case "GET", ["access_token"]:
            return oauth.lengthen(call)
        case "GET", ["refresh_access_token"]:
            return oauth.refresh(call)
    match call.request.method, [_resolved(call, part) for part in call.path]:
        case "GET", [account, "media"]:
            return read.media(call, account)
        case "GET", [account, "stories"]:
            return read.stories(call, account)
        case "GET", [account, "content_publishing_limit"]:
            return publish.limit(call, account)
        case "GET", [about, "insights"]:
            return insights.of(call, about)
        case "GET", [media, "comments"]:
            return read.comments(call, media)
        case "POST", [account, "media"]:
            return await publish.make(call, account)
        case "POST", [account, "media_publish" | "mediapublish"]:
            return publish.publish(call, account)
        case "GET", [external_id]:
            return publish.status(call, external_id) or read.node(call, external_id)
    raise missing("/".join(call.path))


def _resolved(call: Call, part: str) -> str:
    """`me` is the account of the token."""
    return call.grant().account_id if part == "me" else part
