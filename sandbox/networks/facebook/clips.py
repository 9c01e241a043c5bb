"""Films on their way: bytes that arrive in pieces, an upload that is finished, a film that is processed.

What arrived is kept as it arrives, so that an upload goes on where it was after a restart.
"""

import base64
import dataclasses
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

from sandbox import films
from sandbox.networks.facebook import waiting
from sandbox.networks.facebook.nature import post_id as new_id
from sandbox.networks.meta import media
from sandbox.networks.meta.errors import invalid
from sandbox.networks.meta.graph import Call
from sandbox.world import Account, Media

# How long a film is processed after its upload is finished.
PROCESSING = timedelta(seconds=1)
_SHORTEST, _LONGEST, _STORY_LONGEST = 3, 90, 60
_NARROWEST, _LOWEST = 540, 960

Use = Literal["video", "reel", "story"]
State = Literal["published", "scheduled", "draft"]


@dataclasses.dataclass(slots=True)
class Clip:
    """`finished` is when the upload was declared complete; `post_id` the post that shows it once it is ready."""

    video_id: str
    page_id: str
    use: Use
    made: str
    size: int
    received: int = 0
    finished: str | None = None
    state: State = "published"
    at: str | None = None
    text: str = ""
    title: str | None = None
    media: dict[str, Any] | None = None
    seconds: float | None = None
    problem: str | None = None
    post_id: str | None = None
    gone: bool = False

    @property
    def ready_at(self) -> datetime | None:
        return datetime.fromisoformat(self.finished) + PROCESSING if self.finished else None

    def is_ready(self, now: datetime) -> bool:
        return self.ready_at is not None and self.ready_at <= now and self.problem is None


def start(call: Call, page: Account, use: Use, size: int) -> Clip:
    """A film without any bytes yet."""
    video_id = new_id(page.external_id, call.now, uuid4().hex).split("_")[1]
    clip = Clip(video_id, page.external_id, use, call.now.isoformat(), size)
    _keep(call, clip)
    return clip


def found(call: Call, video_id: str) -> Clip | None:
    """None for an id that is no film's, or no longer."""
    kept = call.world.noted("facebook", f"clip:{video_id}")
    clip = Clip(**kept) if kept else None
    return None if clip is None or clip.gone else clip


def of_page(call: Call, page_id: str, use: Use | None = None) -> list[Clip]:
    """Films whose upload is finished, newest first."""
    clips = [Clip(**one) for one in call.world.notes("facebook") if "video_id" in one and "use" in one]
    kept = [one for one in clips if one.page_id == page_id and one.finished and not one.gone]
    return sorted((one for one in kept if use in (None, one.use)), key=lambda clip: clip.made, reverse=True)


def append(call: Call, clip: Clip, piece: bytes) -> Clip:
    """The next bytes of a film."""
    if piece:
        written = base64.b64encode(piece).decode("ascii")
        call.world.note("facebook", f"bytes:{clip.video_id}:{clip.received}", {"piece": written})
        clip = dataclasses.replace(clip, received=clip.received + len(piece))
        _keep(call, clip)
    return clip


def whole(call: Call, clip: Clip, content: bytes) -> Clip:
    """A film that came in one piece."""
    return append(call, dataclasses.replace(clip, size=len(content)), content)


async def fetched(call: Call, clip: Clip, url: str) -> Clip:
    """A film from an address; its bytes are not kept. Raises GraphError."""
    seen = await media.fetch(url, invalid("Unable to fetch video file from URL"))
    found = dataclasses.replace(
        clip,
        size=seen.medium.size,
        received=seen.medium.size,
        media=dataclasses.asdict(seen.medium),
        seconds=seen.seconds,
    )
    _keep(call, found)
    return found


def finish(call: Call, clip: Clip, page: Account, *, state: State, at: datetime | None) -> Clip:
    """It is whole and is processed now; then its post goes live, waits, or is none."""
    if clip.media is None:
        clip = _looked_at(call, clip)
    clip.finished, clip.state, clip.at = call.now.isoformat(), state, at.isoformat() if at else None
    if clip.problem is None and state != "draft":
        shown = Media(**(clip.media or {}))
        text = "" if clip.use == "story" else clip.text
        if at is not None:
            clip.post_id = waiting.hold(
                call, page, kind=clip.use, text=text, link=None, media=[shown], at=at, title=clip.title
            )
        else:
            post = call.world.create_post(
                "facebook", page.external_id, kind=clip.use, text=text, title=clip.title, media=[shown],
                at=call.now + PROCESSING,
            )  # fmt: skip
            clip.post_id = post.external_id
    if clip.use == "story" and clip.post_id:
        call.world.note("facebook", f"story:{clip.post_id}", {"media_id": clip.video_id, "media_type": "video"})
    _keep(call, clip)
    return clip


def change(call: Call, clip: Clip, **changes: Any) -> None:
    """Keep a film with other words, or as one that is gone."""
    _keep(call, dataclasses.replace(clip, **changes))


def _looked_at(call: Call, clip: Clip) -> Clip:
    content = _content(call, clip)
    seen, movie = media.look(content), films.read(content)
    about = dataclasses.asdict(seen.medium)
    return dataclasses.replace(
        clip, media=about, seconds=movie.seconds if movie else None, problem=_problem(clip.use, movie)
    )


def _problem(use: Use, movie: films.Movie | None) -> str | None:
    """Why a film cannot be shown; found only when it is processed."""
    if movie is None:
        return "The video file is broken or of a format that is not supported."
    if use == "video":
        return None
    longest = _LONGEST if use == "reel" else _STORY_LONGEST
    if not _SHORTEST <= movie.seconds <= longest:
        return f"The video must be {_SHORTEST} to {longest} seconds long."
    if movie.width < _NARROWEST or movie.height < _LOWEST or movie.width * 16 != movie.height * 9:
        return f"The video must be 9:16 and at least {_NARROWEST} x {_LOWEST} pixels."
    return None


def _content(call: Call, clip: Clip) -> bytes:
    """All bytes; what arrived in pieces is let go of, since the film is known now."""
    pieces, place = [], 0
    while kept := call.world.noted("facebook", f"bytes:{clip.video_id}:{place}"):
        piece = base64.b64decode(kept["piece"])
        call.world.note("facebook", f"bytes:{clip.video_id}:{place}", {})
        pieces.append(piece)
        place += len(piece)
    return b"".join(pieces)


def _keep(call: Call, clip: Clip) -> None:
    call.world.note("facebook", f"clip:{clip.video_id}", dataclasses.asdict(clip))
