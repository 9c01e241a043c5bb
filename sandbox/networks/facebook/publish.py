"""Posts and photos of a page."""

import json
from typing import Any

from starlette.datastructures import UploadFile

from sandbox.networks.meta import media
from sandbox.networks.meta.errors import GraphError, denied, invalid, missing
from sandbox.networks.meta.graph import Call
from sandbox.world import Account, Media
from sandbox.world.identifiers import post_id as new_id

# Photos that nobody has published yet, by world and id.
_unpublished: dict[tuple[int, str], Media] = {}


async def feed(call: Call, page_id: str) -> dict[str, Any]:
    """A text, a link, or photos that were uploaded unpublished."""
    page = _page(call, page_id)
    message, link = str(call.params.get("message", "")), call.params.get("link")
    attached = [_attached(call, entry) for entry in json.loads(call.text("attached_media", "[]"))]
    if not (message or link or attached):
        raise invalid("You must provide message, link, or attached_media.")
    _refuse_duplicate(call, page, message, link)
    kind = "image" if attached else "link" if link else "text"
    post = call.world.create_post("facebook", page_id, kind=kind, text=message, link=link, media=attached)
    return {"id": post.external_id}


async def photos(call: Call, page_id: str) -> dict[str, Any]:
    """A photo by address or upload; with `published=false` it waits for a post."""
    page = _page(call, page_id)
    source = call.params.get("source")
    if isinstance(source, UploadFile):
        photo = media.seen(await source.read())
    else:
        refused = GraphError("(#324) Missing or invalid image file", 324)
        _, photo = await media.fetch(call.text("url"), refused)
    if not photo.content_type.startswith("image/"):
        raise GraphError("(#324) Missing or invalid image file", 324)
    photo_id = new_id("facebook", page_id, call.now, photo.sha256 + str(call.now)).split("_")[1]
    if call.text("published", "true").lower() == "false":
        _unpublished[id(call.world), photo_id] = photo
        return {"id": photo_id}
    message = str(call.params.get("message") or call.params.get("caption") or "")
    _refuse_duplicate(call, page, message, None)
    post = call.world.create_post("facebook", page_id, kind="image", text=message, media=[photo])
    return {"id": photo_id, "post_id": post.external_id}


def delete(call: Call, post_id: str) -> dict[str, Any]:
    page = call.acting("pages_manage_posts")
    post = call.world.post("facebook", post_id)
    if post is None or post.account_id != page.external_id:
        raise missing(post_id)
    call.world.delete_post("facebook", post_id)
    return {"success": True}


def _page(call: Call, page_id: str) -> Account:
    page = call.acting("pages_manage_posts")
    if page.external_id != page_id:
        raise denied("pages_manage_posts")
    return page


def _attached(call: Call, entry: dict[str, str]) -> Media:
    photo = _unpublished.get((id(call.world), str(entry.get("media_fbid"))))
    if photo is None:
        raise invalid(f"Invalid media_fbid {entry.get('media_fbid')}")
    return photo


def _refuse_duplicate(call: Call, page: Account, message: str, link: str | None) -> None:
    """Only the very last post counts."""
    last = call.world.posts("facebook", page.external_id)[:1]
    if message and last and (last[0].text, last[0].link) == (message, link):
        raise GraphError("(#506) Duplicate status message", 506, title="Duplicate Status Update")
