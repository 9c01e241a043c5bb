"""What an author is told of a draft through the API."""

import struct
from typing import Any

import pytest

from tests.api.conftest import Caller, World, problem
from tests.api.test_media import FILM, picture, uploaded


def test_a_check_tells_how_near_everything_is_to_its_limit_while_all_is_well(owner: Caller, world: World) -> None:
    x, youtube = str(world.account("x")), str(world.account("youtube"))
    written = {
        "text": "Oats at https://example.com/a/very/long/way/to/the/harbour #oats",
        "account_ids": [x, youtube],
        "assisted": [youtube],
        "variants": {youtube: {"title": "Oats", "text": "Øl"}},
        "parts": [{"text": "And more"}],
        "format": "thread",
    }
    counts = owner.post("/content/check", written).json()["counts"]
    found = {(one["account_id"], one["field"]): (one["counted"], one["maximum"], one["unit"]) for one in counts}
    # X counts every link as 23, YouTube counts bytes.
    assert found[x, "text"] == (len("Oats at ") + 23 + len(" #oats"), 280, "weighted characters")
    assert found[x, "parts.0.text"] == (8, 280, "weighted characters")
    assert found[youtube, "text"] == (3, 5000, "bytes")
    assert found[youtube, "title"] == (4, 100, "characters")


def test_each_post_of_a_thread_is_held_against_the_limits_of_a_post_with_its_media(owner: Caller, world: World) -> None:
    x = str(world.account("x"))
    pictures = [uploaded(owner, picture(color=colour))["id"] for colour in ("teal", "navy", "gold", "plum", "pink")]
    # Larger than a picture may be there, and well within what a film may.
    film = uploaded(owner, FILM + struct.pack(">I4s", 6_000_000, b"free") + bytes(6_000_000 - 8), "film.mp4")["id"]
    five = [{"media_id": one} for one in pictures]
    parts = [
        {"text": "Five", "media": five},
        {"text": "A film", "media": [{"media_id": film}]},
        {"text": "One", "media": [{"media_id": pictures[0], "alt_text": "a" * 1001}]},
    ]
    written = {"text": "One", "account_ids": [x], "media": five[:1], "parts": parts}
    found = owner.post("/content/check", written).json()["findings"]
    assert {(one["field"], one["limit"], one["maximum"], one["counted"]) for one in found} == {
        ("parts.0.media_count", "media_count", 4, 5),
        ("parts.2.media.0", "alt_text", 1000, 1001),
    }


@pytest.mark.parametrize(
    "more",
    [
        {"text": "Two\x00"},
        {"tags": ["a\x00"]},
        {"options": {"x": {"reply_settings": "\x00"}}},
        {"options": {"x": {"\x00": 1}}},
        {"media_url": "http://127.0.0.1/\x00"},
    ],
)
def test_a_character_that_no_database_keeps_is_refused_and_nothing_breaks(
    owner: Caller, world: World, more: dict[str, Any]
) -> None:
    body = {"text": "One", "account_ids": [str(world.account("facebook"))]}
    problem(owner.post("/content/create", {**body, **more}), 422)
    problem(owner.post("/social/publish", {**body, **more}), 422)
    assert owner.post("/content/create", body).status_code == 201
    assert len(owner.get("/content/library").json()["items"]) == 1
