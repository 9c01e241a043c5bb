"""A post in three steps: a container that fetches its medium, its status, its publication."""

import dataclasses
import re
from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.meta import media
from sandbox.networks.meta.errors import GraphError, denied, invalid
from sandbox.networks.meta.graph import Call
from sandbox.world import Media
from sandbox.world.identifiers import post_id as new_id

_SCOPE = "instagram_business_content_publish"
_READY_AFTER = {"IMAGE": 1, "CAROUSEL": 1, "STORIES": 1, "REELS": 2, "VIDEO": 2}
_KINDS = {"IMAGE": "image", "CAROUSEL": "carousel", "STORIES": "story", "REELS": "reel", "VIDEO": "video"}
_LIFE = timedelta(hours=24)
_QUOTA, _QUOTA_SPAN = 100, timedelta(hours=24)
_LONGEST_CAPTION, _MOST_HASHTAGS, _MOST_MENTIONS = 2200, 30, 20
_LARGEST_PICTURE = 8_000_000
_SLIMMEST, _WIDEST = 0.8, 1.91
# A ratio counts as the nearest one that whole pixels can have.
_ROUNDING = 0.01
_CHILDREN = range(2, 11)
_STATUSES = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: The container was not published within 24 hours.",
}


async def make(call: Call, account_id: str) -> dict[str, Any]:
    """A container. Its medium is fetched at once and refused if Instagram takes no such. Raises GraphError."""
    owner = _own(call, account_id)
    media_type = call.text("media_type", "IMAGE").upper()
    in_carousel = call.text("is_carousel_item", "false").lower() in ("true", "1")
    if media_type not in _KINDS:
        raise GraphError(f"Unknown media type {media_type}", 100, 2207023)
    if media_type == "VIDEO" and not in_carousel:
        raise invalid("The VIDEO value for media_type is no longer supported. Use the REELS media type.")
    caption = str(call.params.get("caption") or "")
    _check_caption(caption)
    held = _children(call, owner) if media_type == "CAROUSEL" else [await _fetched(call, media_type)]
    container_id = new_id("instagram", owner, call.now, f"container {call.now.isoformat()} {caption}")
    about = {
        "id": container_id,
        "account": owner,
        "kind": _KINDS[media_type],
        "caption": caption,
        "media": [dataclasses.asdict(one) for one in held],
        "in_carousel": in_carousel,
        "made_at": call.now.isoformat(),
        "ready_at": (call.now + timedelta(seconds=_READY_AFTER[media_type])).isoformat(),
        "published": None,
    }
    call.world.note("instagram", container_id, about)
    return {"id": container_id}


def status(call: Call, container_id: str) -> dict[str, Any] | None:
    """How far a container is; None where there is no such."""
    about = call.world.noted("instagram", container_id)
    if about is None:
        return None
    _own(call, about["account"])
    code = _standing(about, call.now)
    values = {"id": container_id, "status_code": code, "status": _STATUSES[code]}
    wanted = [want.name for want in call.fields("id")]
    if unknown := [name for name in wanted if name not in values]:
        raise invalid(f"Tried accessing nonexisting field ({unknown[0]}) on node type (IGContainer)")
    return {name: values[name] for name in dict.fromkeys([*wanted, "id"])}


def publish(call: Call, account_id: str) -> dict[str, Any]:
    """A post of a finished container. Raises GraphError."""
    owner = _own(call, account_id)
    about = call.world.noted("instagram", call.text("creation_id"))
    if about is None or about["account"] != owner:
        raise GraphError("The requested media container was not found.", 24, 2207006)
    match _standing(about, call.now):
        case "EXPIRED":
            raise GraphError("The media container has expired.", -2, 2207020)
        case "IN_PROGRESS":
            raise GraphError("The media is not ready to be published, please wait for a moment.", 9007, 2207027)
        case "PUBLISHED":
            raise invalid("The media container was already published.")
    if about["in_carousel"]:
        raise invalid("The item of a carousel cannot be published by itself.")
    if _used(call, owner) >= _QUOTA:
        raise GraphError("You reached maximum number of posts that is allowed to be published.", 9, 2207042)
    held = [Media(**one) for one in about["media"]]
    post_id = new_id("instagram", owner, call.now, about["id"])
    # Noted first: a container is published once, whatever happens between the two lines.
    call.world.note("instagram", about["id"], {**about, "published": call.now.isoformat()})
    post = call.world.create_post(
        "instagram", owner, kind=about["kind"], text=about["caption"], media=held, external_id=post_id
    )
    return {"id": post.external_id}


