"""What an MP4 or QuickTime file is, from its boxes (ISO/IEC 14496-12), without decoding a frame.

A box is a size, four letters and content, some of which are boxes again. Only what describes the film is read, a few
bytes of each; how many boxes are looked at is bounded, so that no file can keep us busy.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from publishing.media.refusals import unusable

# The first brand of an MP4; HEIC, AVIF and M4A are boxes of the same kind with other brands.
_MP4_BRANDS = (b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash")
_QUICKTIME = b"qt  "
# Older QuickTime files name no brand and begin with one of these.
_UNBRANDED = (b"moov", b"mdat", b"wide")
_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
# Where cameras write the place, the device and the owner.
_PRIVATE = (b"udta", b"meta", b"uuid")
_MOST_BOXES = 10_000
_MOST_READ = 256
_WHY_CUT = "upload the whole file again."


@dataclass(frozen=True, slots=True)
class Video:
    """`width` and `height` in pixels as it is shown; `codec` is the four letters of the picture track."""

    content_type: str
    seconds: float
    width: int
    height: int
    codec: str
    has_audio: bool


@dataclass(frozen=True, slots=True)
class _Box:
    name: bytes
    start: int
    content: int
    end: int
    path: tuple[bytes, ...]


@dataclass(slots=True)
class _Track:
    """What was read of one track so far."""

    kind: bytes = b""
    seconds: float = 0.0
    width: int = 0
    height: int = 0
    codec: str = ""


def recognise(head: bytes) -> str | None:
    """The content type that the first 16 bytes promise; None where they promise no video."""
    name, brand = head[4:8], head[8:12]
    if name == b"ftyp" and brand.startswith(_MP4_BRANDS):
        return "video/mp4"
    if (name == b"ftyp" and brand == _QUICKTIME) or name in _UNBRANDED:
        return "video/quicktime"
    return None


def inspect(file: BinaryIO, content_type: str) -> Video:
    """What the film is. Raises Invalid, in words that say what to do."""
    boxes = list(_boxes(file))
    names = {box.name for box in boxes}
    if b"moof" in names or b"mvex" in names:
        raise unusable("The video is in fragments, as for streaming: export it as one plain MP4.")
    if b"moov" not in names or b"mdat" not in names:
        raise unusable(f"The video is not complete: {_WHY_CUT}")
    whole, tracks = _described(file, boxes)
    films = [track for track in tracks if track.kind == b"vide"]
    if not films:
        raise unusable("The file holds no moving picture: give a video.")
    film = films[0]
    seconds = whole or max(track.seconds for track in tracks)
    if not seconds or not film.width or not film.height or not film.codec.isprintable():
        raise unusable("The video does not say how long or how large it is: export it again as MP4 (H.264).")
    audible = any(track.kind == b"soun" for track in tracks)
    return Video(content_type, seconds, film.width, film.height, film.codec, audible)


def without_metadata(file: BinaryIO) -> None:
    """Blank in place what cameras and programs say of where and by whom it was made; no other byte moves."""
    for box in list(_boxes(file)):
        if box.name in _PRIVATE:
            file.seek(box.start + 4)
            file.write(b"free")
            file.seek(box.content)
            for at in range(box.content, box.end, 1 << 20):
                file.write(bytes(min(1 << 20, box.end - at)))


def _boxes(file: BinaryIO) -> Iterator[_Box]:
    """Every box that matters here, in the order of the file, containers before what they hold. Raises Invalid."""
    end = file.seek(0, 2)
    open_: list[tuple[int, int, tuple[bytes, ...]]] = [(0, end, ())]
    seen = 0
    while open_:
        at, until, path = open_.pop()
        if at >= until:
            continue
        seen += 1
        if seen > _MOST_BOXES:
            raise unusable("The video is built of too many parts: export it again as MP4 (H.264).")
        box = _box(file, at, until, path)
        if box is None:
            continue
        yield box
        open_.append((box.end, until, path))
        if box.name in _CONTAINERS:
            open_.append((box.content, box.end, (*path, box.name)))


def _box(file: BinaryIO, at: int, until: int, path: tuple[bytes, ...]) -> _Box | None:
    """The box that begins here; None for the zeros that end a list of QuickTime. Raises Invalid."""
    head = _read(file, at, min(16, until - at))
    if path and len(head) < 8 and not any(head):
        return None
    if len(head) < 8:
        raise unusable(f"The video is cut off: {_WHY_CUT}")
    size, name = struct.unpack(">I4s", head[:8])
    content = at + 8
    if size == 1 and len(head) == 16:
        (size,) = struct.unpack(">Q", head[8:])
        content = at + 16
    elif size == 0 and not path:
        size = until - at
    elif size == 0:
        return None
    if at + size > until:
        raise unusable(f"The video is cut off: it lacks {at + size - until:,} bytes; {_WHY_CUT}")
    if at + size < content or len(path) > len(_CONTAINERS):
        raise unusable("The video is damaged: export it again as MP4 (H.264).")
    return _Box(name, at, content, at + size, path)


def _described(file: BinaryIO, boxes: list[_Box]) -> tuple[float, list[_Track]]:
    """The length of the whole, 0 where it is not told, and its tracks."""
    whole, tracks = 0.0, [_Track()]
    for box in boxes:
        content = _read(file, box.content, min(_MOST_READ, box.end - box.content))
        track = tracks[-1]
        if box.path == (b"moov",) and box.name == b"mvhd":
            whole = _seconds(content)
        elif box.path == (b"moov",) and box.name == b"trak":
            tracks.append(_Track())
        elif box.name == b"tkhd":
            track.width, track.height = _shown(content)
        elif box.name == b"mdhd":
            track.seconds = _seconds(content)
        # QuickTime has a second hdlr, about where the data lies, in minf.
        elif box.name == b"hdlr" and box.path[-1:] == (b"mdia",):
            track.kind = content[8:12]
        elif box.name == b"stsd":
            track.codec = content[12:16].decode("latin-1").strip()
    return whole, tracks[1:]


def _seconds(header: bytes) -> float:
    """Length over time scale of an mvhd or mdhd; 0 where it is not told."""
    long = header[:1] == b"\x01"
    layout, unknown = (">20xIQ", 2**64 - 1) if long else (">12xII", 2**32 - 1)
    if len(header) < struct.calcsize(layout):
        return 0.0
    scale, length = struct.unpack_from(layout, header)
    return 0.0 if not scale or length == unknown else length / scale


def _shown(header: bytes) -> tuple[int, int]:
    """Width and height of a tkhd (16.16 fixed point), turned as its matrix turns them."""
    matrix = 52 if header[:1] == b"\x01" else 40
    if len(header) < matrix + 44:
        return 0, 0
    a, b = struct.unpack_from(">ii", header, matrix)
    width, height = (side >> 16 for side in struct.unpack_from(">II", header, matrix + 36))
    return (height, width) if not a and b else (width, height)


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)
