"""What an author is told of a draft through the API."""

from tests.api.conftest import Caller, World


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
