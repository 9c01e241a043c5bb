"""Photos of a page: uploaded or fetched, published at once, later, or as part of a post."""

import dataclasses
from typing import Any

from starlette.datastructures import UploadFile

from sandbox.networks.facebook import rules, waiting
from sandbox.networks.facebook.nature import post_id as new_id
from sandbox.networks.meta import media
from sandbox.networks.meta.errors import GraphError, invalid, missing
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Media

_LARGEST = 10_000_000


@dataclasses.dataclass(slots=True)
class Photo:
    """`post_id` is the post that shows it; None while it waits for one."""

    photo_id: str
    page_id: str
    media: dict[str, Any]
    text: str
    alt_text: str | None
    made: str
    post_id: str | None = None
    gone: bool = False


async def create(call: Call, page_id: str) -> dict[str, Any]:
    """A photo by address or upload; with `published=false` it waits for a post."""
    page = rules.page(call, page_id)
    picture = await _picture(call)
    text = str(call.params.get("message") or call.params.get("caption") or call.params.get("name") or "")
    photo_id = new_id(page_id, call.now, picture.sha256 + str(call.now)).split("_")[1]
    alt = call.params.get("alt_text_custom")
    photo = Photo(photo_id, page_id, dataclasses.asdict(picture), text, alt, call.now.isoformat())
    at = waiting.moment(call)
    if rules.is_false(call, "published"):
        if at is not None:
            photo.post_id = waiting.hold(call, page, kind="image", text=text, link=None, media=[picture], at=at)
        _keep(call, photo)
        return {"id": photo_id, **({"post_id": photo.post_id} if photo.post_id else {})}
    rules.refuse_duplicate(call, page, text, None, [picture])
    if not rules.is_true(call, "no_story"):
        post = call.world.create_post("facebook", page_id, kind="image", text=text, media=[picture])
        photo.post_id = post.external_id
    _keep(call, photo)
    return {"id": photo_id, **({"post_id": photo.post_id} if photo.post_id else {})}


async def _picture(call: Call) -> Media:
    """What was uploaded, under whatever name, or is behind `url`. Raises GraphError."""
    uploads = [value for value in call.params.values() if isinstance(value, UploadFile)]
    if uploads:
        picture = media.look(await uploads[0].read()).medium
    else:
        picture = (await media.fetch(call.text("url"), no_image())).medium
    if not picture.content_type.startswith("image/") or picture.size > _LARGEST:
        raise no_image()
    return picture


def attached(call: Call, entry: Any) -> Photo:
    """The photo of `{"media_fbid": …}`, of the token's page. Raises GraphError."""
    photo_id = str(entry.get("media_fbid")) if isinstance(entry, dict) else ""
    photo = found(call, photo_id)
    if photo is None or photo.page_id != call.grant().account_id:
        raise invalid(f"Invalid media_fbid: {photo_id}")
    return photo


def use(call: Call, photo: Photo, post_id: str) -> None:
    """It is part of a post now."""
    _keep(call, dataclasses.replace(photo, post_id=post_id))


def found(call: Call, photo_id: str) -> Photo | None:
    """None for an id that is no photo's, or no longer."""
    kept = call.world.noted("facebook", f"photo:{photo_id}")
    photo = Photo(**kept) if kept else None
    return None if photo is None or photo.gone else photo


def node(call: Call, photo: Photo) -> dict[str, Any]:
    """A photo and its fields."""
    page = call.world.account("facebook", photo.page_id)
    source = f"{call.world.origin}/pictures/{photo.photo_id}.jpg"
    image = {"height": 1080, "source": source, "width": 1080}
    values: dict[str, Any] = {
        "id": photo.photo_id,
        "name": photo.text or None,
        "alt_text": photo.alt_text,
        "alt_text_custom": photo.alt_text,
        "created_time": stamp(call.now.fromisoformat(photo.made)),
        "updated_time": stamp(call.now.fromisoformat(photo.made)),
        "height": 1080,
        "width": 1080,
        "images": [image],
        "picture": source,
        "source": source,
        "link": f"https://www.facebook.com/photo.php?fbid={photo.photo_id}",
        "from": {"id": photo.page_id, "name": page.name if page else ""},
        "page_story_id": photo.post_id,
        "can_delete": True,
    }
    return asked(call.fields("created_time,name"), {k: _giving(v) for k, v in values.items()}, photo.photo_id, "Photo")


def listed(call: Call, page_id: str) -> dict[str, Any]:
    """Photos that were uploaded and are shown, newest first."""
    rules.reading(call, page_id)
    photos = [Photo(**one) for one in call.world.notes("facebook") if "photo_id" in one]
    shown = [one for one in photos if one.page_id == page_id and one.post_id and not one.gone]
    shown.sort(key=lambda photo: photo.made, reverse=True)
    return call.page(shown, lambda photo: node(call, photo), lambda photo: photo.photo_id)


def delete(call: Call, photo: Photo) -> dict[str, Any]:
    """Take a photo away, and the post that shows nothing else."""
    page = call.acting(rules.PUBLISH)
    if photo.page_id != page.external_id:
        raise missing(photo.photo_id)
    post = call.world.post("facebook", photo.post_id) if photo.post_id else None
    if post is not None and len(post.media) == 1:
        call.world.delete_post("facebook", post.external_id)
    _keep(call, dataclasses.replace(photo, gone=True))
    return {"success": True}


def story(call: Call, page_id: str) -> dict[str, Any]:
    """A story of an unpublished photo."""
    page: Account = rules.page(call, page_id)
    photo = found(call, call.text("photo_id"))
    if photo is None or photo.page_id != page_id or photo.post_id is not None:
        raise invalid("photo_id must be the id of an unpublished photo")
    post = call.world.create_post("facebook", page.external_id, kind="story", text="", media=[Media(**photo.media)])
    use(call, photo, post.external_id)
    call.world.note("facebook", f"story:{post.external_id}", {"media_id": photo.photo_id, "media_type": "photo"})
    return {"success": True, "post_id": post.external_id}


def no_image() -> GraphError:
    return GraphError("(#324) Missing or invalid image file", 324, 2069019)


def _keep(call: Call, photo: Photo) -> None:
    call.world.note("facebook", f"photo:{photo.photo_id}", dataclasses.asdict(photo))


def _giving(value: Any) -> Any:
    return lambda _: value
