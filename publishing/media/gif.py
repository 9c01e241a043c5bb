"""How many frames a GIF has, from its blocks, without drawing any."""

from typing import BinaryIO

_EXTENSION, _IMAGE = b"\x21", b"\x2c"


def frames(file: BinaryIO, at_most: int = 2) -> int:
    """The number of frames, counted up to `at_most`, none after damage. Reading goes on where it was."""
    place = file.tell()
    file.seek(0)
    found = _count(file, at_most)
    file.seek(place)
    return found


def _count(file: BinaryIO, at_most: int) -> int:
    head = file.read(13)
    if len(head) < 13:
        return 0
    _skip_palette(file, head[10])
    found = 0
    while found < at_most:
        mark = file.read(1)
        if mark == _EXTENSION:
            file.read(1)
        elif mark == _IMAGE:
            described = file.read(9)
            if len(described) < 9:
                break
            _skip_palette(file, described[8])
            # The code size.
            file.read(1)
            found += 1
        else:
            break
        _skip_blocks(file)
    return found


def _skip_palette(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << ((flags & 7) + 1), 1)


def _skip_blocks(file: BinaryIO) -> None:
    """Past the data, which comes in blocks of up to 255 bytes and ends with an empty one."""
    while size := file.read(1):
        if size == b"\x00":
            return
        file.seek(size[0], 1)