def limit(call: Call, account_id: str) -> dict[str, Any]:
    """How many posts of a day's allowance are used."""
    values: dict[str, Any] = {
        "quota_usage": _used(call, _own(call, account_id)),
        "config": {"quota_total": _QUOTA, "quota_duration": int(_QUOTA_SPAN.total_seconds())},
    }
    wanted = [want.name for want in call.fields("quota_usage")]
    return {"data": [{name: values[name] for name in wanted if name in values}]}


def _standing(about: dict[str, Any], now: datetime) -> str:
    if about["published"]:
        return "PUBLISHED"
    if now - datetime.fromisoformat(about["made_at"]) > _LIFE:
        return "EXPIRED"
    return "FINISHED" if now >= datetime.fromisoformat(about["ready_at"]) else "IN_PROGRESS"


def _check_caption(caption: str) -> None:
    too_long = len(caption) > _LONGEST_CAPTION
    if too_long or caption.count("#") > _MOST_HASHTAGS or len(re.findall(r"@\w", caption)) > _MOST_MENTIONS:
        raise GraphError("The caption was too long.", 36004, 2207010)


async def _fetched(call: Call, media_type: str) -> Media:
    """The medium behind `image_url` or `video_url`. Raises GraphError."""
    image, film = call.params.get("image_url"), call.params.get("video_url")
    url = film if media_type in ("REELS", "VIDEO") else image or (film if media_type == "STORIES" else None)
    if not url:
        name = "video_url" if media_type in ("REELS", "VIDEO") else "image_url"
        raise invalid(f"The parameter {name} is required.")
    unreachable = GraphError(
        "Only photo or video can be accepted as media type.",
        9004,
        2207052,
        title="The media could not be fetched from this URI.",
    )
    seen = await media.fetch(str(url), unreachable)
    if url == film:
        if seen.medium.content_type != "video/mp4":
            raise GraphError("The video format is not supported.", 352, 2207026)
        return seen.medium
    if seen.medium.content_type != "image/jpeg":
        raise GraphError("The image format is not supported. Supported formats are: JPEG.", 36001, 2207005)
    if seen.medium.size > _LARGEST_PICTURE:
        raise GraphError("The image size is too large.", 36000, 2207004)
    feed_ratio = seen.ratio is not None and _SLIMMEST - _ROUNDING <= seen.ratio <= _WIDEST + _ROUNDING
    if media_type == "IMAGE" and not feed_ratio:
        raise GraphError("The submitted image with aspect ratio cannot be published.", 36003, 2207009)
    return seen.medium


def _children(call: Call, owner: str) -> list[Media]:
    """The media of a carousel's items. Raises GraphError."""
    ids = call.words("children")
    if len(ids) not in _CHILDREN:
        raise GraphError("A carousel has 2 to 10 items.", 100, 2207028)
    items = [call.world.noted("instagram", id_) for id_ in ids]
    if any(item is None or item["account"] != owner or not item["in_carousel"] for item in items):
        raise GraphError("The requested media container was not found.", 24, 2207006)
    return [Media(**one) for item in items if item for one in item["media"]]


def _used(call: Call, owner: str) -> int:
    """Posts of the last day that came through containers."""
    since = call.now - _QUOTA_SPAN
    published = (note["published"] for note in call.world.notes("instagram") if note["account"] == owner)
    return sum(at is not None and datetime.fromisoformat(at) > since for at in published)


def _own(call: Call, account_id: str) -> str:
    """The id of the token's account, named by either of its ids. Raises GraphError."""
    acting = call.acting(_SCOPE)
    if account_id not in (acting.external_id, acting.extra["app_scoped_id"]):
        raise denied(_SCOPE)
    return acting.external_id
