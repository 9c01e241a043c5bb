"""Caption tracks of own videos."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.errors import Refusal, bad, not_found, required
from sandbox.networks.youtube.gate import Call, inner
from sandbox.networks.youtube.listing import shown, whole, with_etag
from sandbox.networks.youtube.shapes import instant
from sandbox.networks.youtube.transfers import Content
from sandbox.networks.youtube.videos import Videos

TYPES = ("text/", "application/octet-stream", "application/x-subrip")


class Captions:
    """Kept by the world under the id of their video."""

    def __init__(self, videos: Videos) -> None:
        self._videos = videos

    async def every(self, call: Call) -> Response:
        parts = call.parts()
        if not call.asked("videoId"):
            raise required("videoId")
        tracks = self._of(call, call.asked("videoId"))
        wanted = call.listed("id") or list(tracks)
        items = [_track(about, parts) for key, about in tracks.items() if key in wanted]
        return whole(call, "youtube#captionListResponse", items, counted=False)

    def check(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """A new track. Raises Refusal."""
        call.parts()
        snippet = inner(body, "snippet")
        if not snippet.get("language") or not isinstance(snippet.get("name", ""), str):
            raise bad("invalidMetadata", "The caption track needs a language and a name.", "youtube.caption")
        video = self._videos.own(call, snippet.get("videoId")).external_id
        same = (snippet["language"], snippet.get("name", ""))
        if same in [(one["language"], one["name"]) for one in self._of(call, video).values()]:
            raise Refusal(409, "captionExists", "A track of that language and name exists.", "youtube.caption")
        about = {"id": secrets.token_urlsafe(24), "video": video, "language": same[0], "name": same[1]}
        return about | {"draft": bool(snippet.get("isDraft", False))}

    def check_update(self, call: Call, body: dict[str, Any]) -> dict[str, Any]:
        """A track that is there. Raises Refusal."""
        about = self._one(call, str(body.get("id")))
        return about | {"draft": bool(inner(body, "snippet").get("isDraft", about["draft"]))}

    def put(self, call: Call, about: dict[str, Any], content: Content) -> dict[str, Any]:
        """Keep the track with its text."""
        new = about | {"text": content.head.decode("utf-8", "replace"), "at": instant(call.now)}
        self._keep(call, new)
        return with_etag(_track(new, {"snippet"}))

    async def update(self, call: Call) -> Response:
        """Without another text only whether it is a draft."""
        about = self.check_update(call, await call.body())
        self._keep(call, about | {"at": instant(call.now)})
        return shown(call, with_etag(_track(about, call.parts())))

    async def download(self, call: Call) -> Response:
        about = self._one(call, call.request.path_params["id"])
        return Response(about["text"], media_type="application/octet-stream")

    async def delete(self, call: Call) -> Response:
        about = self._one(call, call.asked("id") or "")
        tracks = self._of(call, about["video"])
        tracks.pop(about["id"])
        call.world.note(NETWORK, f"captions {about['video']}", tracks)
        call.world.note(NETWORK, f"caption {about['id']}", {})
        return Response(status_code=204)

    def _of(self, call: Call, video: str | None) -> dict[str, Any]:
        return dict(call.world.noted(NETWORK, f"captions {self._videos.own(call, video).external_id}") or {})

    def _one(self, call: Call, key: str) -> dict[str, Any]:
        video = (call.world.noted(NETWORK, f"caption {key}") or {}).get("video")
        if video is None:
            raise not_found("caption")
        return dict(self._of(call, video)[key])

    def _keep(self, call: Call, about: dict[str, Any]) -> None:
        tracks = self._of(call, about["video"]) | {about["id"]: about}
        call.world.note(NETWORK, f"captions {about['video']}", tracks)
        call.world.note(NETWORK, f"caption {about['id']}", {"video": about["video"]})


def _track(about: dict[str, Any], parts: set[str]) -> dict[str, Any]:
    snippet = {
        "videoId": about["video"],
        "lastUpdated": about["at"],
        "trackKind": "standard",
        "language": about["language"],
        "name": about["name"],
        "audioTrackType": "unknown",
        "isCC": False,
        "isLarge": False,
        "isEasyReader": False,
        "isDraft": about["draft"],
        "isAutoSynced": False,
        "status": "serving",
    }
    return {"kind": "youtube#caption", "id": about["id"]} | ({"snippet": snippet} if "snippet" in parts else {})
