"""Posts and photos of a page: made, changed, taken away."""

import dataclasses
import json
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile

from sandbox.networks.meta import media
from sandbox.networks.meta.errors import GraphError, denied, invalid, missing
from sandbox.networks.meta.graph import Call
from sandbox.world import Account, Media, Post
from sandbox.world.identifiers import post_id as new_id

_SCOPE = "pages_manage_posts"
_LARGEST_PHOTO = 10_000_000


def feed(call: Call, page_id: str) -> dict[str, Any]:
    """A text, a link, or photos that were uploaded unpublished."""
    page = _page(call, page_id)
    if call.text("published", "true").lower() in ("false", "0"):
        raise invalid("Posts that wait to be published are not open to this app")
    message, link = str(call.params.get("message") or ""), call.params.get("link") or None
    attached = [_attached(call, one) for one in _list(call, "attached_media")]
    if not (message or link or attached):
        raise invalid("Requires one of the params: link, place, message or attached_media")
    if link is not None and urlsplit(str(link)).scheme not in ("http", "https"):
        raise GraphError("The url you supplied is invalid", 1609005)
    _refuse_duplicate(call, page, message, link, attached)
    kind = "image" if attached else "link" if link else "text"
    post = call.world.create_post("facebook", page_id, kind=kind, text=message, link=link, media=attached)
    return {"id": post.external_id}


async def photos(call: Call, page_id: str) -> dict[str, Any]:
    """A photo by address or upload; with `published=false` it waits for a post."""
    page = _page(call, page_id)
    source = call.params.get("source")
    if isinstance(source, UploadFile):
        photo = media.look(await source.read()).medium
    else:
        photo = (await media.fetch(call.text("url"), _no_image())).medium
    if not photo.content_type.startswith("image/") or photo.size > _LARGEST_PHOTO:
        raise _no_image()
    photo_id = new_id("facebook", page_id, call.now, photo.sha256 + str(call.now)).split("_")[1]
    if call.text("published", "true").lower() in ("false", "0"):
        call.world.note("facebook", photo_id, {"page": page_id, "photo": dataclasses.asdict(photo)})
        return {"id": photo_id}
    message = str(call.params.get("message") or call.params.get("caption") or "")
    _refuse_duplicate(call, page, message, None, [photo])
    post = call.world.create_post("facebook", page_id, kind="image", text=message, media=[photo])
    return {"id": photo_id, "post_id": post.external_id}


def edit(call: Call, post_id: str) -> dict[str, Any]:
    """Another message."""
    post = _own_post(call, post_id)
    call.world.edit_post("facebook", post.external_id, call.text("message"))
    return {"success": True}


def delete(call: Call, post_id: str) -> dict[str, Any]:
    """Take a post away."""
    call.world.delete_post("facebook", _own_post(call, post_id).external_id)
    return {"success": True}


def _own_post(call: Call, post_id: str) -> Post:
    page, post = call.acting(_SCOPE), call.world.post("facebook", post_id)
    if post is None or post.account_id != page.external_id:
        raise missing(post_id)
    return post


def _page(call: Call, page_id: str) -> Account:
    """The page of a page's token. Raises GraphError."""
    page = call.acting(_SCOPE)
    if page.external_id != page_id or call.kind() == "user":
        raise denied(_SCOPE)
    return page


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


def _attached(call: Call, entry: Any) -> Media:
    """The photo of `{"media_fbid": …}`. Raises GraphError."""
    photo_id = str(entry.get("media_fbid")) if isinstance(entry, dict) else ""
    kept = call.world.noted("facebook", photo_id)
    if kept is None or kept["page"] != call.grant().account_id:
        raise invalid(f"Invalid media_fbid: {photo_id}")
    return Media(**kept["photo"])


def _refuse_duplicate(call: Call, page: Account, message: str, link: str | None, attached: list[Media]) -> None:
    """Only the very last post counts."""
    last = call.world.posts("facebook", page.external_id)[:1]
    if last and (last[0].text, last[0].link, last[0].media) == (message, link, attached):
        raise GraphError("(#506) Duplicate status message", 506, title="Duplicate Status Update")


def _no_image() -> GraphError:
    return GraphError("(#324) Missing or invalid image file", 324, 2069019)
