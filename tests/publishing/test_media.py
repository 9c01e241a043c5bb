"""Media that people name by address: fetched with care, known by content, kept once."""

import asyncio
import io
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from clientnest.database import unit_of_work
from clientnest.errors import Invalid, NestError
from clientnest.outbound import Refused
from clientnest.settings import settings
from publishing.media import store
from tests.publishing.conftest import Desk, said

Offer = Callable[[bytes], str]


@pytest.fixture
def offer(desk: Desk) -> Iterator[Offer]:
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
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NEST_OUTBOUND_ALLOW", f"{settings().outbound_allow},127.0.0.1:{server.server_port}")
        settings.cache_clear()

        def put(content: bytes) -> str:
            offered.append(content)
            return f"http://127.0.0.1:{server.server_port}/{len(offered) - 1}.jpg"

        yield put
    settings.cache_clear()
    server.shutdown()
    thread.join()
    server.server_close()


def _picture(format_: str, size: tuple[int, int] = (64, 64)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (random.randrange(256), 110, 110)).save(file, format_)
    return file.getvalue()


def _huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of this size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((13, header), (0, b"IDAT"), (0, b"IEND"))
    written = (struct.pack(">I", size) + chunk + struct.pack(">I", zlib.crc32(chunk)) for size, chunk in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def _stored(desk: Desk) -> list[dict[str, Any]]:
    return desk.sql("select * from app.media where workspace_id = %s", desk.workspace.id)


async def test_a_private_address_is_refused(desk: Desk) -> None:
    account = await desk.connect("facebook")
    with pytest.raises(Refused, match="public internet"):
        await desk.publish(said("Inside"), account, media_url="http://127.0.0.1:1/a.jpg")
    assert _stored(desk) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "neither a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a picture"),
        (b"<html><script>alert(1)</script></html>", "neither a picture"),
        (b"PK\x03\x04 a zip", "neither a picture"),
        (b"#EXTM3U\nfile:///etc/passwd", "neither a picture"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "neither a picture"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "neither a picture"),
        (_picture("JPEG")[:3], "neither a picture"),
        (_picture("BMP"), "Give a JPEG"),
        (_picture("TIFF"), "Give a JPEG"),
        (_huge_png(9_500, 9_500), "89 million pixels"),
        (_huge_png(50_000, 50_000), "89 million pixels"),
    ],
    ids=["empty", "svg", "html", "zip", "playlist", "heic", "quicktime", "torn", "bmp", "tiff", "large", "bomb"],
)
async def test_what_is_no_usable_medium_is_refused_whatever_it_claims(
    desk: Desk, offer: Offer, content: bytes, reason: str
) -> None:
    account = await desk.connect("facebook")
    with pytest.raises(Invalid) as refused:
        await desk.publish(said("Claim"), account, media_url=offer(content))
    assert [problem.field for problem in refused.value.problems] == ["media_url"]
    assert reason in refused.value.problems[0].message
    assert _stored(desk) == []


async def test_a_file_above_a_networks_limit_is_named_for_that_network(desk: Desk, offer: Offer) -> None:
    x, linkedin = await desk.connect("x"), await desk.connect("linkedin")
    heavy = _picture("PNG") + bytes(5_000_000)
    with pytest.raises(Invalid) as refused:
        await desk.publish(said("Heavy"), x, linkedin, media_url=offer(heavy))
    assert [problem.field for problem in refused.value.problems] == [f"accounts.{x}"]
    assert "5,000,000 bytes of media size" in refused.value.problems[0].message
    assert _stored(desk) == []


async def test_a_file_above_our_own_limit_is_not_read_to_its_end(desk: Desk, offer: Offer) -> None:
    account = await desk.connect("youtube")
    with pytest.raises(NestError, match="larger than 100 MB"):
        await desk.publish(said("Giant"), account, media_url=offer(bytes(store.MAX_BYTES + 1)))
    assert _stored(desk) == []


@pytest.mark.parametrize(
    ("format_", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/gif")],
)
async def test_pictures_are_known_by_their_bytes(desk: Desk, offer: Offer, format_: str, content_type: str) -> None:
    content = _picture(format_)
    await desk.publish(said(format_), await desk.connect("facebook"), media_url=offer(content))
    (row,) = _stored(desk)
    assert (row["content_type"], row["size"]) == (content_type, len(content))
    assert (settings().media / str(desk.workspace.id) / row["sha256"]).read_bytes() == content


async def test_the_same_content_is_one_file_with_the_newest_address(desk: Desk, offer: Offer) -> None:
    content, account = _picture("JPEG"), await desk.connect("facebook")
    first, second = offer(content), offer(content)
    for address in (first, second):
        await desk.publish(said("Same"), account, media_url=address)
    (row,) = _stored(desk)
    assert row["source_url"] == second
    assert len(list((settings().media / str(desk.workspace.id)).iterdir())) == 1
    posts = desk.sql("select media_id from app.posts where workspace_id = %s", desk.workspace.id)
    assert [post["media_id"] for post in posts] == [row["id"]] * 2


async def test_two_who_store_the_same_content_at_once_share_it(desk: Desk, offer: Offer) -> None:
    fetched = await store.fetch(offer(_picture("PNG")))

    async def keep() -> UUID:
        async with unit_of_work(workspace_id=desk.workspace.id) as session:
            return (await store.keep(session, desk.workspace.id, fetched)).id

    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        first = (await store.keep(session, desk.workspace.id, fetched)).id
        waiting = asyncio.create_task(keep())
        await asyncio.sleep(0.2)
    assert await waiting == first
