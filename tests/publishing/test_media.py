"""Media come in by one door: fetched with care, known by content, drawn anew, kept once."""

import asyncio
import io
import random
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from PIL import Image, ImageCms
from psycopg.rows import dict_row

from clientnest.database import unit_of_work
from clientnest.errors import Conflict, Invalid, NestError, NotReady
from clientnest.models import Media
from clientnest.outbound import Refused
from clientnest.settings import settings
from publishing.media import library, pictures, store
from publishing.media.storage import storage
from publishing.media.store import Fetched, Told
from tests.conftest import TestWorkspace

FILM = (Path(__file__).parents[2] / "sandbox" / "media" / "sample.mp4").read_bytes()
Offer = Callable[[bytes], str]


@pytest.fixture
def set_up(database: str) -> Iterator[Callable[..., None]]:
    """Changes settings for one test."""
    with pytest.MonkeyPatch.context() as environment:

        def put(**told: str) -> None:
            for name, value in told.items():
                environment.setenv(f"NEST_{name.upper()}", value)
            settings.cache_clear()

        yield put
    settings.cache_clear()


@pytest.fixture
def offer(set_up: Callable[..., None]) -> Iterator[Offer]:
    """Puts bytes on a server that claims every one of them a JPEG, and gives the address."""
    offered: list[bytes] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = offered[int(self.path[1:-4])]
            self.send_response(200)
            self.send_header("content-type", "image/jpeg")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    set_up(outbound_allow=f"127.0.0.1:{server.server_port}")

    def put(content: bytes) -> str:
        offered.append(content)
        return f"http://127.0.0.1:{server.server_port}/{len(offered) - 1}.jpg"

    yield put
    server.shutdown()
    thread.join()
    server.server_close()


def picture(format_: str, size: tuple[int, int] = (64, 64), mode: str = "RGB", **options: Any) -> bytes:
    file = io.BytesIO()
    channels = len(mode) if mode.isalpha() else 1
    Image.new(mode, size, (random.randrange(256), 110, 110, 120)[:channels]).save(file, format_, **options)
    return file.getvalue()


def _huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of this size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((13, header), (0, b"IDAT"), (0, b"IEND"))
    written = (struct.pack(">I", size) + chunk + struct.pack(">I", zlib.crc32(chunk)) for size, chunk in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def _gif(frames: int, size: int = 1) -> bytes:
    """So many frames of nothing."""
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, size, size, 0) + b"\x02\x02\x44\x01\x00"
    head = b"GIF89a" + struct.pack("<HHBBB", size, size, 0x80, 0, 0) + bytes(3) + b"\xff" * 3
    return head + frame * frames + b"\x3b"


def _moving(format_: str) -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "green", "blue")]
    frames[0].save(file, format_, save_all=True, append_images=frames[1:], duration=80, loop=0)
    return file.getvalue()


async def put(workspace: TestWorkspace, content: bytes, **told: Any) -> Media:
    source_url = told.pop("source_url", None)
    return await store.receive(workspace.id, io.BytesIO(content), source_url, Told(**told))


async def fetched(workspace: TestWorkspace, url: str) -> Media:
    found = await store.fetch(url)
    async with unit_of_work(workspace_id=workspace.id) as session:
        return await store.keep(session, workspace.id, found)


def _rows(database: str, workspace: TestWorkspace) -> list[dict[str, Any]]:
    with psycopg.connect(database, row_factory=dict_row) as connection:
        return connection.execute("select * from app.media where workspace_id = %s", [workspace.id]).fetchall()


def files(workspace: TestWorkspace) -> set[str]:
    return {path.name for path in (settings().media / str(workspace.id)).glob("*")}


def _shown(media: Media) -> Image.Image:
    shown = Image.open(io.BytesIO(store.path(media).read_bytes()))
    shown.load()
    return shown


async def test_a_private_address_is_refused(workspace: TestWorkspace) -> None:
    with pytest.raises(Refused, match="public internet"):
        await fetched(workspace, "http://127.0.0.1:1/a.jpg")


