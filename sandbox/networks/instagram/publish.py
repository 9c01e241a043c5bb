"""Container, status, publication."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.meta import media
from sandbox.networks.meta.errors import GraphError, denied, invalid
from sandbox.networks.meta.graph import Call
from sandbox.world import Media
from sandbox.world.identifiers import post_id as new_id

_SCOPE = "instagram_business_content_publish"
_READY_AFTER = {"IMAGE": timedelta(seconds=1), "REELS": timedelta(seconds=2), "STORIES": timedelta(seconds=1)}
_LIVES = timedelta(hours=24)
_QUOTA = 100
_LONGEST_CAPTION = 2200


@dataclass(slots=True)
class _Container:
    account_id: str
    kind: str
    caption: str
    medium: Media
    made_at: datetime
    ready_at: datetime
    media_id: str | None = None

    def status(self, now: datetime) -> str:
        if self.media_id:
            return "PUBLISHED"
        if now - self.made_at > _LIVES:
            return "EXPIRED"
        return "FINISHED" if now >= self.ready_at else "IN_PROGRESS"


class Containers:
    def __init__(self) -> None:
        self._made: dict[str, _Container] = {}

    async def make(self, call: Call, account_id: str) -> dict[str, Any]:
        """Fetches the media at once, as Meta does, and refuses what it does not take."""
        self._own(call, account_id)
        media_type = call.text("media_type", "IMAGE")
        if media_type not in _READY_AFTER:
            raise GraphError(f"Unknown media type {media_type}", 100, 2207023)
        caption = str(call.params.get("caption", ""))
        if len(caption) > _LONGEST_CAPTION:
            raise GraphError("The caption was too long.", 36004, 2207010)
        url = call.params.get("image_url" if media_type == "IMAGE" else "video_url") or call.params.get("image_url")
        if not url:
            raise GraphError("(#9004) The media URL is required.", 9004, 2207052)
        refused = GraphError("Only photo or video can be accepted as media type.", 9004, 2207052)
        _, medium = await media.fetch(str(url), refused)
        if "image_url" in call.params and medium.content_type != "image/jpeg":
            raise GraphError("The image format is not supported.", 36001, 2207005)
        if "video_url" in call.params and medium.content_type != "video/mp4":
            raise GraphError("The video format is not supported.", 352, 2207026)
        container_id = new_id("instagram", account_id, call.now, f"container {call.now} {len(self._made)}")
        kind = {"IMAGE": "image", "REELS": "reel", "STORIES": "story"}[media_type]
        ready = call.now + _READY_AFTER[media_type]
        self._made[container_id] = _Container(account_id, kind, caption, medium, call.now, ready)
        return {"id": container_id}

    def status(self, call: Call, container_id: str) -> dict[str, Any] | None:
        """None where there is no such container."""
        found = self._made.get(container_id)
        if found is None:
            return None
        self._own(call, found.account_id)
        code = found.status(call.now)
        values = {"id": container_id, "status_code": code, "status": f"{code.capitalize()}: media {code.lower()}."}
        wanted = call.words("fields") if "fields" in call.params else ["id"]
        return {name: values[name] for name in dict.fromkeys([*wanted, "id"]) if name in values}

    def publish(self, call: Call, account_id: str) -> dict[str, Any]:
        self._own(call, account_id)
        found = self._made.get(call.text("creation_id"))
        if found is None or found.account_id != account_id:
            raise GraphError("The requested media container was not found.", 24, 2207006)
        match found.status(call.now):
            case "EXPIRED":
                raise GraphError("The media container has expired.", -2, 2207020)
            case "IN_PROGRESS":
                raise GraphError("The media is not ready to be published, please wait for a moment.", 9007, 2207027)
            case "PUBLISHED":
                raise invalid("The media container was already published.")
        if self._used(call, account_id) >= _QUOTA:
            raise GraphError("You reached maximum number of posts that is allowed to be published.", 9, 2207042)
        post = call.world.create_post(
            "instagram", account_id, kind=found.kind, text=found.caption, media=[found.medium]
        )
        found.media_id = post.external_id
        return {"id": post.external_id}

    def limit(self, call: Call, account_id: str) -> dict[str, Any]:
        self._own(call, account_id)
        config = {"quota_total": _QUOTA, "quota_duration": 86400}
        return {"data": [{"quota_usage": self._used(call, account_id), "config": config}]}

    def _used(self, call: Call, account_id: str) -> int:
        since = call.now - timedelta(days=1)
        made = [one for one in self._made.values() if one.account_id == account_id and one.made_at >= since]
        return sum(one.media_id is not None for one in made)

    def _own(self, call: Call, account_id: str) -> None:
        if call.acting(_SCOPE).external_id != account_id:
            raise denied(_SCOPE)
