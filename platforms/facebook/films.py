"""Puts a video, a reel or a story of a film on a Page.

```
start     the network names a film that nobody sees yet                                     -> its id
bytes     they arrive from whatever byte the network is at                                  -> whole
finish    asked first whether that was done already; then the one call that publishes it    -> processed
wait      until the network says that it is shown, or why it is not
```
The film's id is kept before its bytes leave. From `finish` on it tells whether the film is published, so a lost
answer needs no guess.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from platforms.calls import UPLOAD_TIMEOUT, json_object
from platforms.errors import Rejected, Unavailable
from platforms.facebook.client import VIDEOS, Client
from platforms.facebook.settings import settings
from platforms.posting import MediaFile, Outgoing, Pending, Published

PROCESSING = timedelta(seconds=5)
WWW = "https://www.facebook.com"
# "Your bytes are not those that are next": the error names the ones that are.
_WRONG_OFFSET = 1363037
# What one piece holds where the network does not say it.
_PIECE = 1_048_576


@dataclass(frozen=True, slots=True)
class _Edge:
    """How a kind of film is sent: through which edge, and by which of the two ways its bytes go."""

    name: str
    in_pieces: bool
    # How the phases of an upload are spelt.
    start: str = "START"
    finish: str = "FINISH"
    has_text: bool = True


_EDGES = {
    "video": _Edge("videos", in_pieces=True, start="start", finish="finish"),
    "reel": _Edge("video_reels", in_pieces=False),
    "story": _Edge("video_stories", in_pieces=False, has_text=False),
}


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step of a film. Raises PlatformError."""
    edge, film = _EDGES[post.kind], post.media[0]
    if not film.is_video:
        raise Rejected(f"a Page's {post.kind} must be a video, not {film.content_type}")
    if state is None:
        return await _start(client, edge, film)
    if state["step"] == "bytes":
        if edge.in_pieces:
            await _transfer(client, film, state)
        else:
            await _upload(client, film, state["video_id"])
        return Pending({**state, "step": "finish"}, handle=True)
    if state["step"] == "finish":
        return await _finish(client, edge, post, state)
    return await _look(client, post, state)


async def _start(client: Client, edge: _Edge, film: MediaFile) -> Pending:
    path = f"/{client.account}/{edge.name}"
    if not edge.in_pieces:
        told = await client.write(path, {"upload_phase": edge.start})
        return Pending({"step": "bytes", "video_id": _named(told, "video_id")})
    told = await client.write(path, {"upload_phase": edge.start, "file_size": film.size}, origin=VIDEOS)
    session, video_id = _named(told, "upload_session_id"), _named(told, "video_id")
    return Pending({"step": "bytes", "video_id": video_id, "session": session})


async def _transfer(client: Client, film: MediaFile, state: dict[str, Any]) -> None:
    """Piece by piece from the byte that the network is at, which it says to the first piece that is not next."""
    start, end = 0, min(_PIECE, film.size)
    form = {"upload_phase": "transfer", "upload_session_id": state["session"]}
    with film.path.open("rb") as content:
        while start < end:
            content.seek(start)
            files = {"video_file_chunk": (film.path.name, content.read(end - start), "application/octet-stream")}
            following = await _piece(client, {**form, "start_offset": start}, files)
            if following[0] == start:
                raise Unavailable("the upload does not advance", evidence={"offset": start})
            start, end = following


async def _piece(client: Client, form: dict[str, Any], files: dict[str, Any]) -> tuple[int, int]:
    """Which bytes are wanted next; none where both bounds are the same."""
    path = f"/{client.account}/videos"
    try:
        told = await client.write(path, form, origin=VIDEOS, files=files, timeout=UPLOAD_TIMEOUT)
    except Rejected as refusal:
        at = refusal.evidence.get("error_data")
        if refusal.evidence.get("subcode") != _WRONG_OFFSET or not isinstance(at, dict):
            raise
        told = at
    return int(_named(told, "start_offset")), int(_named(told, "end_offset"))


async def _upload(client: Client, film: MediaFile, video_id: str) -> None:
    uploading = (await _status(client, video_id)).get("uploading_phase", {})
    # The network spells it so.
    sent = int(uploading.get("bytes_transfered", uploading.get("bytes_transferred", 0)))
    if sent < film.size:
        await client.upload(video_id, film.path, sent)


async def _finish(client: Client, edge: _Edge, post: Outgoing, state: dict[str, Any]) -> Pending:
    if not _is_finished(await _status(client, state["video_id"])):
        form = {**_named_film(edge, state), **_words(edge, post), **_moment(edge, post), **settings(post)}
        origin = VIDEOS if edge.in_pieces else None
        path = f"/{client.account}/{edge.name}"
        told = await client.write(path, {"upload_phase": edge.finish, **form}, irreversible=True, origin=origin)
        if told.get("post_id"):
            state = {**state, "post_id": str(told["post_id"])}
    return Pending({**state, "step": "wait"}, check_after=PROCESSING, handle=True)


def _named_film(edge: _Edge, state: dict[str, Any]) -> dict[str, Any]:
    return {"upload_session_id": state["session"]} if edge.in_pieces else {"video_id": state["video_id"]}


def _words(edge: _Edge, post: Outgoing) -> dict[str, str]:
    if not edge.has_text:
        return {}
    return {"description": post.text_with_link, **({"title": post.title} if post.title else {})}


def _moment(edge: _Edge, post: Outgoing) -> dict[str, Any]:
    """Now or later, in the words of each edge."""
    at = {"scheduled_publish_time": int(post.publish_at.timestamp())} if post.publish_at else {}
    if edge.in_pieces:
        return {"published": "false", **at} if at else {}
    return {"video_state": "SCHEDULED" if at else "PUBLISHED", **at}


async def _look(client: Client, post: Outgoing, state: dict[str, Any]) -> Published | Pending:
    params = {"fields": "status,published,post_id,permalink_url"}
    film = json_object(await client.get(f"/{state['video_id']}", params))
    status = film.get("status", {})
    if status.get("video_status") in ("error", "upload_failed", "expired"):
        raise Rejected(_reason(status), evidence={"status": status})
    if status.get("publishing_phase", {}).get("status") != "complete" and not film.get("published"):
        return Pending(state, check_after=PROCESSING, handle=True)
    post_id, link = state.get("post_id") or film.get("post_id"), film.get("permalink_url")
    if post_id and "_" not in str(post_id):
        post_id = f"{client.account}_{post_id}"
    permalink = f"{WWW}{link}" if link and link.startswith("/") else link
    # The post's id may come later than the post: then `find` names it.
    return Published(str(post_id) if post_id else None, None if post.publish_at else permalink)


async def _status(client: Client, video_id: str) -> dict[str, Any]:
    told: dict[str, Any] = json_object(await client.get(f"/{video_id}", {"fields": "status"})).get("status", {})
    return told


def _is_finished(status: dict[str, Any]) -> bool:
    """Whether the call that publishes was taken: before it, publishing has not begun."""
    publishing = status.get("publishing_phase", {}).get("status", "not_started")
    return publishing != "not_started" or status.get("video_status") in ("error", "upload_failed", "expired")


def _reason(status: dict[str, Any]) -> str:
    phases = [status.get(name, {}) for name in ("uploading_phase", "processing_phase", "publishing_phase")]
    told = [error.get("message") for phase in phases for error in phase.get("errors", [])]
    return "; ".join(filter(None, told)) or f"the film is {status.get('video_status')}"


def _named(told: dict[str, Any], name: str) -> str:
    if name not in told:
        raise Unavailable(f"the answer names no {name}")
    return str(told[name])
