"""Which call is answered by what."""

from typing import Any

from sandbox.networks.instagram import insights, oauth, read
from sandbox.networks.instagram.publish import Containers
from sandbox.networks.meta.errors import missing
from sandbox.networks.meta.graph import Call


class Instagram:
    def __init__(self) -> None:
        self._containers = Containers()

    async def answer(self, call: Call) -> Any:
        match call.request.method, [_resolved(call, part) for part in call.path]:
            case "GET" | "POST", ["oauth", "authorize"]:
                return await oauth.authorize(call)
            case "POST", ["oauth", "access_token"]:
                return oauth.exchange(call)
            case "GET", ["access_token"]:
                return oauth.lengthen(call)
            case "GET", ["refresh_access_token"]:
                return oauth.refresh(call)
            case "GET", [account, "media"]:
                return read.media(call, account)
            case "GET", [account, "stories"]:
                return read.stories(call, account)
            case "GET", [account, "content_publishing_limit"]:
                return self._containers.limit(call, account)
            case "GET", [about, "insights"]:
                if call.world.account("instagram", about):
                    return insights.of_account(call, about)
                return insights.of_media(call, about)
            case "GET", [media, "comments"]:
                return read.comments(call, media)
            case "POST", [account, "media"]:
                return await self._containers.make(call, account)
            case "POST", [account, "media_publish" | "mediapublish"]:
                return self._containers.publish(call, account)
            case "GET", [external_id]:
                return self._containers.status(call, external_id) or read.node(call, external_id)
        raise missing("/".join(call.path))


def _resolved(call: Call, part: str) -> str:
    """`me` is the account of the token."""
    return call.grant().account_id if part == "me" else part
