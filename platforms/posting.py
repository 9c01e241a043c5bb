"""What is published, and what a network makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

Kind = Literal["text", "link", "image", "carousel", "video", "reel", "story", "short", "thread", "article"]


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture or video to publish: a local copy, and an address where networks may fetch it.

    `alt_text` describes it to those who do not see it; `seconds` is a video's length where it is known.
    """

    content_type: str
    path: Path
    url: str
    alt_text: str | None = None
    seconds: float | None = None

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size

    @property
    def is_video(self) -> bool:
        return self.content_type.startswith("video/")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A post on its way to one account.

    `format` is what the author chose where the media do not say it (a reel, a story, an article); `parts` are
    the further posts of a thread, in order. `publish_at` (UTC) hands the post to the network now, to go live
    then; only for networks whose sheet says `schedules`. `options` are a network's own settings by their names
    on the wire, such as TikTok's `privacy_level`; what a network does not know is refused.
    """

    text: str
    title: str | None = None
    link: str | None = None
    media: tuple[MediaFile, ...] = ()
    format: Kind | None = None
    parts: tuple["Outgoing", ...] = ()
    publish_at: datetime | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """The format where one was chosen, else what media and parts make of it."""
        if self.format:
            return self.format
        if self.parts:
            return "thread"
        if len(self.media) > 1:
            return "carousel"
        if self.media:
            return "video" if self.media[0].is_video else "image"
        return "text"

    @property
    def text_with_link(self) -> str:
        """The text where a network has no place of its own for the link."""
        if not self.link or self.link in self.text:
            return self.text
        return f"{self.text}\n\n{self.link}".strip()


@dataclass(frozen=True, slots=True)
class Published:
    """Live, or handed over to go live at `Outgoing.publish_at`.

    `external_id` may be missing where the network names it only after moderation (TikTok). `parts` are the ids
    of the further posts of a thread.
    """

    external_id: str | None
    permalink: str | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """Not live yet. Store `state` (JSON), wait `check_after`, call publish again with it.

    `handle` says that the state names something at the network that itself tells whether the post is live, so
    that publish may be called with it after a crash. Without it a crash leaves only `find`.
    """

    state: dict[str, Any]
    check_after: timedelta = timedelta(0)
    handle: bool = False
