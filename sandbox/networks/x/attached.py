"""What a post carries: pictures, videos and polls, with every field that X would tell."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.networks.x.asked import instant
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.networks.x.posts import Seen, lookup

_KINDS = {"image": "photo", "carousel": "photo", "video": "video"}
_PIXELS = {"photo": (1080, 1080), "video": (1920, 1080), "animated_gif": (480, 480)}
_PREFIXES = {"photo": "3", "video": "7", "animated_gif": "16"}
_SORTS = {"image": "photo", "gif": "animated_gif", "video": "video"}
_MOST = 4


def media(call: Call, seen: Seen) -> list[dict[str, Any]]:
    """The media of a post in their order."""
    uploaded = [call.world.noted(NETWORK, f"media {one}") or {} for one in seen.about.get("media", ())]
    if uploaded:
        return [_medium(call, seen, _SORTS[one["sort"]], one["id"], one.get("alt_text")) for one in uploaded]
    kind = _KINDS.get(seen.post.kind)
    if kind is None:
        return []
    places = range(1, max(len(seen.post.media), 1) + 1)
    return [_medium(call, seen, kind, str(seen.number + place), None) for place in places]


def by_key(call: Call, media_key: str) -> tuple[Seen, dict[str, Any]] | None:
    """The live post that carries a medium, and the medium."""
    number = media_key.partition("_")[2]
    carried = call.world.noted(NETWORK, f"carried {number}")
    # A medium of the world has the number of its post and its place.
    candidates = [carried["by"]] if carried else [str(int(number) - place) for place in range(1, _MOST + 1)]
    for external_id in candidates:
        seen = lookup(call.world, external_id) if 0 < len(external_id) < 20 and external_id.isdecimal() else None
        for medium in media(call, seen) if seen else ():
            if seen and medium["media_key"] == media_key:
                return seen, medium
    return None


def polls(call: Call, seen: Seen) -> list[dict[str, Any]]:
    """The poll of a post, if it has one. Nobody votes in this world."""
    poll = seen.about.get("poll")
    if poll is None:
        return []
    end = seen.post.created_at + timedelta(minutes=poll["duration_minutes"])
    return [
        {
            "id": str(seen.number + _MOST + 1),
            "options": [{"position": n, "label": label, "votes": 0} for n, label in enumerate(poll["options"], 1)],
            "duration_minutes": poll["duration_minutes"],
            "end_datetime": instant(end),
            "voting_status": "open" if call.world.now() < end else "closed",
        }
    ]


def _medium(call: Call, seen: Seen, kind: str, number: str, alt_text: str | None) -> dict[str, Any]:
    key, (width, height) = f"{_PREFIXES[kind]}_{number}", _PIXELS[kind]
    medium: dict[str, Any] = {"media_key": key, "type": kind, "width": width, "height": height}
    picture = f"{call.world.origin}/pictures/{key}.jpg"
    if alt_text:
        medium["alt_text"] = alt_text
    if kind == "photo":
        return medium | {"url": picture}
    video = {"bit_rate": 832_000, "content_type": "video/mp4", "url": f"{call.world.origin}/sample.mp4"}
    medium |= {"preview_image_url": picture, "variants": [video]}
    if kind == "video":
        medium["public_metrics"] = {"view_count": views(call, seen)}
        medium["duration_ms"] = (seen.post.duration_s or 4) * 1000
    return medium


def views(call: Call, seen: Seen) -> int:
    """How often a video was begun."""
    return call.world.counters(seen.post, call.world.now())["impressions"] // 3
