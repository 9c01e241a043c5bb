"""The read side of the Data API, and deleting."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube import shapes
from sandbox.networks.youtube.errors import Refusal, invalid, required
from sandbox.networks.youtube.gate import NETWORK, Call, tagged
from sandbox.world import Account, Post

_MOST = 50


class Reader:
    """Answers about channels and videos; `sheets` knows what uploads said beyond the world."""

    def __init__(self, sheets: shapes.Sheets) -> None:
        self._sheets = sheets

    async def channels(self, call: Call) -> Response:
        """Channels: the own one, or by id or handle."""
        query, parts = call.request.query_params, call.parts()
        everyone = call.world.accounts(NETWORK)
        if query.get("mine", "").lower() == "true":
            found = [call.account]
        elif "id" in query:
            found = [account for account in everyone if account.external_id in call.listed("id")]
        elif "forHandle" in query:
            handle = query["forHandle"].removeprefix("@").lower()
            found = [account for account in everyone if account.username.lower() == handle]
        else:
            raise required("forHandle, id, mine")
        items = [shapes.channel(call, account, parts) for account in found]
        return _list(call, "youtube#channelListResponse", items, len(items))

    async def playlist_items(self, call: Call) -> Response:
        """The uploads of a channel, newest first."""
        parts, playlist = call.parts(), call.request.query_params.get("playlistId")
        if playlist is None:
            raise required("id, playlistId")
        owner = _owner(call, playlist)
        posts = [post for post in call.world.posts(NETWORK, owner.external_id) if self._visible(call, post)]
        start, size = _window(call)
        items = [
            shapes.playlist_item(call, owner, post, start + place, parts)
            for place, post in enumerate(posts[start : start + size])
        ]
        return _list(call, "youtube#playlistItemListResponse", items, len(posts), start, size)

    async def videos(self, call: Call) -> Response:
        """Videos by id; those that are not there are left out."""
        parts = call.parts()
        items = [shapes.video(call, post, self.sheet(post), parts) for post in self._asked(call)]
        return _list(call, "youtube#videoListResponse", items, len(items))

    async def stats(self, call: Call) -> Response:
        """Only the figures of videos by id."""
        parts = call.parts()
        items = [shapes.stat(call, post, parts) for post in self._asked(call)]
        body: dict[str, Any] = {"kind": "youtube#batchGetStatsResponse"}
        return tagged(call, body | ({"items": items} if items else {}))

    async def delete(self, call: Call) -> Response:
        """Delete an own video."""
        wanted = call.request.query_params.get("id")
        if not wanted:
            raise required("id")
        post = call.world.post(NETWORK, wanted)
        if post is None or post.deleted_at is not None:
            message = "The video that you are trying to delete cannot be found."
            raise Refusal(404, "videoNotFound", message, "youtube.video", "id")
        if post.account_id != call.account.external_id:
            raise Refusal(403, "forbidden", "The video cannot be deleted.", "youtube.video")
        call.world.delete_post(NETWORK, wanted)
        return Response(status_code=204)

    def sheet(self, post: Post) -> shapes.Sheet:
        """What is known of a video beyond the world."""
        return self._sheets.of(post.external_id)

    def _visible(self, call: Call, post: Post) -> bool:
        """Lists show what is public, and to the owner everything."""
        return post.account_id == call.account.external_id or self.sheet(post).privacy == "public"

    def _asked(self, call: Call) -> list[Post]:
        """The living videos that a request names, in its order. Raises Refusal."""
        wanted = call.listed("id")
        if not wanted:
            raise required("chart, id, myRating")
        if len(wanted) > _MOST:
            raise invalid("id", ",".join(wanted))
        posts = (call.world.post(NETWORK, one) for one in dict.fromkeys(wanted))
        return [
            post
            for post in posts
            if post is not None
            and post.deleted_at is None
            and (self.sheet(post).privacy != "private" or post.account_id == call.account.external_id)
        ]


def _owner(call: Call, playlist: str) -> Account:
    for account in call.world.accounts(NETWORK):
        if shapes.uploads_playlist(account) == playlist:
            return account
    message = "The playlist identified with the request's playlistId parameter cannot be found."
    raise Refusal(404, "playlistNotFound", message, "youtube.playlistItem", "playlistId")


def _window(call: Call) -> tuple[int, int]:
    """Where a page starts and how long it is. Raises Refusal."""
    query = call.request.query_params
    size = query.get("maxResults", "5")
    if not size.isdecimal() or int(size) > _MOST:
        raise invalid("maxResults", size)
    token = query.get("pageToken")
    if token is None:
        return 0, int(size)
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("at")), int(size)
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        message = "The request specifies an invalid page token."
        raise Refusal(400, "invalidPageToken", message, "youtube.parameter", "pageToken") from error


def _seal(start: int) -> str:
    return base64.urlsafe_b64encode(f"at{start:07d}".encode()).decode()


def _list(
    call: Call, kind: str, items: Sequence[dict[str, Any]], total: int, start: int = 0, size: int = _MOST
) -> Response:
    """A list answer; without items there is no `items`."""
    body: dict[str, Any] = {"kind": kind, "pageInfo": {"totalResults": total, "resultsPerPage": size}}
    if start + size < total and size:
        body["nextPageToken"] = _seal(start + size)
    if start:
        body["prevPageToken"] = _seal(max(start - size, 0))
    return tagged(call, body | ({"items": list(items)} if items else {}))
