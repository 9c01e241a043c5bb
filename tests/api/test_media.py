"""The media library over HTTP, and signed addresses."""

import io
import socket
import struct
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from PIL import Image
from psycopg.types.json import Jsonb

from clientnest.models import Media
from publishing.media import links
from tests.api.conftest import Caller, World, problem
from tests.conftest import ROOT

FILM = (ROOT / "sandbox" / "media" / "sample.mp4").read_bytes()


def picture(format_: str = "PNG", size: tuple[int, int] = (64, 48), color: str = "teal", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, format_, **options)
    return file.getvalue()


def upload(caller: Caller, content: bytes, filename: str = "a.png", **fields: Any) -> httpx.Response:
    return caller.http.post("/media", files={"file": (filename, content, "text/plain")}, data=fields)


def uploaded(caller: Caller, content: bytes, filename: str = "a.png", **fields: Any) -> dict[str, Any]:
    answer = upload(caller, content, filename, **fields)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_picture_is_uploaded_found_named_and_deleted(owner: Caller) -> None:
    told = uploaded(owner, picture(), r"C:\brand\cup.png", tags=["autumn", "cups"])
    assert (told["kind"], told["content_type"], told["width"], told["height"]) == ("image", "image/png", 64, 48)
    assert (told["name"], told["tags"], told["seconds"]) == ("cup.png", ["autumn", "cups"], None)
    shown = owner.get(told["content_url"])
    assert (shown.status_code, shown.headers["content-type"], len(shown.content)) == (200, "image/png", told["size"])
    assert owner.get(told["thumbnail_url"]).headers["content-type"] == "image/jpeg"
    here = f"/media/{told['id']}"
    changed = owner.http.patch(here, json={"alt_text": "A cup of tea", "tags": ["winter"]}).json()
    assert (changed["name"], changed["alt_text"], changed["tags"]) == ("cup.png", "A cup of tea", ["winter"])
    for query in ({"q": "OF tea"}, {"q": "wint"}, {"tag": "winter"}, {"kind": "image"}):
        assert [item["id"] for item in owner.get("/media", **query).json()["items"]] == [told["id"]], query
    for query in ({"q": "c%p"}, {"tag": "autumn"}, {"kind": "video"}):
        assert owner.get("/media", **query).json()["items"] == [], query
    assert owner.http.delete(here).status_code == 200
    assert owner.get("/media").json()["items"] == []
    for path in (here, told["content_url"]):
        problem(owner.get(path), 404)


def test_a_film_tells_its_size_and_length(owner: Caller) -> None:
    told = uploaded(owner, FILM, "film.jpg")
    assert (told["kind"], told["content_type"], told["codec"], told["has_audio"]) == (
        "video",
        "video/mp4",
        "avc1",
        False,
    )
    assert (told["width"], told["height"], told["seconds"], told["thumbnail_url"]) == (540, 960, 4.0, None)
    assert owner.get(told["content_url"]).headers["content-disposition"].startswith("attachment")
    problem(owner.get(f"/media/{told['id']}/thumbnail"), 404)


def test_pages_of_the_library_hold_each_medium_once(owner: Caller) -> None:
    ids = [uploaded(owner, picture(color=color))["id"] for color in ("red", "green", "blue", "white", "black")]
    found, cursor = [], None
    while True:
        page = owner.get("/media", limit=2, **({"cursor": cursor} if cursor else {})).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ids[::-1]
    problem(owner.get("/media", cursor="bm9uZQ"), 422)


