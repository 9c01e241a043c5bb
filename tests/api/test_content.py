"""What an author is told of a draft through the API."""

from typing import Any

import pytest

from tests.api.conftest import Caller, World, problem


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
