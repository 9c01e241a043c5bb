"""What every call to the Graph has in common: versions, batches, planted ends and allowances."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.stage import Stage, running


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    with stage.http("facebook") as client:
        yield client


def plant(stage: Stage, **what: Any) -> None:
    httpx.post(f"{stage.control}/world", json={"network": "facebook", **what}).raise_for_status()


def test_a_version_that_ended_is_served_by_the_oldest_that_lives(stage: Stage, http: httpx.Client) -> None:
    def served(path: str) -> str:
        return str(http.get(path).headers["facebook-api-version"])

    assert [served(path) for path in ("/v26.0/me", "/v24.0/me", "/v20.0/me", "/me")] == [
        "v26.0", "v24.0", "v21.0", "v21.0",
    ]  # fmt: skip
    assert http.get("/v99.0/me").json()["error"]["code"] == 2500
    plant(stage, kind="version_sunset", version="v26.0")
    assert served("/v26.0/me") == "v21.0"


def test_a_metric_dies_and_takes_the_call_with_it(stage: Stage, http: httpx.Client) -> None:
    asked = {"metric": "page_follows,page_views_total"}
    assert http.get("/me/insights", params=asked).status_code == 200
    at = (stage.now()).isoformat()
    plant(stage, kind="metric_dies", metric="page_views_total", at=at)
    error = http.get("/me/insights", params=asked).json()["error"]
    assert (error["code"], error["message"]) == (100, "(#100) The value must be a valid insights metric")
    assert http.get("/me/insights", params={"metric": "page_follows"}).status_code == 200


def test_a_planted_allowance_is_used_up_and_comes_back(stage: Stage, http: httpx.Client) -> None:
    plant(stage, kind="quota", bucket="pages", remaining=2)
    assert [http.get("/me").status_code for _ in range(3)] == [200, 200, 400]
    refused = http.get("/me")
    assert refused.json()["error"]["code"] == 80001
    [usage] = json.loads(refused.headers["x-business-use-case-usage"])[stage.account("facebook")]
    assert usage["call_count"] == 100
    assert usage["estimated_time_to_regain_access"] == 24 * 60
    assert "retry-after" not in refused.headers
    with stage.http("facebook", 1) as other:
        assert other.get("/me").status_code == 200
    stage.advance("P1D")
    assert http.get("/me").status_code == 200


def test_an_apps_allowance_holds_for_all_its_pages(stage: Stage, http: httpx.Client) -> None:
    plant(stage, kind="quota", bucket="app", remaining=0)
    with stage.http("facebook", 1) as other:
        for client in (http, other):
            refused = client.get("/me")
            assert refused.json()["error"]["code"] == 4
            assert json.loads(refused.headers["x-app-usage"])["call_count"] == 100


def test_a_batch_has_as_many_answers_as_calls(stage: Stage, http: httpx.Client) -> None:
    calls = [
        {"method": "GET", "relative_url": "v26.0/me?fields=name"},
        {"method": "POST", "relative_url": "me/feed", "body": "message=Batched%20words"},
        {"method": "GET", "relative_url": "1_2"},
    ]
    answers = http.post("/v26.0", data={"batch": json.dumps(calls), "include_headers": "false"}).json()
    page = stage.account("facebook")
    assert [answer["code"] for answer in answers] == [200, 200, 400]
    assert json.loads(answers[0]["body"])["id"] == page
    assert stage.ledger("facebook")[json.loads(answers[1]["body"])["id"]]["text"] == "Batched words"
    assert "headers" not in answers[0]
    too_many = http.post("/", data={"batch": json.dumps(calls[:1] * 51)})
    assert too_many.json()["error"]["code"] == 100
    assert http.post("/", data={"batch": "nonsense"}).json()["error"]["code"] == 100


def test_faults_speak_the_networks_words(stage: Stage, http: httpx.Client) -> None:
    told: dict[str, tuple[int, int, int | None]] = {"http_500": (500, 2, None), "rate_limited": (400, 80001, None)}
    told |= {"token_expired": (400, 190, 463), "token_revoked": (400, 190, 458)}
    for kind, (status, code, subcode) in told.items():
        asked = {"network": "facebook", "operation": "node.read", "kind": kind, "times": 1}
        httpx.post(f"{stage.control}/faults", json=asked).raise_for_status()
        answer = http.get("/me")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error.get("error_subcode")) == (status, code, subcode)
    for path, operation in (
        ("/v26.0/me/feed", "feed.create"),
        ("/1/video_reels", "video_reels.create"),
        ("/", "batch"),
    ):
        asked = {"network": "facebook", "operation": operation, "kind": "http_500", "times": 1}
        httpx.post(f"{stage.control}/faults", json=asked).raise_for_status()
        assert http.post(path, data={"message": "x", "batch": "[]"}).status_code == 500


def test_a_token_that_was_ended_is_told_from_one_that_never_was(stage: Stage, http: httpx.Client) -> None:
    plant(stage, kind="token_revoked", account=stage.account("facebook"))
    ended = http.get("/me").json()["error"]
    never = http.get("/me", headers={"authorization": "Bearer nonsense"}).json()["error"]
    assert (ended["code"], ended["error_subcode"]) == (190, 458)
    assert (never["code"], "error_subcode" in never) == (190, False)