def test_what_is_no_medium_is_refused_with_what_to_do(owner: Caller) -> None:
    body = problem(upload(owner, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"), 422)
    assert body["errors"][0]["field"] == "media"
    assert "Give a JPEG, PNG, WebP or GIF picture" in body["errors"][0]["message"]
    assert owner.get("/media").json()["items"] == []


def test_an_address_leads_through_the_same_door(owner: Caller) -> None:
    problem(owner.post("/media/from-url", {"url": "http://127.0.0.1:1/a.jpg"}), 422)
    problem(owner.post("/media/from-url", {"url": "file:///etc/passwd"}), 422)


def test_what_is_about_to_go_out_keeps_its_medium(owner: Caller, world: World) -> None:
    told = uploaded(owner, picture())
    post_id = uuid4()
    world.insert("app.posts", id=post_id, author_id=world.workspace.user_id, text="Soon")
    world.insert(
        "app.publications",
        post_id=post_id,
        id=uuid4(),
        account_id=world.account("facebook"),
        status="scheduled",
        scheduled_at="2999-01-01T00:00Z",
        due_at="2999-01-01T00:00Z",
        scheduled_zone="UTC",
        attempt=0,
        state=Jsonb({"media": [{"media_id": told["id"]}]}),
    )
    body = problem(owner.http.delete(f"/media/{told['id']}"), 409)
    assert "has not gone out yet" in body["detail"]
    with psycopg.connect(world.database) as connection:
        connection.execute("update app.publications set status = 'cancelled' where post_id = %s", [post_id])
    assert owner.http.delete(f"/media/{told['id']}").status_code == 200


def _signed(told: dict[str, Any], world: World, suffix: str | None = None, hours: float = 1) -> str:
    media = Media(id=UUID(told["id"]), workspace_id=world.workspace.id)
    return "/m/" + links.sign(media, suffix, datetime.now(UTC) + timedelta(hours=hours))


def test_a_signed_address_shows_one_file_to_anybody(owner: Caller, nobody: Caller, world: World) -> None:
    told = uploaded(owner, picture())
    shown = nobody.get(_signed(told, world))
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert shown.content == owner.get(told["content_url"]).content
    assert nobody.get(_signed(told, world, "thumbnail")).headers["content-type"] == "image/jpeg"
    assert nobody.http.head(_signed(told, world)).headers["content-length"] == str(told["size"])


@pytest.mark.parametrize("content", [picture(), FILM], ids=["picture", "film"])
def test_a_file_of_somebody_else_can_do_nothing_in_a_browser(
    owner: Caller, nobody: Caller, world: World, content: bytes
) -> None:
    told = uploaded(owner, content)
    for answer in (nobody.get(_signed(told, world)), owner.get(told["content_url"])):
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert headers["content-disposition"].split(";")[0] == ("inline" if told["kind"] == "image" else "attachment")
        assert "set-cookie" not in headers


def test_anything_wrong_with_a_signed_address_is_not_there(owner: Caller, nobody: Caller, world: World) -> None:
    told = uploaded(owner, picture())
    right = _signed(told, world)
    other = {"id": str(uuid4())}
    wrong = [right[:-1] + ("A" if right[-1] != "A" else "B"), right[:4] + "x" + right[5:], right[:-4], "/m/x", "/m/%00"]
    wrong += [_signed(told, world, hours=-1), _signed(other, world), _signed(told, world, "0123456789abcdef")]
    wrong += [_signed(told, world, "../../../secrets")]
    for address in wrong:
        problem(nobody.get(address), 404)
    owner.http.delete(f"/media/{told['id']}")
    problem(nobody.get(right), 404)


def test_a_medium_of_another_workspace_is_not_there(owner: Caller, stranger: Caller) -> None:
    told = uploaded(owner, picture())
    for path in (f"/media/{told['id']}", told["content_url"], told["thumbnail_url"]):
        problem(stranger.get(path), 404)
    assert uploaded(stranger, picture())["id"] != told["id"]
    assert len(stranger.get("/media").json()["items"]) == 1


def test_a_large_film_goes_through_whole(owner: Caller) -> None:
    large = FILM + struct.pack(">I4s", 3_000_008, b"free") + bytes(3_000_000)
    told = uploaded(owner, large, "film.mov")
    assert told["size"] == len(large)
    shown = owner.http.get(told["content_url"], headers={"Range": "bytes=4-11"})
    assert (shown.status_code, shown.content) == (206, large[4:12])


def test_what_is_larger_than_anything_is_refused_before_it_is_read(url: str) -> None:
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port or 80), timeout=10) as raw:
        raw.sendall(b"POST /media HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000001\r\nConnection: close\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 413")
