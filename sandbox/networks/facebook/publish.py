"""Posts of a page: made at once or for later, changed, taken away."""

import json
from typing import Any
from urllib.parse import urlsplit

from sandbox.networks.facebook import photos, rules, waiting
from sandbox.networks.facebook.waiting import Draft
from sandbox.networks.meta.errors import GraphError, invalid, missing
from sandbox.networks.meta.graph import Call
from sandbox.world import Media


def feed(call: Call, page_id: str) -> dict[str, Any]:
    """A text, a link, or photos that were uploaded unpublished; live now, at a moment, or when somebody says so."""
    page = rules.page(call, page_id)
    message, link = str(call.params.get("message") or ""), call.params.get("link") or None
    attached = [photos.attached(call, one) for one in _list(call, "attached_media")]
    if not (message or link or attached or call.params.get("place")):
        raise invalid("Requires one of the params: link, place, message or attached_media")
    if link is not None and urlsplit(str(link)).scheme not in ("http", "https"):
        raise GraphError("The url you supplied is invalid", 1609005)
    at = waiting.moment(call)
    unpublished = rules.is_false(call, "published")
    if at is not None and not unpublished:
        raise invalid("You must set published to false to schedule a post")
    media = [Media(**photo.media) for photo in attached]
    kind = ("carousel" if len(attached) > 1 else "image") if attached else "link" if link else "text"
    if unpublished:
        post_id = waiting.hold(call, page, kind=kind, text=message, link=link, media=media, at=at)
    else:
        rules.refuse_duplicate(call, page, message, link, media)
        post = call.world.create_post("facebook", page_id, kind=kind, text=message, link=link, media=media)
        post_id = post.external_id
    for photo in attached:
        photos.use(call, photo, post_id)
    return {"id": post_id}


def edit(call: Call, post_id: str) -> dict[str, Any]:
    """Another message; of what waits also another moment, or now."""
    draft = waiting.draft(call, post_id)
    if draft is not None:
        return _edit_draft(call, draft)
    post = rules.own_post(call, post_id)
    if "message" in call.params:
        call.world.edit_post("facebook", post.external_id, call.text("message"))
    elif not {"is_hidden", "is_pinned", "is_published", "timeline_visibility"} & call.params.keys():
        raise invalid("The parameter message is required.")
    return {"success": True}


def _edit_draft(call: Call, draft: Draft) -> dict[str, Any]:
    page = call.acting(rules.PUBLISH)
    if draft.page_id != page.external_id:
        raise missing(draft.post_id)
    text, at = call.params.get("message"), waiting.moment(call)
    if text is not None or at is not None:
        waiting.change(call, draft, text, at)
    if rules.is_true(call, "is_published"):
        waiting.publish(call, waiting.draft(call, draft.post_id) or draft)
    return {"success": True}


def delete(call: Call, post_id: str) -> dict[str, Any]:
    """Take a post away, live or not."""
    draft = waiting.draft(call, post_id)
    if draft is not None and draft.page_id == call.acting(rules.PUBLISH).external_id:
        waiting.drop(call, draft)
    else:
        call.world.delete_post("facebook", rules.own_post(call, post_id).external_id)
    return {"success": True}


def _list(call: Call, name: str) -> list[Any]:
    """A JSON list; real clients also send `name[0]=…`, one parameter for each. Raises GraphError."""
    numbered = [str(value) for key, value in sorted(call.params.items()) if key.startswith(f"{name}[")]
    try:
        found = [json.loads(value) for value in numbered] or json.loads(call.text(name, "[]"))
    except json.JSONDecodeError as error:
        raise invalid(f"Param {name} must be an array.") from error
    if not isinstance(found, list):
        raise invalid(f"Param {name} must be an array.")
    return found
