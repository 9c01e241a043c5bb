"""Faults asked for at the control door, as a client on the other side of the network meets them."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.networks import NETWORKS
from tests.sandbox.stage import Stage, running

SAID = ("http_500", "rate_limited", "token_expired", "token_revoked")


@pytest.fixture(scope="module")
def world() -> Iterator[Stage]:
    with running(seed=5) as found:
        yield found


@pytest.fixture
def stage(world: Stage) -> Iterator[Stage]:
    """One sandbox for the module; no fault outlives its test."""
    yield world
    httpx.delete(f"{world.control}/faults").raise_for_status()


def fault(stage: Stage, kind: str, network: str = "x", operation: str = "*", **more: Any) -> dict[str, Any]:
    asked = {"network": network, "operation": operation, "kind": kind, **more}
    answer = httpx.post(f"{stage.control}/faults", json=asked)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def texts(stage: Stage) -> list[str]:
    return [post["text"] for post in stage.ledger("x").values()]


def test_a_reset_comes_before_anything_is_written(stage: Stage) -> None:
    fault(stage, "reset_before_write", operation="createPosts")
    with stage.http("x") as http:
        # Whether the client meets it when it writes or when it reads is a matter of timing.
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            http.post("/2/tweets", json={"text": "never"})
        assert http.post("/2/tweets", json={"text": "after the reset"}).status_code == 201
    assert "never" not in texts(stage)


def test_a_dropped_answer_leaves_the_post(stage: Stage) -> None:
    fault(stage, "drop_after_write", operation="createPosts")
    with stage.http("x") as http, pytest.raises(httpx.RemoteProtocolError):
        http.post("/2/tweets", json={"text": "dropped"})
    assert texts(stage).count("dropped") == 1


def test_an_error_although_the_post_is_live(stage: Stage) -> None:
    fault(stage, "http_500_after_write", operation="createPosts")
    with stage.http("x") as http:
        assert http.post("/2/tweets", json={"text": "live all the same"}).status_code >= 500
    assert texts(stage).count("live all the same") == 1


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("kind", SAID)
def test_a_network_says_in_its_own_words_what_is_wrong(stage: Stage, network: str, kind: str) -> None:
    fault(stage, kind, network)
    with stage.http(network) as http:
        answer = http.get("/2/users/me")
        assert answer.status_code >= 400 or network == "tiktok"
        assert answer.json() != {"error": kind}
        assert "date" in answer.headers


def test_a_slow_answer_is_late_and_whole(stage: Stage) -> None:
    fault(stage, "slow", seconds=1)
    with stage.http("x") as http:
        before = time.monotonic()
        assert http.get("/2/users/me").json()["data"]["id"] == stage.account("x")
        assert time.monotonic() - before >= 1


def test_a_half_open_connection_is_silent_after_half_of_the_body(stage: Stage) -> None:
    fault(stage, "half_open")
    with stage.http("x") as http, http.stream("GET", "/2/users/me", timeout=0.5) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            answer.read()
        assert 0 < answer.num_bytes_downloaded < int(answer.headers["content-length"])


def test_a_half_open_connection_ends_by_itself(stage: Stage) -> None:
    fault(stage, "half_open", seconds=0.3)
    with stage.http("x") as http, pytest.raises(httpx.RemoteProtocolError):
        http.get("/2/users/me")


def test_a_drifted_answer_has_another_shape_and_is_json(stage: Stage) -> None:
    asked = {"user.fields": "public_metrics"}
    with stage.http("x") as http:
        usual = http.get("/2/users/me", params=asked).json()
        fault(stage, "schema_drift", times=2)
        drifted, again = (http.get("/2/users/me", params=asked).json() for _ in range(2))
    assert drifted == again
    count = usual["data"]["public_metrics"]["followers_count"]
    assert drifted["data"]["public_metrics"]["followers_count"] == {"value": count}


def test_a_drifted_answer_without_numbers_has_another_name_in_it(stage: Stage) -> None:
    fault(stage, "schema_drift")
    with stage.http("x") as http:
        assert any(name.endswith("_v2") for name in http.get("/2/users/me").json()["data"])


def test_a_fault_waits_for_calls_to_pass_and_then_happens_so_often(stage: Stage) -> None:
    fault(stage, "http_500", operation="getUsersMe", after=1, times=2)
    with stage.http("x") as http:
        http.get("/2/tweets", params={"ids": "1"})
        assert [http.get("/2/users/me").status_code >= 500 for _ in range(4)] == [False, True, True, False]


def test_two_faults_follow_one_another(stage: Stage) -> None:
    fault(stage, "http_500")
    fault(stage, "rate_limited", after=1)
    with stage.http("x") as http:
        found = [http.get("/2/users/me").status_code for _ in range(3)]
    assert found[0] >= 500
    assert found[1:] == [429, 200]


def test_a_fault_without_end_ends_when_it_is_deleted(stage: Stage) -> None:
    fault(stage, "http_500", times=None)
    fault(stage, "http_500", "tiktok")
    faults = f"{stage.control}/faults"
    with stage.http("x") as http:
        assert all(http.get("/2/users/me").status_code >= 500 for _ in range(4))
        (mine,) = httpx.get(faults, params={"network": "x"}).json()["faults"]
        assert (mine["met"], mine["done"]) == (4, 4)
        assert httpx.delete(faults, params={"network": "x"}).json() == {"deleted": 1}
        assert http.get("/2/users/me").status_code == 200
    assert [one["network"] for one in httpx.get(faults).json()["faults"]] == ["tiktok"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "network is one of facebook"),
        ({"network": "x"}, "kind is one of reset_before_write"),
        ({"network": "x", "kind": "flood"}, "kind is one of"),
        ({"network": "x", "kind": "slow", "operation": "tweet"}, "createPosts"),
        ({"network": "x", "kind": "slow", "times": 0}, "times is how often"),
        ({"network": "x", "kind": "slow", "after": -1}, "after is how many"),
        ({"network": "x", "kind": "slow", "seconds": "3"}, "seconds"),
        ({"network": "x", "kind": "http_500", "seconds": 3}, "slow and half_open"),
        ({"network": "x", "kind": "slow", "often": 3}, "unknown: often"),
    ],
)
def test_a_fault_that_cannot_be_is_told_what_to_send(stage: Stage, asked: dict[str, Any], expected: str) -> None:
    answer = httpx.post(f"{stage.control}/faults", json=asked)
    assert answer.status_code == 400
    assert expected in answer.json()["error"]


def test_what_was_asked_is_shown_without_its_secrets(stage: Stage) -> None:
    since = stage.now().isoformat()
    fault(stage, "drop_after_write", operation="createPosts")
    with stage.http("x") as http:
        with pytest.raises(httpx.RemoteProtocolError):
            http.post("/2/tweets", json={"text": "seen"})
        http.get("/2/users/me", params={"user.fields": "name"})
        token = http.headers["authorization"]
    asked = httpx.get(f"{stage.control}/requests", params={"network": "x", "since": since})
    created, me = asked.json()["requests"]
    assert (created["operation"], created["fault"], created["status"]) == ("createPosts", "drop_after_write", None)
    assert "seen" in created["body"]
    assert (me["method"], me["path"], me["query"], me["status"]) == ("GET", "/2/users/me", {"user.fields": "name"}, 200)
    assert me["headers"]["authorization"].startswith("sha256:")
    assert me["headers"]["authorization"] == created["headers"]["authorization"]
    assert token not in asked.text
    only = httpx.get(f"{stage.control}/requests", params={"operation": "getUsersMe", "since": since}).json()
    assert [one["path"] for one in only["requests"]] == ["/2/users/me"]


def test_tokens_in_addresses_and_forms_are_hashed(stage: Stage) -> None:
    token = stage.networks["facebook"]["accounts"][0]["access_token"]
    with stage.bare("facebook") as http:
        http.get("/me", params={"access_token": token})
        http.post("/me/feed", data={"message": "hello", "access_token": token})
    asked = httpx.get(f"{stage.control}/requests", params={"network": "facebook"})
    assert token not in asked.text
    written = asked.json()["requests"][-1]
    assert written["body"]["message"] == "hello"
    assert written["body"]["access_token"].startswith("sha256:")
