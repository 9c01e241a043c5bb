"""Reels and stories of films, whose bytes go to rupload.facebook.com; the stories of a page."""

from datetime import timedelta
from typing import Any

from starlette.requests import ClientDisconnect

from sandbox.networks.facebook import clips, rules, waiting
from sandbox.networks.facebook.clips import Clip, State, Use
from sandbox.networks.meta.errors import GraphError, invalid
from sandbox.networks.meta.graph import Call
from sandbox.web import json_response
from sandbox.world import Account, Post

_MOST, _SPAN = 30, timedelta(days=1)
_STORY_LIFE = timedelta(days=1)
_STATES: dict[str, State] = {"PUBLISHED": "published", "SCHEDULED": "scheduled", "DRAFT": "draft"}


def create(call: Call, page_id: str, use: Use) -> dict[str, Any]:
    """`start` and `finish` of a reel, or of a story. Raises GraphError."""
    page = rules.page(call, page_id)
    match str(call.params.get("upload_phase", "")).lower():
        case "start":
            if use == "reel":
                _hold_to_quota(call, page)
            clip = clips.start(call, page, use, 0)
            address = f"{call.request.url.scheme}://{call.request.url.netloc}/video-upload/v26.0/{clip.video_id}"
            return {"video_id": clip.video_id, "upload_url": address}
        case "finish":
            return _finish(call, page, use)
    raise invalid("upload_phase must be one of {FINISH, START}")


def _finish(call: Call, page: Account, use: Use) -> dict[str, Any]:
    clip = clips.found(call, call.text("video_id"))
    if clip is None or clip.page_id != page.external_id or clip.use != use:
        raise invalid("video_id must be the id of an upload of this page")
    if clip.finished:
        raise GraphError("The video was finished already", 6000, 1363041)
    if not clip.size or clip.received < clip.size:
        raise GraphError("The upload is not complete yet", 6000, 1363033)
    state = _STATES.get(call.text("video_state", "PUBLISHED").upper())
    if state is None:
        raise invalid("video_state must be one of {DRAFT, PUBLISHED, SCHEDULED}")
    at = waiting.moment(call)
    if (state == "scheduled") != (at is not None):
        raise invalid("video_state SCHEDULED goes with scheduled_publish_time")
    if use == "reel":
        _hold_to_quota(call, page)
    clip.text, clip.title = str(call.params.get("description") or ""), call.params.get("title") or None
    clip = clips.finish(call, clip, page, state=state, at=at)
    return {"success": True, "post_id": clip.post_id} if use == "story" and clip.post_id else {"success": True}


def _hold_to_quota(call: Call, page: Account) -> None:
    """So many reels by API within a day. Raises GraphError."""
    made = [clip.finished or "" for clip in clips.of_page(call, page.external_id, "reel")]
    if sum(when > (call.now - _SPAN).isoformat() for when in made) >= _MOST:
        raise _too_many()
    for plant in call.world.planted("quota", "facebook"):
        since = plant["at"].isoformat()
        if plant.get("bucket") == "reels" and plant.get("account") in (None, page.external_id):
            if sum(when >= since for when in made) >= int(plant["remaining"]):
                raise _too_many()


def _too_many() -> GraphError:
    return GraphError("(#613) Calls to this api have exceeded the rate limit: 30 reels in 24 hours.", 613)


async def take(call: Call, video_id: str) -> Any:
    """Bytes from an offset on, or the address of a film; what arrived before a break is kept."""
    clip = _uploading(call, video_id)
    told = call.request.headers
    if "file_url" in told:
        await clips.fetched(call, clip, told["file_url"])
        return {"success": True}
    size, offset = told.get("file_size", ""), told.get("offset", "")
    if not size.isdigit() or not offset.isdigit():
        return _refused("HeaderMissing", "The headers offset and file_size must be numbers.")
    if int(offset) != clip.received:
        return _refused("OffsetMismatch", f"The upload is at byte {clip.received}.")
    if clip.size not in (0, int(size)):
        return _refused("SizeMismatch", f"The file was said to have {clip.size} bytes.")
    content = bytearray()
    try:
        async for piece in call.request.stream():
            content += piece
    except ClientDisconnect:
        clip = _add(call, clip, int(size), bytes(content))
        return _refused("PartialUpload", f"The upload is at byte {clip.received}.", retriable=True)
    if clip.received + len(content) > int(size):
        return _refused("SizeMismatch", f"More bytes than the {size} that were said.")
    clip = _add(call, clip, int(size), bytes(content))
    if clip.received < clip.size:
        return _refused("PartialUpload", f"The upload is at byte {clip.received}.", retriable=True)
    return {"success": True}


def progress(call: Call, video_id: str) -> dict[str, Any]:
    """Where an upload is."""
    clip = _uploading(call, video_id)
    return {"id": clip.video_id, "offset": clip.received, "file_size": clip.size}


def _add(call: Call, clip: Clip, size: int, content: bytes) -> Clip:
    clip.size = size
    return clips.append(call, clip, content)


def _uploading(call: Call, video_id: str) -> Clip:
    page, clip = call.acting(rules.PUBLISH), clips.found(call, video_id)
    if clip is None or clip.page_id != page.external_id or clip.finished:
        raise invalid("This is no upload of yours")
    return clip


def _refused(kind: str, message: str, *, retriable: bool = False) -> Any:
    return json_response({"debug_info": {"retriable": retriable, "type": kind, "message": message}}, 400)


def stories(call: Call, page_id: str) -> dict[str, Any]:
    """Stories that are shown, or with `status=[ARCHIVED]` those of before."""
    rules.reading(call, page_id)
    wanted = [word.strip('"').upper() for word in call.words("status")] if "status" in call.params else []
    posts = call.world.posts("facebook", page_id, **call.since_until())
    found = [_story(call, post) for post in posts if post.kind == "story"]
    found = [one for one in found if one["status"] in (wanted or ("PUBLISHED", "ARCHIVED"))]
    return call.page(found, lambda one: one, lambda one: one["post_id"])


def _story(call: Call, post: Post) -> dict[str, Any]:
    kept = call.world.noted("facebook", f"story:{post.external_id}") or {"media_id": "", "media_type": "photo"}
    return {
        "post_id": post.external_id,
        "status": "PUBLISHED" if post.created_at > call.now - _STORY_LIFE else "ARCHIVED",
        "creation_time": str(int(post.created_at.timestamp())),
        "media_type": kept["media_type"],
        "media_id": kept["media_id"],
        "url": f"https://www.facebook.com/stories/{post.account_id}/{post.external_id.split('_')[1]}",
    }
