"""The control port: clock, ledger, truth, media, another world."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from io import BytesIO

import httpx
import pytest
from PIL import Image

from sandbox.networks import NETWORKS
from tests.sandbox.stage import Stage, running


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(seed=7) as found:
        yield found


@pytest.fixture
def control(stage: Stage) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stage.control, trust_env=False) as client:
        yield client


def test_clock_moves_forward_for_everybody(stage: Stage, control: httpx.Client) -> None:
    before = control.get("/clock").json()
    after = control.post("/clock", json={"advance": "P1DT6H30M"}).json()
    moved = datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"])
    assert timedelta(hours=30, minutes=30) <= moved < timedelta(hours=30, minutes=31)
    assert after["offset_seconds"] - before["offset_seconds"] == moved.total_seconds() // 60 * 60
    for network in stage.networks.values():
        told = parsedate_to_datetime(httpx.get(network["base_url"]).headers["date"])
        assert abs(told - datetime.fromisoformat(after["now"])) < timedelta(seconds=60)


@pytest.mark.parametrize("sent", ["6h", "P", "PT", "-PT6H", "P1M", "P999999D", "P99999999999999999D", None, 6])
def test_a_bad_duration_is_told_what_is_expected(control: httpx.Client, sent: object) -> None:
    answer = control.post("/clock", json={"advance": sent})
    assert answer.status_code == 400
    assert "P1D" in answer.json()["error"]


def test_a_body_that_is_no_json_is_told_what_is_expected(control: httpx.Client) -> None:
    assert "PT6H" in control.post("/clock", content=b"{").json()["error"]
    assert '{"seed": 2}' in control.post("/reset", json={"seed": "two"}).json()["error"]


@pytest.mark.parametrize("network", NETWORKS)
def test_ledger_tells_every_live_post_and_account(stage: Stage, control: httpx.Client, network: str) -> None:
    now = datetime.fromisoformat(control.get("/clock").json()["now"])
    found = control.get("/ledger", params={"network": network}).json()
    earlier = control.get("/ledger", params={"network": network, "at": (now - timedelta(days=9)).isoformat()}).json()
    assert {account["external_id"] for account in found["accounts"]} == {
        account["external_id"] for account in stage.networks[network]["accounts"]
    }
    assert all(account["counters"]["followers"] > 0 for account in found["accounts"])
    now_by_id = {post["external_id"]: post for post in found["posts"]}
    assert 0 < len(earlier["posts"]) < len(now_by_id)
    for post in earlier["posts"]:
        assert datetime.fromisoformat(post["created_at"]) <= now - timedelta(days=9)
        later = now_by_id[post["external_id"]]["counters"]
        assert all(value <= later[name] for name, value in post["counters"].items())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"network": "myspace"}, "facebook, instagram"),
        ({}, "facebook, instagram"),
        ({"network": "x", "at": "yesterday"}, "2026-11-22T10:00:00Z"),
        ({"network": "x", "at": "2026-11-22T10:00:00"}, "zone"),
    ],
)
def test_a_bad_question_to_the_ledger_is_told_what_is_expected(
    control: httpx.Client, query: dict[str, str], expected: str
) -> None:
    answer = control.get("/ledger", params=query)
    assert answer.status_code == 400
    assert expected in answer.json()["error"]


def test_truth_names_every_account(stage: Stage, control: httpx.Client) -> None:
    truth = control.get("/truth").json()["networks"]
    for name, network in stage.networks.items():
        accounts = truth[name]["accounts"]
        assert set(accounts) == {account["external_id"] for account in network["accounts"]}
        for effects in accounts.values():
            assert {"base", "hour", "weekday", "format", "hashtags", "timezone"} <= set(effects)


def test_samples_are_real_media(control: httpx.Client) -> None:
    picture = control.get("/sample.jpg")
    assert picture.headers["content-type"] == "image/jpeg"
    with Image.open(BytesIO(picture.content)) as found:
        found.load()
        assert (found.format, found.size) == ("JPEG", (1080, 1080))
    film = control.get("/sample.mp4")
    assert film.headers["content-type"] == "video/mp4"
    assert film.content[4:8] == b"ftyp"
    assert b"avc1" in film.content
    assert len(film.content) < 100_000


def test_pictures_are_each_their_own(control: httpx.Client) -> None:
    one, same, other = (control.get(f"/pictures/{name}.jpg").content for name in ("a", "a", "b"))
    assert one == same != other


def test_reset_starts_another_world_with_its_tokens() -> None:
    with running(seed=1) as stage, httpx.Client(trust_env=False) as http:
        old = stage.networks["facebook"]["accounts"][0]
        fresh = http.post(f"{stage.control}/reset", json={"seed": 2}).json()
        facebook = fresh["networks"]["facebook"]
        new = facebook["accounts"][0]
        assert facebook["base_url"] == stage.networks["facebook"]["base_url"]
        assert new["external_id"] != old["external_id"]
        me = f"{facebook['base_url']}/me"
        assert http.get(me, params={"access_token": old["access_token"]}).json()["error"]["code"] == 190
        assert http.get(me, params={"access_token": new["access_token"]}).json()["id"] == new["external_id"]
        http.post(f"{facebook['base_url']}/me/feed", data={"message": "gone", "access_token": new["access_token"]})
        http.post(f"{stage.control}/reset", json={"seed": 2})
        posts = http.get(f"{stage.control}/ledger", params={"network": "facebook"}).json()["posts"]
        assert "gone" not in {post["text"] for post in posts}