REFUSED = [
    (b"", "neither a picture"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a picture"),
    (b"<html><script>alert(1)</script></html>", "neither a picture"),
    (b"PK\x03\x04 a zip", "neither a picture"),
    (b"%PDF-1.7", "neither a picture"),
    (b"#EXTM3U\nfile:///etc/passwd", "neither a picture"),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "neither a picture"),
    (picture("JPEG")[:3], "neither a picture"),
    (picture("JPEG", (400, 400))[:900], "damaged or cut off"),
    (picture("PNG", (400, 400))[:-40], "damaged or cut off"),
    (picture("BMP"), "neither a picture"),
    (picture("TIFF"), "neither a picture"),
    # Just below where Pillow itself begins to warn.
    (_huge_png(9_440, 9_440), "89 million pixels"),
    (_huge_png(50_000, 50_000), "89 million pixels"),
    (_gif(1_000_000), "more than 600 frames"),
    (_gif(500, 1_000), "100 million pixels over all its frames"),
    (_moving("WEBP"), "The picture moves"),
    (_moving("PNG"), "The picture moves"),
    (FILM[:-100], "cut off: it lacks 100 bytes"),
]
NAMES = (
    "empty svg html zip pdf playlist heic torn cut-jpeg cut-png bmp tiff large bomb million-frames wide-frames webp "
    "apng cut-film"
)


@pytest.mark.parametrize(("content", "reason"), REFUSED, ids=NAMES.split())
async def test_what_is_no_usable_medium_is_refused_before_it_is_decoded(
    workspace: TestWorkspace, database: str, content: bytes, reason: str
) -> None:
    before = time.monotonic()
    with pytest.raises(Invalid) as refused:
        await put(workspace, content)
    assert time.monotonic() - before < 2
    assert [problem.field for problem in refused.value.problems] == ["media"]
    assert reason in refused.value.problems[0].message
    assert _rows(database, workspace) == []
    assert files(workspace) == set()


async def test_both_ways_in_refuse_the_same(workspace: TestWorkspace, offer: Offer) -> None:
    for content, reason in REFUSED:
        if len(content) < 10_000:
            with pytest.raises(Invalid) as refused:
                await fetched(workspace, offer(content))
            assert reason in refused.value.problems[0].message


async def test_a_file_above_our_own_limit_is_not_read_to_its_end(workspace: TestWorkspace, offer: Offer) -> None:
    with pytest.raises(NestError, match="larger than 100 MB"):
        await fetched(workspace, offer(bytes(store.MAX_BYTES + 1)))


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("JPEG", mode="CMYK"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("PNG", mode="L"), "image/png"),
        (picture("PNG", mode="I;16"), "image/png"),
        (picture("WEBP"), "image/jpeg"),
        (picture("WEBP", mode="RGBA"), "image/png"),
        (picture("GIF"), "image/png"),
        (_moving("GIF"), "image/gif"),
        (FILM, "video/mp4"),
    ],
    ids="jpeg cmyk png gray deep webp clear-webp still-gif moving-gif film".split(),
)
async def test_media_are_known_by_their_bytes(
    workspace: TestWorkspace, offer: Offer, content: bytes, content_type: str
) -> None:
    media = await fetched(workspace, offer(content))
    assert (media.content_type, media.size) == (content_type, store.path(media).stat().st_size)
    assert media.thumbnail == content_type.startswith("image/")
    if media.thumbnail:
        assert (media.width, media.height) == _shown(media).size


async def test_a_moving_picture_goes_on_moving(workspace: TestWorkspace) -> None:
    shown = _shown(await put(workspace, _moving("GIF")))
    assert (getattr(shown, "n_frames", 1), shown.info["duration"], shown.info["loop"]) == (3, 80, 0)


async def test_nothing_is_kept_that_the_picture_does_not_show(workspace: TestWorkspace) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "<script>alert(1)</script>"
    exif.get_ifd(0x8825)[1] = "N"
    hidden = picture("JPEG", (80, 40), exif=exif, comment=b"my house") + b"PK\x03\x04 a zip behind"
    media = await put(workspace, hidden)
    content, shown = store.path(media).read_bytes(), _shown(media)
    # Turned upright, as its metadata asked.
    assert shown.size == (media.width, media.height) == (40, 80)
    assert not shown.getexif()
    assert "comment" not in shown.info
    assert not any(word in content for word in (b"script", b"my house", b"PK\x03\x04", b"Exif"))


async def test_a_film_tells_nothing_of_its_maker(workspace: TestWorkspace) -> None:
    place = b"\xa9xyz" + b"+48.1371+011.5754/"
    inner = struct.pack(">I4s", len(place) + 8, b"udta") + place
    at = FILM.index(b"moov") - 4
    (size,) = struct.unpack_from(">I", FILM, at)
    # The index moves the film, which nobody plays here.
    told = FILM[:at] + struct.pack(">I", size + len(inner)) + FILM[at + 4 : at + size] + inner + FILM[at + size :]
    assert place in told
    media = await put(workspace, told)
    content = store.path(media).read_bytes()
    assert place not in content
    assert len(content) == len(told)
    assert (media.width, media.height, media.seconds) == (540, 960, 4.0)


