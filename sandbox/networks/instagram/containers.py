"""Containers: what is going to be a post. A film is looked at while it is processed, a picture at once."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.instagram import refusals, taken, upload
from sandbox.networks.instagram.login import PUBLISH, own
from sandbox.networks.instagram.nature import post_id as new_id
from sandbox.networks.meta.errors import invalid
from sandbox.networks.meta.fields import node
from sandbox.networks.meta.graph import Call
from sandbox.world import Media

_KINDS = {"IMAGE": "image", "CAROUSEL": "carousel", "STORIES": "story", "REELS": "reel", "VIDEO": "video"}
_LIFE = timedelta(hours=24)
_MOST = 400
_CHILDREN = range(2, 11)
_STATUSES = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: The container was not published within 24 hours.",
    "ERROR": "Error: Media upload has failed with error code 2207026",
}


async def make(call: Call, account_id: str) -> dict[str, Any]:
    """A container. Its medium is fetched at once; with `upload_type=resumable` its bytes come later."""
    owner = own(call, account_id, PUBLISH).external_id
    media_type = call.text("media_type", "IMAGE").upper()
    in_carousel = call.text("is_carousel_item", "false").lower() in ("true", "1")
    if media_type not in _KINDS:
        raise refusals.unknown_type(media_type)
    if media_type == "VIDEO" and not in_carousel:
        raise invalid("The VIDEO value for media_type is no longer supported. Use the REELS media type.")
    if in_carousel and media_type not in ("IMAGE", "VIDEO"):
        raise invalid("Only images and videos can be items of a carousel.")
    caption, settings = taken.caption(call, media_type), taken.settings(call, media_type)
    made = [one for one in _containers(call, owner) if _age(call, one) < _LIFE]
    if len(made) >= _MOST:
        raise refusals.used_up("media containers")
    container_id = new_id(owner, call.now, f"container {call.now.isoformat()} {len(made)} {caption}")
    about = {
        "note": "container", "id": container_id, "account": owner, "type": media_type, "kind": _KINDS[media_type],
        "caption": caption, "media": [], "in_carousel": in_carousel, "settings": settings,
        "made_at": call.now.isoformat(), "ready_at": None, "failed": False, "published": None,
    }  # fmt: skip
    if "upload_type" in call.params:
        return _awaiting(call, about)
    if media_type == "CAROUSEL":
        about |= {"media": _children(call, owner), "ready_at": taken.ready(call, media_type)}
    else:
        seen, is_film = await taken.fetched(call, media_type)
        about |= taken.filled(call, about, seen, is_film=is_film)
    call.world.note("instagram", container_id, about)
    return {"id": container_id}


def standing(about: dict[str, Any], now: datetime) -> str:
    """The status code of a container."""
    if about["published"]:
        return "PUBLISHED"
    if now - datetime.fromisoformat(about["made_at"]) > _LIFE:
        return "EXPIRED"
    if about["ready_at"] is None or now < datetime.fromisoformat(about["ready_at"]):
        return "IN_PROGRESS"
    return "ERROR" if about["failed"] else "FINISHED"


def status(call: Call, container_id: str) -> dict[str, Any] | None:
    """How far a container is; None where there is no such."""
    about = call.world.noted("instagram", container_id)
    if about is None or about.get("note") != "container":
        return None
    own(call, about["account"], PUBLISH)
    code = standing(about, call.now)
    values = {
        "id": lambda _: container_id,
        "status_code": lambda _: code,
        "status": lambda _: _STATUSES[code],
        "copyright_check_status": lambda _: {"status": "not_started", "matches_found": False},
        "video_status": lambda _: _video_status(call, about, code),
    }
    return node(call.fields("id"), values, container_id, "IGContainer")


def of(call: Call, owner: str, container_id: str) -> dict[str, Any]:
    """A container of the account. Raises GraphError."""
    about = call.world.noted("instagram", container_id)
    if about is None or about.get("note") != "container" or about["account"] != owner:
        raise refusals.not_found()
    return about


def _awaiting(call: Call, about: dict[str, Any]) -> dict[str, Any]:
    """A container whose bytes are still to come, and where to send them. Raises GraphError."""
    if call.text("upload_type") != "resumable":
        raise invalid("upload_type must be resumable")
    if about["type"] not in ("REELS", "STORIES", "VIDEO"):
        raise invalid("Resumable uploads are for REELS, STORIES and VIDEO.")
    call.world.note("instagram", about["id"], about)
    return {"id": about["id"], "uri": upload.address(call, about["id"])}


def _video_status(call: Call, about: dict[str, Any], code: str) -> dict[str, Any]:
    received = upload.received(call.world, about["id"])
    if about["ready_at"]:
        uploading, processing = "complete", "in_progress" if code == "IN_PROGRESS" else "complete"
        received = about["media"][0]["size"] if about["media"] else 0
    else:
        uploading, processing = "in_progress" if received else "not_started", "not_started"
    return {
        "uploading_phase": {"status": uploading, "bytes_transferred": received},
        "processing_phase": {"status": "error" if code == "ERROR" else processing},
    }


def _children(call: Call, owner: str) -> list[dict[str, Any]]:
    """The media of a carousel's items, which must be ready. Raises GraphError."""
    ids = call.words("children")
    if len(ids) not in _CHILDREN:
        raise refusals.children()
    items = [of(call, owner, id_) for id_ in ids]
    for item in items:
        code = standing(item, call.now)
        if not item["in_carousel"]:
            raise refusals.not_found()
        if code == "EXPIRED":
            raise refusals.expired()
        if code == "ERROR":
            raise refusals.video_format()
    if any(standing(item, call.now) == "IN_PROGRESS" and item["type"] == "VIDEO" for item in items):
        raise refusals.not_ready()
    return [dataclasses.asdict(Media(**one)) for item in items for one in item["media"]]


def _containers(call: Call, owner: str) -> list[dict[str, Any]]:
    found = call.world.notes("instagram")
    return [about for about in found if about.get("note") == "container" and about["account"] == owner]


def _age(call: Call, about: dict[str, Any]) -> timedelta:
    return call.now - datetime.fromisoformat(about["made_at"])
