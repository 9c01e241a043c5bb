"""Videos of a page: in one call, by address, or in pieces (`start`, `transfer`, `finish`, `cancel`)."""

from datetime import datetime
from typing import Any

from starlette.datastructures import UploadFile

from sandbox.networks.facebook import clips, rules, waiting
from sandbox.networks.facebook.clips import Clip, State
from sandbox.networks.meta.errors import GraphError, invalid, missing
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account

# What a transfer is asked to carry at most.
_PIECE = 1_048_576
_WRONG_OFFSET = 1363037


async def create(call: Call, page_id: str) -> dict[str, Any]:
    """A video, or the next step of one that comes in pieces. Raises GraphError."""
    page = rules.page(call, page_id)
    match call.params.get("upload_phase"):
        case None:
            return await _at_once(call, page)
        case "start":
            size = _number(call, "file_size")
            clip = clips.start(call, page, "video", size)
            session = {"video_id": clip.video_id, "upload_session_id": clip.video_id}
            return session | _next(clip)
        case "transfer":
            return await _transfer(call, page)
        case "finish":
            clip = _session(call, page)
            if clip.received < clip.size:
                raise GraphError("The upload is not complete yet", 6000, 1363033, data=_next(clip))
            _finish(call, page, clip)
            return {"success": True}
        case "cancel":
            clips.change(call, _session(call, page), gone=True)
            return {"success": True}
    raise invalid("upload_phase must be one of {cancel, finish, start, transfer}")


async def _at_once(call: Call, page: Account) -> dict[str, Any]:
    uploads = [value for name, value in call.params.items() if isinstance(value, UploadFile) and name != "thumb"]
    clip = clips.start(call, page, "video", 0)
    if uploads:
        clip = clips.whole(call, clip, await uploads[0].read())
    else:
        clip = await clips.fetched(call, clip, call.text("file_url"))
        if not str((clip.media or {})["content_type"]).startswith("video/"):
            raise GraphError("There was a problem uploading your video file.", 389, 1363019)
    _finish(call, page, clip)
    return {"id": clip.video_id}


async def _transfer(call: Call, page: Account) -> dict[str, Any]:
    """Takes the bytes that are next; for any others it says which those are."""
    clip = _session(call, page)
    piece = call.params.get("video_file_chunk")
    if not isinstance(piece, UploadFile):
        raise invalid("The parameter video_file_chunk is required.")
    content = await piece.read()
    if _number(call, "start_offset") != clip.received or clip.received + len(content) > clip.size:
        raise GraphError(
            "There was a problem uploading your video file. Please try again.", 6001, _WRONG_OFFSET, data=_next(clip)
        )
    return _next(clips.append(call, clip, content))


def _session(call: Call, page: Account) -> Clip:
    clip = clips.found(call, call.text("upload_session_id"))
    if clip is None or clip.page_id != page.external_id or clip.finished:
        raise GraphError("Invalid upload session", 6001, 1363030)
    return clip


def _next(clip: Clip) -> dict[str, str]:
    """Which bytes are wanted: none where both offsets are the same."""
    return {"start_offset": str(clip.received), "end_offset": str(min(clip.received + _PIECE, clip.size))}


def _finish(call: Call, page: Account, clip: Clip) -> None:
    clip.text = str(call.params.get("description") or "")
    clip.title = str(call.params.get("title") or "") or None
    at = waiting.moment(call)
    if at is not None and not rules.is_false(call, "published"):
        raise invalid("You must set published to false to schedule a video")
    state: State = "scheduled" if at else "draft" if rules.is_false(call, "published") else "published"
    clips.finish(call, clip, page, state=state, at=at)


def listed(call: Call, page_id: str, use: clips.Use | None) -> dict[str, Any]:
    """Films of a page, newest first."""
    rules.reading(call, page_id)
    bounds = call.since_until()
    since, until = (bound.isoformat() if bound else None for bound in bounds.values())
    found = [
        clip
        for clip in clips.of_page(call, page_id, use)
        if (use or clip.use != "story") and (not since or clip.made >= since) and (not until or clip.made < until)
    ]
    return call.page(found, lambda clip: node(call, clip), lambda clip: clip.video_id)


