"""Searching, which has a quota of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube import shapes
from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.errors import bad, invalid
from sandbox.networks.youtube.gate import Call
from sandbox.networks.youtube.listing import paged
from sandbox.networks.youtube.sheets import Sheets
from sandbox.world import Account, Post

_ORDERS = ("date", "rating", "relevance", "title", "videoCount", "viewCount")


class Search:
    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets

    async def every(self, call: Call) -> Response:
        """Channels and videos whose words hold all that is asked for."""
        parts, types = call.parts(), call.listed("type") or ["video", "channel", "playlist"]
        if parts - {"snippet", "id"}:
            raise bad("unknownPart", "The part parameter names an unknown part.", "youtube.part")
        if call.yes("forMine") and types != ["video"]:
            raise bad("invalidSearchFilter", "forMine needs type=video.", "youtube.search")
        order = call.asked("order") or "relevance"
        if order not in _ORDERS:
            raise invalid("order", order)
        found: list[Account | Post] = [
            *self._channels(call, types),
            *self._sorted(self._videos(call, types), order),
        ]
        return paged(call, "youtube#searchListResponse", found, lambda one: self._result(call, one, parts))

    def _channels(self, call: Call, types: list[str]) -> list[Account]:
        if "channel" not in types or call.asked("channelId"):
            return []
        words = (call.asked("q") or "").lower().split()
        return [
            account
            for account in call.world.accounts(NETWORK)
            if words and all(word in f"{account.name} {account.username}".lower() for word in words)
        ]

    def _videos(self, call: Call, types: list[str]) -> list[Post]:
        if "video" not in types:
            return []
        mine, wanted = call.yes("forMine"), call.asked("channelId")
        channels = [call.account.external_id] if mine else [one.external_id for one in call.world.accounts(NETWORK)]
        posts = [post for one in channels if wanted in (None, one) for post in self._sheets.posts(one)]
        after, before = _moment(call, "publishedAfter"), _moment(call, "publishedBefore")
        return [
            post
            for post in posts
            if (mine or self._sheets.of(post.external_id).privacy == "public")
            and self._holds(post, call.asked("q") or "")
            and (after is None or post.created_at >= after)
            and (before is None or post.created_at < before)
        ]

    def _holds(self, post: Post, query: str) -> bool:
        words = f"{shapes.title(post, self._sheets.of(post.external_id))} {post.text}".lower()
        return all(word in words for word in query.lower().split())

    def _sorted(self, posts: list[Post], order: str) -> list[Post]:
        match order:
            case "viewCount":
                return sorted(posts, key=lambda post: -self._sheets.counters(post)["views"])
            case "rating":
                return sorted(posts, key=lambda post: -self._sheets.counters(post)["likes"])
            case "title":
                return sorted(posts, key=lambda post: shapes.title(post, self._sheets.of(post.external_id)))
        return sorted(posts, key=lambda post: post.created_at, reverse=True)

    def _result(self, call: Call, found: Account | Post, parts: set[str]) -> dict[str, Any]:
        if isinstance(found, Account):
            key = {"kind": "youtube#channel", "channelId": found.external_id}
            owner, name, text = found, found.name, found.description
            pictures = shapes.thumbnails(found.picture_url)
        else:
            key = {"kind": "youtube#video", "videoId": found.external_id}
            owner = call.world.account(NETWORK, found.account_id) or call.account
            name, text = shapes.title(found, self._sheets.of(found.external_id)), found.text[:160]
            pictures = shapes.video_thumbnails(call, found)
        snippet = {
            "publishedAt": shapes.instant(found.created_at),
            "channelId": owner.external_id,
            "title": name,
            "description": text,
            "thumbnails": pictures,
            "channelTitle": owner.name,
            "liveBroadcastContent": "none",
        }
        return {"kind": "youtube#searchResult", "id": key} | ({"snippet": snippet} if "snippet" in parts else {})


def _moment(call: Call, name: str) -> datetime | None:
    value = call.asked(name)
    try:
        found = datetime.fromisoformat(value) if value else None
    except ValueError as error:
        raise invalid(name, value or "") from error
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
