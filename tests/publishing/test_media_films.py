"""Films are known by their boxes, whatever is in them."""

import contextlib
import io
import struct
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientnest.errors import Invalid
from publishing.media import video
from publishing.media.video import Video

SAMPLE = (Path(__file__).parents[2] / "sandbox" / "media" / "sample.mp4").read_bytes()


def box(name: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return struct.pack(">I4s", len(inner) + 8, name) + inner


def long_box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4sQ", 1, name, len(content) + 16) + content


def timed(name: bytes, scale: int, length: int, *, long: bool = False) -> bytes:
    if long:
        return box(name, b"\x01\0\0\0", struct.pack(">QQIQ", 0, 0, scale, length), bytes(80))
    return box(name, bytes(4), struct.pack(">IIII", 0, 0, scale, length), bytes(80))


def track(kind: bytes, codec: bytes, size: tuple[int, int] = (0, 0), *, turned: bool = False) -> bytes:
    turn = (0, 0x10000, 0, -0x10000, 0, 0) if turned else (0x10000, 0, 0, 0, 0x10000, 0)
    matrix = struct.pack(">9i", *turn, 0, 0, 0x40000000)
    head = box(b"tkhd", bytes(40), matrix, struct.pack(">II", size[0] << 16, size[1] << 16))
    described = box(b"stsd", bytes(8), box(codec, bytes(78)))
    media = box(
        b"mdia", timed(b"mdhd", 1000, 2500), box(b"hdlr", bytes(8), kind, bytes(13)),
        box(b"minf", box(b"hdlr", bytes(8), b"url ", bytes(13)), box(b"stbl", described)),
    )  # fmt: skip
    return box(b"trak", head, media)


FILM = track(b"vide", b"avc1", (640, 360))
SOUND = track(b"soun", b"mp4a")
MP4 = box(b"ftyp", b"isom", bytes(4), b"isom")
MDAT = box(b"mdat", bytes(64))


def film(*tracks: bytes, scale: int = 600, length: int = 1500, brand: bytes = MP4, long: bool = False) -> bytes:
    return brand + box(b"moov", timed(b"mvhd", scale, length, long=long), *tracks) + MDAT


def seen(content: bytes) -> Video:
    content_type = video.recognise(content[:16])
    assert content_type is not None
    return video.inspect(io.BytesIO(content), content_type)


def test_the_length_size_and_coding_of_a_film_are_known() -> None:
    assert seen(SAMPLE) == Video("video/mp4", 4.0, 540, 960, "avc1", has_audio=False)
    assert seen(film(FILM)) == Video("video/mp4", 2.5, 640, 360, "avc1", has_audio=False)
    assert seen(film(SOUND, FILM)) == Video("video/mp4", 2.5, 640, 360, "avc1", has_audio=True)


@pytest.mark.parametrize(
    "content",
    [
        film(FILM, long=True),
        # Without a length of the whole, the longest track tells it.
        film(FILM, length=0),
        film(FILM, length=2**32 - 1),
        MP4 + MDAT + film(FILM, brand=b"")[: -len(MDAT)],
        MP4 + long_box(b"moov", timed(b"mvhd", 600, 1500) + FILM) + MDAT,
        # The last box may reach to the end without saying how far that is.
        film(FILM)[: -len(MDAT)] + b"\0\0\0\0mdat" + bytes(90),
        film(FILM, box(b"udta", bytes(4))),
        MP4 + box(b"moov", timed(b"mvhd", 600, 1500), FILM, bytes(4)) + MDAT,
    ],
    ids=["64-bit", "untold", "unknown", "index-last", "large-box", "open-end", "metadata", "zero-ended"],
)
def test_films_may_be_built_in_many_ways(content: bytes) -> None:
    assert seen(content) == Video("video/mp4", 2.5, 640, 360, "avc1", has_audio=False)


def test_quicktime_with_and_without_a_brand() -> None:
    named = film(FILM, brand=box(b"ftyp", b"qt  ", bytes(4)))
    unnamed = film(FILM, brand=b"")
    assert [seen(content).content_type for content in (named, unnamed)] == ["video/quicktime"] * 2


def test_a_film_that_is_turned_is_as_it_is_shown() -> None:
    turned = seen(film(track(b"vide", b"hvc1", (1920, 1080), turned=True)))
    assert (turned.width, turned.height, turned.codec) == (1080, 1920, "hvc1")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (film(FILM)[:-10], "cut off: it lacks 10 bytes"),
        (film(FILM)[:200], "cut off"),
        (film(FILM) + b"PK\x03\x04 a zip behind it", "cut off"),
        (MP4 + MDAT, "not complete"),
        (MP4 + box(b"moov", timed(b"mvhd", 600, 1500), FILM), "not complete"),
        (film(FILM, box(b"mvex", bytes(8))), "in fragments"),
        (film(FILM) + box(b"moof", bytes(8)) + MDAT, "in fragments"),
        (film(SOUND), "no moving picture"),
        (film(), "no moving picture"),
        (film(track(b"vide", b"a\0c1", (640, 360))), "does not say"),
        (film(track(b"vide", b"avc1", (0, 0))), "does not say how long or how large"),
        (film(box(b"moov", FILM)), "damaged"),
        (MP4 + box(b"moov", b"\0\0\0\x04trak" + bytes(8)) + MDAT, "damaged"),
        (MP4 + box(b"free") * 10_001 + film(FILM), "too many parts"),
    ],
    ids="torn torn-early zip-behind no-index no-film mvex moof sound empty no-codec no-size nested short many".split(),
)
def test_what_cannot_be_used_is_refused_with_what_to_do(content: bytes, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        seen(content)
    assert reason in refused.value.problems[0].message


def test_boxes_within_boxes_end() -> None:
    nested = b""
    for _ in range(1000):
        nested = box(b"moov", nested)
    with pytest.raises(Invalid):
        seen(MP4 + nested + MDAT)


@given(st.data())
def test_no_bytes_make_it_stumble(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([SAMPLE, film(FILM, SOUND), film(FILM, long=True)]))
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(8, len(content) - 1))
        content[at : at + 4] = data.draw(st.binary(min_size=0, max_size=8))
    file, before = io.BytesIO(bytes(content)), time.monotonic()
    with contextlib.suppress(Invalid):
        found = video.inspect(file, "video/mp4")
        assert min(found.seconds, found.width, found.height) > 0
        assert found.codec.isprintable()
        video.without_metadata(file)
    assert len(file.getvalue()) == len(content)
    assert time.monotonic() - before < 2


@given(st.binary(max_size=300))
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(Invalid):
        video.inspect(io.BytesIO(garbage), "video/mp4")