def node(call: Call, clip: Clip) -> dict[str, Any]:
    """A film and its fields."""
    post = call.world.post("facebook", clip.post_id) if clip.post_id else None
    views = call.world.counters(post, call.now)["views"] if post else 0
    ready = clip.is_ready(call.now)
    picture = f"{call.world.origin}/pictures/{clip.video_id}.jpg"
    page = call.world.account("facebook", clip.page_id)
    path = "reel" if clip.use == "reel" else f"{page.username if page else clip.page_id}/videos"
    made = stamp(datetime.fromisoformat(clip.made))
    values: dict[str, Any] = {
        "id": clip.video_id,
        "title": clip.title,
        "description": clip.text or None,
        "created_time": made,
        "updated_time": made,
        "from": {"id": clip.page_id, "name": page.name if page else ""},
        "length": clip.seconds if ready else None,
        "permalink_url": f"/{path}/{clip.video_id}/",
        "picture": picture,
        "source": f"{call.world.origin}/sample.mp4" if ready else None,
        # Named only once the film is ready.
        "post_id": clip.post_id.split("_")[1] if ready and clip.post_id else None,
        "published": post is not None,
        "scheduled_publish_time": stamp(datetime.fromisoformat(clip.at)) if clip.at else None,
        "status": status(clip, call.now),
        "views": views,
        "post_views": views,
        "embeddable": True,
        "thumbnails": {"data": [_thumbnail(clip, picture)]},
    }
    wants = call.fields("description,updated_time")
    return asked(wants, {name: _giving(value) for name, value in values.items()}, clip.video_id, "Video")


def thumbnails(call: Call, clip: Clip) -> dict[str, Any]:
    """The one picture of a film."""
    rules.reading(call, clip.page_id)
    return {"data": [_thumbnail(clip, f"{call.world.origin}/pictures/{clip.video_id}.jpg")]}


def _thumbnail(clip: Clip, picture: str) -> dict[str, Any]:
    return {"id": f"{clip.video_id}1", "height": 960, "width": 540, "scale": 1, "uri": picture, "is_preferred": True}


def status(clip: Clip, now: datetime) -> dict[str, Any]:
    """How far a film is, by phase."""
    uploaded = clip.finished is not None or (clip.size > 0 and clip.received == clip.size)
    uploading = {"status": "complete" if uploaded else "in_progress" if clip.received else "not_started"}
    found: dict[str, Any] = {"uploading_phase": {**uploading, "bytes_transfered": clip.received}}
    if clip.finished is None:
        found |= {"processing_phase": {"status": "not_started"}, "publishing_phase": {"status": "not_started"}}
        return {"video_status": "upload_complete" if uploaded else "uploading", **found}
    if clip.ready_at is not None and clip.ready_at > now:
        found |= {"processing_phase": {"status": "in_progress"}, "publishing_phase": {"status": "in_progress"}}
        return {"video_status": "processing", **found}
    if clip.problem:
        errors = [{"code": 1363008, "message": clip.problem}]
        found |= {"processing_phase": {"status": "error", "errors": errors}}
        return {"video_status": "error", **found, "publishing_phase": {"status": "not_started"}}
    publishing: dict[str, Any] = {"status": "complete", "publish_status": clip.state}
    moment = clip.at or clip.finished
    if clip.state != "draft":
        publishing["publish_time"] = int(datetime.fromisoformat(moment).timestamp())
    return {
        "video_status": "ready",
        **found,
        "processing_phase": {"status": "complete"},
        "publishing_phase": publishing,
    }


def edit(call: Call, clip: Clip) -> dict[str, Any]:
    """Another title or description."""
    _own(call, clip)
    text = str(call.params.get("description", clip.text))
    clips.change(call, clip, text=text, title=call.params.get("name", call.params.get("title", clip.title)))
    if clip.post_id and call.world.post("facebook", clip.post_id):
        call.world.edit_post("facebook", clip.post_id, text)
    return {"success": True}


def delete(call: Call, clip: Clip) -> dict[str, Any]:
    """Take a film and its post away."""
    _own(call, clip)
    draft = waiting.draft(call, clip.post_id) if clip.post_id else None
    if draft is not None:
        waiting.drop(call, draft)
    elif clip.post_id:
        call.world.delete_post("facebook", clip.post_id)
    clips.change(call, clip, gone=True)
    return {"success": True}


def _own(call: Call, clip: Clip) -> None:
    if call.acting(rules.PUBLISH).external_id != clip.page_id:
        raise missing(clip.video_id)


def _number(call: Call, name: str) -> int:
    value = call.text(name)
    if not value.isdigit():
        raise invalid(f"Param {name} must be a non-negative integer.")
    return int(value)


def _giving(value: Any) -> Any:
    return lambda _: value
