"""Playlists of a channel and what is on them; the uploads are a playlist that YouTube writes."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube import shapes
from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.errors import bad, forbidden, not_found, required
from sandbox.networks.youtube.gate import Call, inner
from sandbox.networks.youtube.listing import paged, shown, with_etag
from sandbox.networks.youtube.read import Reader
from sandbox.networks.youtube.sheets import Sheets
from sandbox.world import Account, Post

Item = tuple[str, str, Post, int]


class Playlists:
    """Kept by the world under their ids; items know their video."""

    def __init__(self, sheets: Sheets, reader: Reader) -> None:
        self._sheets, self._reader = sheets, reader

    async def every(self, call: Call) -> Response:
        parts = call.parts()
        kept = [one for account in call.world.accounts(NETWORK) for one in self._of(call, account.external_id)]
        if call.yes("mine"):
            found = self._of(call, call.account.external_id)
        elif call.asked("channelId"):
            found = [one for one in kept if one["channel"] == call.asked("channelId") and _open(call, one)]
        elif call.asked("id"):
            found = [one for one in kept if one["id"] in call.listed("id") and _open(call, one)]
        else:
            raise required("channelId, id, mine")
        return paged(call, "youtube#playlistListResponse", found, lambda one: self._playlist(call, one, parts))

    async def insert(self, call: Call) -> Response:
        about = {"id": f"PL{secrets.token_urlsafe(24)[:32]}", "channel": call.account.external_id, "items": []}
        return self._write(call, about | {"at": call.now.isoformat()}, await call.body())

    async def update(self, call: Call) -> Response:
        body = await call.body()
        return self._write(call, self._own(call, body.get("id")), body)

    async def delete(self, call: Call) -> Response:
        about = self._own(call, call.asked("id"))
        call.world.note(NETWORK, f"playlist {about['id']}", about | {"gone": True})
        return Response(status_code=204)

    async def items(self, call: Call) -> Response:
        """What is on a playlist, or single items by id."""
        parts, playlist = call.parts(), call.asked("playlistId")
        if playlist:
            found = self._items(call, playlist)
        elif call.asked("id"):
            lists = [shapes.uploads_playlist(account) for account in call.world.accounts(NETWORK)]
            lists += [
                one["id"] for account in call.world.accounts(NETWORK) for one in self._of(call, account.external_id)
            ]
            found = [item for one in lists for item in self._items(call, one) if item[0] in call.listed("id")]
        else:
            raise required("id, playlistId")
        if call.asked("videoId"):
            found = [item for item in found if item[2].external_id == call.asked("videoId")]
        return paged(call, "youtube#playlistItemListResponse", found, lambda item: self._item(call, item, parts))

    async def add(self, call: Call) -> Response:
        """Put a video on an own playlist."""
        snippet = inner(await call.body(), "snippet")
        about, video = (
            self._own(call, snippet.get("playlistId"), "playlistId"),
            inner(snippet, "resourceId").get("videoId"),
        )
        post = self._reader.visible(call, str(video))
        if post is None:
            raise not_found("video", "videoId")
        position = snippet.get("position", len(about["items"]))
        if not isinstance(position, int) or not 0 <= position <= len(about["items"]):
            raise bad("invalidPlaylistItemPosition", "The position is not valid.", "youtube.playlistItem")
        item = {"id": f"{about['id']}.{secrets.token_hex(8)}", "video": post.external_id}
        items = [*about["items"][:position], item, *about["items"][position:]]
        call.world.note(NETWORK, f"playlist {about['id']}", about | {"items": items})
        made = (item["id"], about["id"], post, position)
        return shown(call, with_etag(self._item(call, made, call.parts())))

    async def remove(self, call: Call) -> Response:
        """Take an item off an own playlist."""
        wanted = call.asked("id") or ""
        for about in self._of(call, call.account.external_id):
            kept = [item for item in about["items"] if item["id"] != wanted]
            if len(kept) < len(about["items"]):
                call.world.note(NETWORK, f"playlist {about['id']}", about | {"items": kept})
                return Response(status_code=204)
        raise not_found("playlistItem")

    def _write(self, call: Call, about: dict[str, Any], body: dict[str, Any]) -> Response:
        snippet, status = inner(body, "snippet"), inner(body, "status")
        title = snippet.get("title")
        if not isinstance(title, str) or not 1 <= len(title) <= 150:
            raise bad("playlistTitleRequired", "The playlist needs a title.", "youtube.playlist")
        about |= {"title": title, "description": str(snippet.get("description", ""))}
        about["privacy"] = str(status.get("privacyStatus", about.get("privacy", "public")))
        call.world.note(NETWORK, f"playlist {about['id']}", about)
        kept = [one["id"] for one in self._of(call, about["channel"])]
        if about["id"] not in kept:
            call.world.note(NETWORK, f"playlists {about['channel']}", {"ids": [*kept, about["id"]]})
        return shown(call, with_etag(self._playlist(call, about, call.parts())))

    def _of(self, call: Call, channel: str) -> list[dict[str, Any]]:
        ids = (call.world.noted(NETWORK, f"playlists {channel}") or {"ids": []})["ids"]
        found = (call.world.noted(NETWORK, f"playlist {one}") for one in ids)
        return [dict(one) for one in found if one and not one.get("gone")]

    def _own(self, call: Call, wanted: Any, parameter: str = "id") -> dict[str, Any]:
        about = call.world.noted(NETWORK, f"playlist {wanted}")
        if about is None or about.get("gone"):
            raise not_found("playlist", parameter)
        if about["channel"] != call.account.external_id:
            raise forbidden("The playlist cannot be changed by this account.", "youtube.playlist")
        return dict(about)

    def _items(self, call: Call, playlist: str) -> list[Item]:
        """The items that the person may see, in their order. Raises Refusal."""
        about = call.world.noted(NETWORK, f"playlist {playlist}")
        if about is not None and not about.get("gone") and _open(call, about):
            posts = ((item["id"], self._reader.visible(call, item["video"])) for item in about["items"])
            return [(key, playlist, post, place) for place, (key, post) in enumerate(posts) if post is not None]
        for account in call.world.accounts(NETWORK):
            if shapes.uploads_playlist(account) == playlist:
                own = [post for post in self._sheets.posts(account.external_id) if self._reader.listed(call, post)]
                return [(f"{playlist}.{post.external_id}", playlist, post, place) for place, post in enumerate(own)]
        raise not_found("playlist", "playlistId")

    def _playlist(self, call: Call, about: dict[str, Any], parts: set[str]) -> dict[str, Any]:
        account = call.world.account(NETWORK, about["channel"]) or call.account
        known = {
            "snippet": {
                "publishedAt": about["at"],
                "channelId": about["channel"],
                "title": about["title"],
                "description": about["description"],
                "thumbnails": shapes.thumbnails(account.picture_url),
                "channelTitle": account.name,
                "localized": {"title": about["title"], "description": about["description"]},
            },
            "status": {"privacyStatus": about["privacy"]},
            "contentDetails": {"itemCount": len(about["items"])},
        }
        return {"kind": "youtube#playlist", "id": about["id"]} | {n: v for n, v in known.items() if n in parts}

    def _item(self, call: Call, item: Item, parts: set[str]) -> dict[str, Any]:
        key, playlist, post, position = item
        owner: Account = call.world.account(NETWORK, post.account_id) or call.account
        sheet = self._sheets.of(post.external_id)
        private = sheet.privacy == "private"
        known = {
            "snippet": {
                "publishedAt": shapes.instant(post.created_at),
                "channelId": owner.external_id,
                "title": shapes.title(post, sheet),
                "description": post.text,
                "thumbnails": shapes.video_thumbnails(call, post),
                "channelTitle": owner.name,
                "playlistId": playlist,
                "position": position,
                "resourceId": {"kind": "youtube#video", "videoId": post.external_id},
                "videoOwnerChannelTitle": owner.name,
                "videoOwnerChannelId": owner.external_id,
            },
            "contentDetails": {"videoId": post.external_id}
            | ({} if private else {"videoPublishedAt": shapes.instant(post.created_at)}),
            "status": {"privacyStatus": sheet.privacy},
        }
        return {"kind": "youtube#playlistItem", "id": key} | {n: v for n, v in known.items() if n in parts}


def _open(call: Call, about: dict[str, Any]) -> bool:
    return bool(about["channel"] == call.account.external_id or about["privacy"] != "private")
