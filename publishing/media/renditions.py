"""What a network takes of a medium: the original where it fits, else a copy that does.

All bounds come from the network's sheet: its limits, and the types of media it takes.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

from clientnest.errors import Invalid, NotReady, Problem
from clientnest.models import Media
from clientnest.settings import settings
from platforms import PLATFORMS
from platforms.platform import Limit, Platform
from platforms.posting import MediaFile
from publishing.media import links, pictures, store
from publishing.media.refusals import FIELD
from publishing.media.storage import storage

# Fields of limits: the shape of a picture, and how long a video may be.
_SHAPE = ("media_width", "media_height")
_LENGTH = "duration"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a picture may be and as what it is taken; None for no limit."""

    max_bytes: int | None
    max_pixels: int | None
    types: tuple[str, ...]

    @property
    def name(self) -> str:
        """The same for the same bounds: what copies within them are called."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


async def for_network(media: Media, platform: str, kind: str, alt_text: str | None = None) -> MediaFile:
    """The medium as it goes out on `platform` in a post of this `kind`, with a local copy and an address.

    The address is ours where the installation has one that networks reach, else where the medium came from.
    Raises Invalid where it cannot be brought within the network's limits, NotReady where its file is gone.
    """
    found = problems(media, platform, kind)
    if found:
        raise Invalid("The media cannot go out as they are.", found)
    sheet = PLATFORMS[platform]
    bounds = _bounds(sheet, media, kind)
    suffix = None if _fits(media, bounds) else bounds.name
    try:
        path = (
            await asyncio.to_thread(_copy, media, sheet, bounds)
            if suffix
            else await asyncio.to_thread(store.path, media)
        )
    except FileNotFoundError as error:
        raise NotReady("The file of this picture or video is not in the storage: put it back there.") from error
    content_type = await asyncio.to_thread(pictures.type_of, path) if suffix else media.content_type
    address = links.address(media, suffix) or media.source_url or ""
    return MediaFile(content_type, path, address, alt_text, media.seconds)


def can_be_fetched(media: Media) -> bool:
    """Whether there is an address from which a network could have it."""
    return bool(settings().public_url or media.source_url)


def problems(media: Media, platform: str, kind: str) -> tuple[Problem, ...]:
    """What keeps this medium out of a post of this kind there, without opening it; large pictures are made to fit."""
    sheet = PLATFORMS[platform]
    bounds = _bounds(sheet, media, kind)
    if not _made_to_fit(media) and media.content_type not in bounds.types:
        takes = ", ".join(type_.split("/")[1].upper() for type_ in bounds.types)
        return (Problem(FIELD, f"{sheet.title} takes {takes}, not {_called(media)}: give it as one of these."),)
    found = []
    for limit in _limits(sheet, media, kind):
        value = _measured(limit, media, kind)
        if value is not None and value > limit.maximum:
            found.append(Problem(FIELD, _too_much(sheet, limit, value)))
    return tuple(found)


def _measured(limit: Limit, media: Media, kind: str) -> float | None:
    """How much of what a limit is about there is; None where that cannot be too much, or is not known."""
    wide, high = media.width, media.height
    if limit.field in _SHAPE:
        # A story has another shape than a picture, though it is one.
        if not wide or not high or limit.kind != kind:
            return None
        return 100 * wide / high if limit.field == "media_width" else 100 * high / wide
    if limit.field == _LENGTH:
        return media.seconds
    if _made_to_fit(media):
        return None
    if limit.field == "media_pixels":
        return wide * high if wide and high and not _is_video(media) else None
    return media.size if limit.field == "media_size" else None


def _too_much(sheet: Platform, limit: Limit, value: float) -> str:
    counted = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    what, then = f" of {limit.field.replace('_', ' ')}", "make it smaller"
    if limit.field == _LENGTH:
        what, then = "", "make it shorter"
    if limit.field in _SHAPE:
        what, then = f" as {limit.field.replace('_', ' ')}", "crop it"
    return (
        f"{sheet.title} takes {limit.maximum:,} {limit.unit}{what}; this has {counted}: {then} "
        f"({limit.source}, {limit.as_of:%Y-%m-%d})."
    )


def _bounds(sheet: Platform, media: Media, kind: str) -> Bounds:
    wanted = "video/" if _is_video(media) else "image/"
    limits = _limits(sheet, media, kind)
    return Bounds(
        _least(limits, "media_size"),
        _least(limits, "media_pixels"),
        tuple(type_ for type_ in sheet.media_types if type_.startswith(wanted)),
    )


def _limits(sheet: Platform, media: Media, kind: str) -> list[Limit]:
    """Those of every post, of this kind, and of what the medium is: a picture in a story is a picture still.

    What a sheet says of media in a carousel is about pictures; a video there is a video.
    """
    own = "video" if _is_video(media) else "image"
    kinds = (None, own) if kind == "carousel" and own == "video" else (None, kind, own)
    return [limit for limit in sheet.limits if limit.kind in kinds]


def _least(limits: list[Limit], field: str) -> int | None:
    return min((limit.maximum for limit in limits if limit.field == field), default=None)


def _fits(media: Media, bounds: Bounds) -> bool:
    """A row from before sizes were known is made to fit, to be sure."""
    pixels = media.width * media.height if media.width and media.height else None
    return (
        media.content_type in bounds.types
        and (bounds.max_bytes is None or media.size <= bounds.max_bytes)
        and (bounds.max_pixels is None or (pixels is not None and pixels <= bounds.max_pixels))
    ) or not _made_to_fit(media)


def _made_to_fit(media: Media) -> bool:
    """Pictures that stand still can be drawn smaller; films and moving GIFs go as they are."""
    return not _is_video(media) and media.content_type != "image/gif"


def _is_video(media: Media) -> bool:
    return media.content_type.startswith("video/")


def _called(media: Media) -> str:
    return "a moving GIF" if media.content_type == "image/gif" else media.content_type.split("/")[1].upper()


def _copy(media: Media, sheet: Platform, bounds: Bounds) -> Path:
    """The copy within these bounds, made where it is not there yet. Raises Invalid."""
    files, key = storage(), store.key(media, bounds.name)
    if not files.exists(key):
        with store.path(media).open("rb") as original:
            made = pictures.fitted(original, bounds.max_bytes, bounds.max_pixels, bounds.types)
        if made is None:
            what = f"{sheet.title} takes no copy of this picture, however small: give another one."
            raise Invalid("The media cannot go out as they are.", (Problem(FIELD, what),))
        files.put(key, made)
    return files.local(key)
