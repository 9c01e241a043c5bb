"""A new video from a description and its bytes."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox import films
from sandbox.networks.youtube import metadata, shapes
from sandbox.networks.youtube.errors import bad
from sandbox.networks.youtube.gate import Call
from sandbox.networks.youtube.hub import Hub
from sandbox.networks.youtube.listing import with_etag
from sandbox.networks.youtube.sheets import Sheet, Sheets
from sandbox.networks.youtube.transfers import Content

TYPES = ("video/", "application/octet-stream")
_SHORT = 180


class Uploads:
    """Videos as they come in; the hub hears of them."""

    def __init__(self, sheets: Sheets, hub: Hub) -> None:
        self._sheets, self._hub = sheets, hub

    def check(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """The description of a video, and the id that it will have. Raises Refusal."""
        parts = metadata.known_parts(call.parts())
        # Bytes without a description are taken as well, under a name of YouTube's own.
        described = body if body else {"snippet": {"title": "unknown"}}
        fields = metadata.snippet(described, updating=False)
        fields |= metadata.status(described, call.now)
        locked = bool(call.grant.extra.get("unaudited"))
        return {"id": secrets.token_urlsafe(8), "parts": sorted(parts), "fields": fields, "locked": locked}

    def put(self, call: Call, about: dict[str, Any], content: Content) -> dict[str, Any]:
        """The video. Raises Refusal."""
        movie = films.read(content.head)
        upright = movie is not None and movie.height >= movie.width and movie.seconds <= _SHORT
        fields = dict(about["fields"])
        medium = {"content_type": content.type, "size": content.size, "sha256": content.sha256}
        upload = {
            "account": call.account.external_id,
            "text": fields.pop("text"),
            "kind": "short" if upright else "video",
            "media": [medium],
            "at": call.now.isoformat(),
        }
        seconds = max(round(movie.seconds), 1) if movie else None
        sheet = Sheet(**fields, locked=about["locked"], seconds=seconds, upload=upload)
        self._sheets.keep(about["id"], sheet)
        post = self._sheets.post(about["id"])
        if post is not None and self._sheets.of(about["id"]).privacy == "public":
            self._hub.tell(post)
        return self._shown(call, about, fresh=True)

    def again(self, call: Call, about: dict[str, Any]) -> dict[str, Any]:
        """The video that was made of a session before. Raises Refusal."""
        return self._shown(call, about, fresh=False)

    def _shown(self, call: Call, about: dict[str, Any], *, fresh: bool) -> dict[str, Any]:
        post = self._sheets.post(about["id"])
        if post is None:
            raise bad("videoNotFound", "The video was deleted.", "youtube.video")
        return with_etag(shapes.video(call, self._sheets, post, set(about["parts"]), fresh=fresh))
