"""What an MP4 says of itself: how long it is, how wide and how high."""

from collections.abc import Iterator
from dataclasses import dataclass

_WIDE = 16  # Bytes of a box's head whose size is given in 64 bits.
_NARROW = 8


@dataclass(frozen=True, slots=True)
class Movie:
    seconds: float
    width: int
    height: int


def read(content: bytes) -> Movie | None:
    """The movie; None for bytes that are no MP4, or one whose index is missing."""
    moov = next((body for name, body in _boxes(content) if name == b"moov"), b"")
    header = next((body for name, body in _boxes(moov) if name == b"mvhd"), b"")
    tracks = [body for name, body in _boxes(moov) if name == b"trak"]
    sizes = [_size(body) for track in tracks for name, body in _boxes(track) if name == b"tkhd"]
    width, height = max(sizes, default=(0, 0))
    seconds = _seconds(header)
    return Movie(seconds, width, height) if seconds and width and height else None


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes that stand side by side, by name."""
    place = 0
    while place + _NARROW <= len(content):
        size, head = int.from_bytes(content[place : place + 4], "big"), _NARROW
        if size == 1:
            size, head = int.from_bytes(content[place + 8 : place + 16], "big"), _WIDE
        if size == 0:
            size = len(content) - place
        if size < head:
            return
        yield content[place + 4 : place + 8], content[place + head : place + size]
        place += size


def _seconds(header: bytes) -> float:
    """Duration over time scale; both stand later in a header of 64 bits."""
    start, wide = (20, 8) if header[:1] == b"\x01" else (12, 4)
    scale = int.from_bytes(header[start : start + 4], "big")
    length = int.from_bytes(header[start + 4 : start + 4 + wide], "big")
    return length / scale if scale else 0.0


def _size(header: bytes) -> tuple[int, int]:
    """Whole pixels: the last two numbers are 16.16 fixed point."""
    width, height = header[-8:-4], header[-4:]
    return int.from_bytes(width[:2], "big"), int.from_bytes(height[:2], "big")
