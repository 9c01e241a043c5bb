"""A container becomes a post; what may still be done with it afterwards."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.instagram import containers, refusals
from sandbox.networks.instagram.login import BASIC, COMMENTS, PUBLISH, only_by_page, own, own_post, switched
from sandbox.networks.instagram.nature import post_id as new_id
from sandbox.networks.meta.errors import invalid
from sandbox.networks.meta.graph import Call
from sandbox.world import Media

_QUOTA, _QUOTA_SPAN = 100, timedelta(hours=24)
_BUCKETS = ("*", "content_publishing_limit")


def publish(call: Call, account_id: str) -> dict[str, Any]:
    """A post of a finished container. Raises GraphError."""
    owner = own(call, account_id, PUBLISH).external_id
    about = containers.of(call, owner, call.text("creation_id"))
    match containers.standing(about, call.now):
        case "EXPIRED":
            raise refusals.expired()
        case "IN_PROGRESS":
            raise refusals.not_ready()
        case "ERROR":
            raise refusals.video_format()
        case "PUBLISHED":
            raise invalid("The media container was already published.")
    if about["in_carousel"]:
        raise invalid("The item of a carousel cannot be published by itself.")
    if _used(call, owner) >= _QUOTA:
        raise refusals.used_up("posts")
    held = [Media(**one) for one in about["media"]]
    post_id = new_id(owner, call.now, about["id"])
    # Noted first: a container is published once, whatever happens between the lines.
    call.world.note("instagram", about["id"], {**about, "published": call.now.isoformat()})
    call.world.note("instagram", f"media {post_id}", {"note": "media", **about["settings"]})
    post = call.world.create_post(
        "instagram", owner, kind=about["kind"], text=about["caption"], media=held, external_id=post_id
    )
    return {"id": post.external_id}


def limit(call: Call, account_id: str) -> dict[str, Any]:
    """How many posts of a day's allowance are used."""
    values: dict[str, Any] = {
        "quota_usage": _used(call, own(call, account_id, PUBLISH).external_id),
        "config": {"quota_total": _QUOTA, "quota_duration": int(_QUOTA_SPAN.total_seconds())},
    }
    wanted = [want.name for want in call.fields("quota_usage")]
    if unknown := [name for name in wanted if name not in values]:
        raise invalid(f"Tried accessing nonexisting field ({unknown[0]}) on node type (ContentPublishingLimitResponse)")
    return {"data": [{name: values[name] for name in wanted}]}


def switch_comments(call: Call, media_id: str) -> dict[str, Any]:
    """Comments on or off: all that can be changed of a post. Raises GraphError."""
    own_post(call, call.acting(COMMENTS), media_id)
    name = f"media {media_id}"
    about = call.world.noted("instagram", name) or {"note": "media"}
    call.world.note("instagram", name, about | {"comment_enabled": switched(call, "comment_enabled")})
    return {"success": True}


def delete(call: Call, media_id: str) -> dict[str, Any]:
    """Take a post down, which only Facebook Login can. Raises GraphError."""
    only_by_page(call, media_id)
    own_post(call, call.acting(BASIC), media_id)
    call.acting(PUBLISH)
    call.world.delete_post("instagram", media_id)
    return {"success": True}


def _used(call: Call, owner: str) -> int:
    """Posts of the last day that came through containers; what was planted may leave fewer."""
    since = call.now - _QUOTA_SPAN
    notes = [about for about in call.world.notes("instagram") if about.get("note") == "container"]
    published = (about["published"] for about in notes if about["account"] == owner)
    used: int = sum(at is not None and datetime.fromisoformat(at) > since for at in published)
    planted = [
        _QUOTA - int(one["remaining"])
        for one in call.world.planted("quota", "instagram")
        if one["bucket"] in _BUCKETS and one.get("account", owner) == owner
    ]
    return max(used, *planted) if planted else used