async def test_colours_of_another_space_are_told_in_srgb(workspace: TestWorkspace) -> None:
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (swapped, b"no profile at all"):
        shown = _shown(await put(workspace, picture("PNG", icc_profile=profile)))
        assert "icc_profile" not in shown.info


async def test_the_same_content_is_one_file_with_the_newest_address(
    workspace: TestWorkspace, database: str, offer: Offer
) -> None:
    content = picture("JPEG")
    first, second = offer(content), offer(content)
    same = [(await fetched(workspace, address)).id for address in (first, second)]
    # What was made of it is the same again.
    again = await put(workspace, store.path(await put(workspace, content)).read_bytes())
    (row,) = _rows(database, workspace)
    assert {*same, again.id} == {row["id"]}
    assert row["source_url"] == second
    assert files(workspace) == {row["sha256"], f"{row['sha256']}.thumbnail"}


async def test_different_files_of_the_same_picture_are_one(workspace: TestWorkspace, database: str) -> None:
    content = picture("PNG")
    noted = (
        content[:-12] + b"\x00\x00\x00\x04tEXta\x00bc" + struct.pack(">I", zlib.crc32(b"tEXta\x00bc")) + content[-12:]
    )
    assert (await put(workspace, content)).id == (await put(workspace, noted)).id
    assert len(_rows(database, workspace)) == 1


async def test_two_who_store_the_same_content_at_once_share_it(workspace: TestWorkspace) -> None:
    content = picture("PNG")

    async def keep() -> UUID:
        return (await put(workspace, content)).id

    async with unit_of_work(workspace_id=workspace.id) as session:
        first = (await store.keep(session, workspace.id, Fetched(content, "image/png", "https://a.example/b"))).id
        waiting = asyncio.create_task(keep())
        await asyncio.sleep(0.2)
    assert await waiting == first


async def test_a_workspace_has_a_quota(workspace: TestWorkspace, database: str, set_up: Callable[..., None]) -> None:
    kept = await put(workspace, picture("PNG"))
    set_up(media_quota=str(kept.size + 1))
    with pytest.raises(Conflict, match="delete what is not needed"):
        await put(workspace, picture("JPEG", (65, 65)))
    assert len(_rows(database, workspace)) == 1
    # What is there already takes no more room; what is deleted gives it back.
    assert (await put(workspace, store.path(kept).read_bytes())).id == kept.id
    async with unit_of_work(workspace_id=workspace.id) as session:
        await library.delete(session, kept.id)
    set_up(media_quota="1000000")
    await put(workspace, picture("JPEG", (65, 65)))


async def test_a_deleted_medium_can_come_back(workspace: TestWorkspace) -> None:
    content = picture("PNG")
    media = await put(workspace, content)
    async with unit_of_work(workspace_id=workspace.id) as session:
        await library.delete(session, media.id)
    again = await put(workspace, content, name="Again")
    assert (again.id, again.name, again.deleted_at) == (media.id, "Again", None)


async def test_files_without_a_row_are_swept_and_no_others(
    workspace: TestWorkspace, database: str, set_up: Callable[..., None], tmp_path: Path
) -> None:
    set_up(home=str(tmp_path))
    kept, gone = await put(workspace, picture("PNG")), await put(workspace, picture("PNG", (20, 20)))
    storage().put(f"{workspace.id}/{'0' * 64}", b"broken off")
    storage().put(f"{workspace.id}/{'1' * 64}.thumbnail", b"just begun")
    storage().put("somebody/else.txt", b"not ours")
    async with unit_of_work(workspace_id=workspace.id) as session:
        await library.delete(session, gone.id)
    assert await library.sweep(timedelta(hours=1)) == 0
    assert await library.sweep(timedelta(0)) == 4
    assert files(workspace) == {kept.sha256, f"{kept.sha256}.thumbnail"}
    assert storage().exists("somebody/else.txt")


async def test_a_broken_store_leaves_nothing_half_written(
    workspace: TestWorkspace, database: str, set_up: Callable[..., None], tmp_path: Path
) -> None:
    set_up(home=str(tmp_path))
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / str(workspace.id)).write_bytes(b"a file where a folder should be")
    with pytest.raises(NotReady, match="has room"):
        await put(workspace, picture("PNG"))
    assert _rows(database, workspace) == []


def test_one_open_picture_at_a_time_is_enough_for_many() -> None:
    """Many at once wait for their turn and all come through."""
    threads = [Thread(target=pictures.clean, args=[io.BytesIO(picture("PNG"))]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
