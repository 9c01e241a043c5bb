"""Reactions through the API, and the sums of all reactions and comments of a post."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin import restli
from sandbox.networks.linkedin.call import Call, urn_of
from sandbox.networks.linkedin.comments import Comments
from sandbox.networks.linkedin.errors import invalid, missing, required, unoffered
from sandbox.networks.linkedin.feed import milliseconds
from sandbox.networks.linkedin.people import NETWORK
from sandbox.networks.linkedin.subscriptions import Subscriptions
from sandbox.web import json_response
from sandbox.world import Post

_TYPES = ("LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT")
_WRITE = (("w_member_social", "w_member_social_feed"), ("w_organization_social_feed",))


class Reactions:
    """The resources `reactions` and `socialMetadata`."""

    def __init__(self, comments: Comments, subscriptions: Subscriptions) -> None:
        self._comments = comments
        self._subscriptions = subscriptions

    async def create(self, call: Call) -> Response:
        """React to a post, once."""
        if call.method != "CREATE":
            raise unoffered(call.method, "reactions")
        asked = call.body()
        actor = urn_of(call.author(call.text("actor"), "reactions.CREATE", *_WRITE))
        post = _post(call, str(asked.get("root") or _lacking("/root")))
        if asked.get("reactionType") not in _TYPES:
            raise invalid("ERROR :: /reactionType :: is not a reaction", "FIELD_VALUE_INVALID")
        found = {"actor": actor, "sort": asked["reactionType"], "at": milliseconds(call.world.now())}
        kept = [one for one in _kept(call, post) if one["actor"] != actor]
        call.world.note(NETWORK, _place(post), {"reactions": [*kept, found]})
        await self._subscriptions.tell(call, post, "LIKE", post.external_id)
        key = restli.written({"actor": actor, "entity": post.external_id})
        return json_response(_shown(post, found), 201, {"x-restli-id": key})

    async def get(self, call: Call) -> Response:
        """Reactions to a post by `(entity:urn)`, or one by `(actor:urn,entity:urn)`."""
        key = _key(call)
        post = _post(call, key["entity"])
        found = [_shown(post, one) for one in _kept(call, post) if key.get("actor", one["actor"]) == one["actor"]]
        if "actor" not in key:
            call.one_of("q", ("entity",))
            return json_response(call.page(found, ("q",)))
        if not found:
            raise missing("reaction")
        return json_response(found[0])

    async def delete(self, call: Call) -> Response:
        """Take a reaction back."""
        key = _key(call)
        actor = urn_of(call.author(key.get("actor", ""), "reactions.DELETE", *_WRITE))
        post = _post(call, key["entity"])
        kept = [one for one in _kept(call, post) if one["actor"] != actor]
        call.world.note(NETWORK, _place(post), {"reactions": kept})
        return Response(status_code=204)

    async def sums(self, call: Call) -> Response:
        """How many reactions and comments a post has."""
        return json_response(self._sums(call, call.key()))

    async def many_sums(self, call: Call) -> Response:
        """How many reactions and comments several posts have."""
        return json_response(restli.batch(call.ids(), lambda urn: self._sums(call, str(urn))))

    def _sums(self, call: Call, urn: str) -> dict[str, Any]:
        post = _post(call, urn)
        counts = {"LIKE": call.world.counters(post, call.world.now())["likes"]}
        for one in _kept(call, post):
            counts[one["sort"]] = counts.get(one["sort"], 0) + 1
        everyone, first = self._comments.count(call, post)
        return {
            "entity": post.external_id,
            "reactionSummaries": {
                sort: {"reactionType": sort, "count": count} for sort, count in counts.items() if count
            },
            "commentsState": "OPEN",
            "commentSummary": {"count": everyone, "topLevelCount": first},
        }


def _kept(call: Call, post: Post) -> list[dict[str, Any]]:
    return list((call.world.noted(NETWORK, _place(post)) or {}).get("reactions", []))


def _place(post: Post) -> str:
    return f"reactions {post.external_id}"


def _post(call: Call, urn: str) -> Post:
    found = call.feed.post(urn)
    if found is None:
        raise missing(urn)
    return found


def _key(call: Call) -> dict[str, str]:
    """The key of one reaction or of a post's. Raises Refusal."""
    found = call.structured_key()
    if not isinstance(found, dict) or not isinstance(found.get("entity"), str):
        raise invalid("Syntax exception in path variables: (entity:…) is expected")
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _lacking(path: str) -> str:
    raise required(path)


def _shown(post: Post, found: dict[str, Any]) -> dict[str, Any]:
    stamp = {"actor": found["actor"], "time": found["at"]}
    return {
        "id": f"urn:li:reaction:({found['actor']},{post.external_id})",
        "root": post.external_id,
        "reactionType": found["sort"],
        "created": stamp,
        "lastModified": stamp,
    }
