"""Videos that are there already: another title, another privacy, another picture, or gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube import metadata, shapes
from sandbox.networks.youtube.errors import bad, forbidden, not_found, required
from sandbox.networks.youtube.gate import Call
from sandbox.networks.youtube.hub import Hub
from sandbox.networks.youtube.listing import etag_of, shown, with_etag
from sandbox.networks.youtube.sheets import Sheets
from sandbox.networks.youtube.transfers import Content
from sandbox.world import Post

_PICTURES = ("image/jpeg", "image/png", "application/octet-stream")
_PICTURE_MOST = 2 * 1024 * 1024


class Videos:
    """Edits by the owner; the hub hears of them."""

    def __init__(self, sheets: Sheets, hub: Hub) -> None:
        self._sheets, self._hub = sheets, hub

    async def update(self, call: Call) -> Response:
        """Replace whole parts: what is not sent of a part is gone."""
        body, parts = await call.body(), metadata.known_parts(call.parts())
        if not body.get("id"):
            raise bad("idRequired", "The request does not name the video.", "youtube.video")
        post = self.own(call, str(body["id"]))
        sheet = self._sheets.of(post.external_id)
        new = sheet
        text = post.text
        if "snippet" in parts:
            fields = metadata.snippet(body, updating=True)
            text = fields.pop("text")
            new = replace(new, **fields)
        if "status" in parts:
            fields = metadata.status(body, call.now)
            if fields["publish_at"] and sheet.privacy != "private":
                raise bad("invalidPublishAt", "A video that was published cannot be scheduled.", "youtube.video")
            new = replace(new, **fields)
        if new.upload:
            new = replace(new, upload={**new.upload, "text": text})
        self._sheets.keep(post.external_id, new)
        if text != post.text:
            call.world.edit_post(post.network, post.external_id, text)
        edited = self.own(call, post.external_id)
        if (text, new.title) != (post.text, sheet.title) and new.privacy != "private":
            self._hub.tell(edited)
        return shown(call, with_etag(shapes.video(call, self._sheets, edited, parts)))

    async def delete(self, call: Call) -> Response:
        """Take an own video away."""
        post = self.own(call, call.asked("id"))
        self._sheets.delete(post.external_id)
        self._hub.tell_gone(post)
        return Response(status_code=204)

    def own(self, call: Call, video_id: str | None) -> Post:
        """A video of the person's own channel. Raises Refusal."""
        if not video_id:
            raise required("id")
        post = self._sheets.post(video_id)
        if post is None:
            raise not_found("video")
        if post.account_id != call.account.external_id:
            raise forbidden("The video cannot be changed by this account.", "youtube.video")
        return post

    def check_picture(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """Which video a picture is for. Raises Refusal."""
        return {"video": self.own(call, call.asked("videoId")).external_id}

    def put_picture(self, call: Call, about: dict[str, Any], content: Content) -> dict[str, Any]:
        """A custom thumbnail. Raises Refusal."""
        if content.type not in _PICTURES or content.size > _PICTURE_MOST:
            raise bad("invalidImage", "The provided image content is invalid.", "youtube.thumbnail")
        post = self.own(call, about["video"])
        self._sheets.keep(post.external_id, replace(self._sheets.of(post.external_id), thumbnail=True))
        body: dict[str, Any] = {
            "kind": "youtube#thumbnailSetResponse",
            "items": [shapes.video_thumbnails(call, post)],
        }
        return {"kind": body["kind"], "etag": etag_of(body)} | body
