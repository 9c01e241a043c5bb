"""Puts posts on a Page, finds them again, changes them and takes them down; films are in `films`.

Photos are uploaded unpublished first, which nobody sees. Only the last call makes a post, and only that call is
irreversible.
"""

import json
from datetime import UTC, datetime
from typing import Any

from platforms.calls import CLOCK_SKEW, UPLOAD_TIMEOUT, json_object, same_text
from platforms.errors import OutcomeUnknown, PlatformError, Rejected
from platforms.facebook import films
from platforms.facebook.client import Client
from platforms.facebook.reading import published, stories_since
from platforms.facebook.settings import settings
from platforms.graph import WITHOUT_FIGURES, entries, moment
from platforms.posting import MediaFile, Outgoing, Pending, Published

FOUND = "id,message,created_time,permalink_url,attachments{media_type}"
WAITING = "id,message,scheduled_publish_time,attachments{media_type}"
# How a post's attachment is called, by its kind; a text has none.
_ATTACHED = {"link": "link", "image": "photo", "carousel": "album", "video": "video", "reel": "video"}
SUBSCRIBED = ("feed", "mention")


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live post, or one that waits for its moment. Raises PlatformError."""
    _check(post)
    if post.kind in ("video", "reel") or (post.kind == "story" and post.media[0].is_video):
        return await films.publish(client, post, state)
    photos: list[str] = (state or {}).get("photos", [])
    if len(photos) < len(post.media):
        photos = [*photos, await _upload(client, post, post.media[len(photos)])]
        is_story = post.kind == "story"
        return Pending({"photos": photos}, handle=is_story)
    if post.kind == "story":
        return await _story(client, photos[0])
    external_id = await client.create(f"/{client.account}/feed", _form(post, photos), irreversible=True)
    return Published(external_id, None if post.publish_at else await _permalink(client, external_id))


def _check(post: Outgoing) -> None:
    if post.kind in ("image", "carousel") and any(one.is_video for one in post.media):
        raise Rejected("a Page's post of several media holds photos only")
    if post.kind in ("image", "carousel", "video", "reel", "story") and not post.media:
        raise Rejected(f"a Page's {post.kind} needs a picture or a film")
    if post.kind == "link" and not post.link:
        raise Rejected("a link post needs a link")
    settings(post)


def _form(post: Outgoing, photos: list[str]) -> dict[str, Any]:
    form: dict[str, Any] = {"message": _message(post), **settings(post)}
    if photos:
        form["attached_media"] = json.dumps([{"media_fbid": photo} for photo in photos])
    elif post.link:
        form["link"] = post.link
    if post.publish_at:
        form |= {"published": "false", "scheduled_publish_time": int(post.publish_at.timestamp())}
    return form


async def _upload(client: Client, post: Outgoing, media: MediaFile) -> str:
    """The id of an unpublished photo; one that waits for its post for days must not be a temporary one."""
    if not media.content_type.startswith("image/"):
        raise Rejected(f"a Page's photo must be an image, not {media.content_type}")
    form = {"published": "false"} | ({} if post.publish_at else {"temporary": "true"})
    if media.alt_text:
        form["alt_text_custom"] = media.alt_text
    with media.path.open("rb") as content:
        files = {"source": (media.path.name, content, media.content_type)}
        path = f"/{client.account}/photos"
        return await client.create(path, form, irreversible=False, files=files, timeout=UPLOAD_TIMEOUT)


async def _story(client: Client, photo_id: str) -> Published:
    """A story of an uploaded photo, unless it is one already."""
    async for page in stories_since(client, None):
        for entry in entries(page):
            if str(entry.get("media_id")) == photo_id:
                return Published(str(entry["post_id"]), entry.get("url"))
    told = await client.write(f"/{client.account}/photo_stories", {"photo_id": photo_id}, irreversible=True)
    if "post_id" not in told:
        raise OutcomeUnknown("the answer names no id")
    return Published(str(told["post_id"]))


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest post since a moment that says the same and holds the same kind of media, as ours.

    A story says nothing by which it could be told from others: its upload tells, not this.
    """
    if post.kind == "story":
        return None
    if post.publish_at is not None and (waiting := await _waiting(client, post)):
        return waiting
    start = since - CLOCK_SKEW
    found: Published | None = None
    async for page in published(client, FOUND, start):
        for entry in entries(page):
            created = moment(entry, "created_time")
            if created is not None and created >= start and _same(post, entry):
                found = Published(entry["id"], entry.get("permalink_url"))
    return found


async def _waiting(client: Client, post: Outgoing) -> Published | None:
    """Among what the network keeps for later."""
    at = int((post.publish_at or datetime.now(UTC)).timestamp())
    params = {"fields": WAITING, "limit": 100}
    async for page in client.pages(f"/{client.account}/scheduled_posts", params):
        for entry in entries(page):
            if entry.get("scheduled_publish_time") == at and _same(post, entry):
                return Published(entry["id"])
    return None


async def edit(client: Client, external_id: str, post: Outgoing) -> Published:
    """Another text in the place of the old one. Raises PlatformError."""
    await client.write(f"/{external_id}", {"message": _message(post)})
    return Published(external_id, await _permalink(client, external_id))


async def delete(client: Client, external_id: str) -> None:
    """Take a post down; one that is gone is as wanted. Raises PlatformError."""
    try:
        await client.remove(f"/{external_id}")
    except Rejected as refusal:
        if refusal.evidence.get("subcode") not in WITHOUT_FIGURES:
            raise


async def comment(client: Client, external_id: str, text: str) -> str:
    """The id of a comment of the Page under a post. Raises PlatformError."""
    return await client.create(f"/{external_id}/comments", {"message": text}, irreversible=True)


async def subscribe(client: Client, callback_url: str) -> None:
    """Have the network tell about the Page; where to is entered once per app, in Meta's dashboard.

    The list takes the place of the one before. Raises PlatformError.
    """
    await client.write(f"/{client.account}/subscribed_apps", {"subscribed_fields": ",".join(SUBSCRIBED)})


async def _permalink(client: Client, external_id: str) -> str | None:
    """Where the post stands. It is live whatever this read gives, so a failure only leaves it unknown."""
    try:
        response = await client.get(f"/{external_id}", {"fields": "permalink_url"})
    except PlatformError:
        return None
    permalink: str | None = json_object(response).get("permalink_url")
    return permalink


def _message(post: Outgoing) -> str:
    """A post with photos or a film has no link of its own: it goes into the text."""
    return post.text if not post.media else post.text_with_link


def _same(post: Outgoing, entry: dict[str, Any]) -> bool:
    attached = {one.get("media_type") for one in entry.get("attachments", {}).get("data", [])}
    wanted = "link" if post.kind == "text" and post.link else _ATTACHED.get(post.kind)
    # A link whose page shows no card leaves no attachment.
    is_alike = wanted in attached or (wanted in (None, "link") and not attached & {"photo", "album", "video"})
    return is_alike and same_text(_message(post), entry.get("message"))
