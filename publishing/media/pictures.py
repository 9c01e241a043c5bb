"""Pictures made clean: upright, sRGB, without metadata, in a format that every browser shows; and made to fit.

What a file is is read from its head, and how much it would take to open is judged before it is opened.
"""

import contextlib
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps, ImageSequence

from clientnest.errors import Invalid
from publishing.media import gif
from publishing.media.refusals import unusable

MAX_BYTES = 50_000_000
# Above this many pixels a picture is not opened at all; Pillow warns from about here.
MAX_PIXELS = 89_000_000
# A moving picture is opened frame by frame: this bounds the time, not the memory.
MAX_MOVING_PIXELS = 100_000_000
MAX_FRAMES = 600
_THUMBNAIL = (480, 480)
_QUALITIES = (90, 80, 70)
_SHRINK = 0.8
_SMALLEST = 64
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png", b"GIF": "image/gif"}
_WORDS = "Give a JPEG, PNG, WebP or GIF picture, or an MP4 or MOV video."
# One open picture takes some hundred MB.
_turn = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Picture:
    """A clean picture and its thumbnail (JPEG); sides in pixels."""

    content: bytes
    content_type: str
    width: int
    height: int
    thumbnail: bytes


def recognise(file: BinaryIO) -> str:
    """The content type of a picture that may be opened, by its head alone. Raises Invalid."""
    with _opened(file) as picture:
        return f"image/{str(picture.format).lower()}"


def clean(file: BinaryIO) -> Picture:
    """The picture as it is kept. Raises Invalid."""
    with _turn, _opened(file) as picture, _decoding():
        if picture.format == "GIF" and gif.frames(file) > 1:
            return _moving(picture)
        lossless = picture.format in ("PNG", "GIF")
        upright = _plain(picture)
        format_ = "PNG" if lossless or upright.mode == "RGBA" else "JPEG"
        content = _encoded(upright, format_)
        return Picture(content, f"image/{format_.lower()}", upright.width, upright.height, _thumbnail(upright))


def type_of(path: Path) -> str:
    """The content type of a picture that was made here."""
    with path.open("rb") as file:
        return _TYPES[file.read(3)]


def fitted(content: BinaryIO, max_bytes: int | None, max_pixels: int | None, types: tuple[str, ...]) -> bytes | None:
    """A copy within the bounds in one of the types, never enlarged; None where there is none.

    What shows through is kept where PNG is taken, and laid on white where it is not.
    """
    with _turn, _opened(content) as picture:
        upright = _plain(picture)
    while min(upright.size) > 0:
        if max_pixels is None or upright.width * upright.height <= max_pixels:
            for made in _ways(upright, types):
                if max_bytes is None or len(made) <= max_bytes:
                    return made
        if max(upright.size) <= _SMALLEST:
            return None
        upright = upright.resize(_smaller(upright.size, max_pixels), Image.Resampling.LANCZOS)
    return None


def _smaller(size: tuple[int, int], max_pixels: int | None) -> tuple[int, int]:
    """The next size to try: at once within the pixels, then step by step."""
    pixels = size[0] * size[1]
    share = (max_pixels / pixels) ** 0.5 if max_pixels is not None and pixels > max_pixels else _SHRINK
    return max(1, int(size[0] * share)), max(1, int(size[1] * share))


def _ways(picture: Image.Image, types: tuple[str, ...]) -> Iterator[bytes]:
    """The picture in the formats that are taken, the best first."""
    if "image/png" in types and picture.mode == "RGBA":
        yield _encoded(picture, "PNG")
    elif "image/jpeg" in types:
        for quality in _QUALITIES:
            yield _encoded(_on_white(picture), "JPEG", quality)
    elif "image/png" in types:
        yield _encoded(picture, "PNG")


@contextlib.contextmanager
def _opened(file: BinaryIO) -> Iterator[Image.Image]:
    """The picture with its head read and its size judged. Raises Invalid."""
    if file.seek(0, 2) > MAX_BYTES:
        raise unusable(f"The picture is larger than {MAX_BYTES // 1_000_000} MB: make it smaller.")
    file.seek(0)
    try:
        picture = Image.open(file, formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError, SyntaxError) as error:
        raise unusable(f"The file is neither a picture nor a video that can be used. {_WORDS}") from error
    with picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise _too_many_pixels()
        if picture.format == "GIF":
            _judge_frames(file, picture)
        elif picture.format != "MPO" and getattr(picture, "is_animated", False):
            raise unusable("The picture moves: give it as GIF or as a video.")
        yield picture


def _judge_frames(file: BinaryIO, picture: Image.Image) -> None:
    frames = gif.frames(file, MAX_FRAMES + 1)
    if frames > MAX_FRAMES:
        raise unusable(f"The GIF has more than {MAX_FRAMES} frames: give it as a video.")
    if frames > 1 and frames * picture.width * picture.height > MAX_MOVING_PIXELS:
        raise unusable("The GIF has more than 100 million pixels over all its frames: give it as a video.")


@contextlib.contextmanager
def _decoding() -> Iterator[None]:
    """Damage is told as such, whatever a decoder makes of it."""
    try:
        yield
    except Invalid:
        raise
    except Exception as error:
        # Decoders raise anything at all over bytes that were made to hurt them.
        raise unusable("The picture is damaged or cut off: save it again and upload it again.") from error


def _plain(picture: Image.Image) -> Image.Image:
    """Upright RGB, or RGBA where something shows through, in sRGB."""
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):
        # 16 bits a channel to 8.
        upright = upright.point(lambda level: level * (1 / 257)).convert("L")
    if profile and upright.mode in ("RGB", "CMYK", "RGBA", "L"):
        upright = _in_srgb(upright, profile)
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    if plain.mode == "RGBA" and plain.getchannel("A").getextrema() == (255, 255):
        plain = plain.convert("RGB")
    plain.info.clear()
    return plain


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Unchanged where the profile is not one for such a picture."""
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def _moving(picture: Image.Image) -> Picture:
    """A GIF with all its frames, drawn anew."""
    first: Image.Image | None = None
    frames, durations = [], []
    for frame in ImageSequence.Iterator(picture):
        drawn = frame.convert("RGBA")
        first = first or drawn
        durations.append(max(20, int(frame.info.get("duration", 100))))
        frames.append(drawn.quantize(256, Image.Quantize.FASTOCTREE))
    assert first is not None
    file = io.BytesIO()
    loop = {"loop": picture.info["loop"]} if "loop" in picture.info else {}
    frames[0].save(
        file, "GIF", save_all=True, append_images=frames[1:], duration=durations, disposal=2, optimize=False, **loop
    )
    return Picture(file.getvalue(), "image/gif", first.width, first.height, _thumbnail(first))


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail(_THUMBNAIL, Image.Resampling.LANCZOS)
    return _encoded(_on_white(small), "JPEG", 80)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _encoded(picture: Image.Image, format_: str, quality: int = _QUALITIES[0]) -> bytes:
    file = io.BytesIO()
    options = {"quality": quality, "progressive": True} if format_ == "JPEG" else {}
    picture.save(file, format_, **options)
    return file.getvalue()


def _too_many_pixels() -> Invalid:
    return unusable("The picture has more than 89 million pixels: make it smaller.")
