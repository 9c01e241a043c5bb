"""What is planted in the sandbox's X, what survives its end, and how it weighs a text by X's own vectors."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.networks.x.text import weighted_length
from tests.conftest import shared
from tests.sandbox.stage import Stage, running
from tests.sandbox.test_x import MP4

VECTORS = "contracts/x/twitter-text-validate.yml"
SUITES = {"WeightedTweetsWithDiscountedEmojiCounterTest": 22, "UnicodeDirectionalMarkerCounterTest": 2}


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world of each test's own: what is planted stays."""
    with running() as found:
        yield found


def plant(stage: Stage, **what: Any) -> None:
    httpx.post(f"{stage.control}/world", json={"network": "x", **what}, timeout=10).raise_for_status()


def test_a_used_up_month_is_no_spent_window(stage: Stage) -> None:
    plant(stage, kind="quota", bucket="*", remaining=1)
    with stage.http("x") as http:
        assert http.get("/2/users/me").status_code == 200
        capped = http.get("/2/users/me")
    assert capped.status_code == 429
    assert int(capped.headers["x-rate-limit-remaining"]) > 0
    assert "retry-after" not in capped.headers
    body = capped.json()
    assert (body["title"], body["period"], body["scope"]) == ("UsageCapExceeded", "Monthly", "Product")
    assert body["type"].endswith("/usage-capped")


def test_an_empty_purse_is_402_and_a_narrowed_window_429(stage: Stage) -> None:
    plant(stage, kind="quota", bucket="createPosts", remaining=0)
    with stage.http("x") as http:
        spent = http.post("/2/tweets", json={"text": "no"})
        assert (spent.status_code, spent.headers["x-rate-limit-remaining"]) == (429, "0")
        assert stage.now().timestamp() < int(spent.headers["x-rate-limit-reset"])
        stage.advance("PT16M")
        assert http.post("/2/tweets", json={"text": "another window"}).status_code == 201
        assert http.get("/2/users/me").status_code == 200
        plant(stage, kind="quota", bucket="credits", remaining=0, account=stage.account("x"))
        unpaid = http.get("/2/users/me")
    assert (unpaid.status_code, unpaid.json()["title"]) == (402, "CreditsDepleted")
    with stage.http("x", 1) as rival:
        assert rival.get("/2/users/me").status_code == 200


def test_a_dead_metric_is_refused_by_name_and_absent_from_the_counters(stage: Stage) -> None:
    post = max(stage.ledger("x"), key=int)
    plant(stage, kind="metric_dies", metric="url_clicks")
    plant(stage, kind="metric_dies", metric="public_metrics.bookmark_count")
    span = {"ids": post, "start_time": "2026-01-01T00:00:00Z", "end_time": stage.now().strftime("%Y-%m-%dT%H:%M:%SZ")}
    with stage.http("x") as http:
        refused = http.get("/2/tweets/analytics", params={**span, "analytics.fields": "likes,url_clicks"})
        assert refused.status_code == 400
        assert "[url_clicks]" in refused.json()["errors"][0]["message"]
        assert http.get("/2/tweets/analytics", params={**span, "analytics.fields": "likes"}).status_code == 200
        shown = http.get(f"/2/tweets/{post}", params={"post.fields": "public_metrics"}).json()["data"]
    assert "bookmark_count" not in shown["public_metrics"]
    assert "like_count" in shown["public_metrics"]


def test_a_version_that_ended_answers_nothing(stage: Stage) -> None:
    plant(stage, kind="version_sunset", version="2")
    with stage.http("x") as http:
        assert http.get("/2/users/me").status_code == 410


def test_an_unfinished_upload_goes_on_after_the_end(tmp_path: Path) -> None:
    half = len(MP4) // 2
    with running(state=tmp_path) as stage, stage.http("x") as http:
        begun = {"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": len(MP4)}
        media_id = http.post("/2/media/upload/initialize", json=begun).json()["data"]["id"]
        piece = {"media": MP4[:half]}
        http.post(f"/2/media/upload/{media_id}/append", data={"segment_index": 0}, files=piece).raise_for_status()
        post = http.post("/2/tweets", json={"text": "Root"}).json()["data"]["id"]
    with running(state=tmp_path) as stage, stage.http("x") as http:
        piece = {"media": MP4[half:]}
        http.post(f"/2/media/upload/{media_id}/append", data={"segment_index": 1}, files=piece).raise_for_status()
        finished = http.post(f"/2/media/upload/{media_id}/finalize")
        assert finished.json()["data"]["size"] == len(MP4)
        reply = {"text": "Reply", "reply": {"in_reply_to_tweet_id": post}}
        assert http.post("/2/tweets", json=reply).status_code == 201


def test_the_older_form_of_an_upload_by_command(stage: Stage) -> None:
    with stage.http("x") as http:
        begun = {"command": "INIT", "media_type": "video/mp4", "media_category": "tweet_video"}
        opened = http.post("/2/media/upload", data={**begun, "total_bytes": len(MP4)})
        media_id = opened.json()["data"]["id"]
        sent = {"command": "APPEND", "media_id": media_id, "segment_index": 0}
        http.post("/2/media/upload", data=sent, files={"media": MP4}).raise_for_status()
        done = http.post("/2/media/upload", data={"command": "FINALIZE", "media_id": media_id})
    assert done.json()["data"]["processing_info"]["state"] == "pending"


@pytest.mark.parametrize("suite", SUITES)
def test_a_text_weighs_what_xs_own_vectors_say(suite: str) -> None:
    yaml = pytest.importorskip("yaml")
    cases = yaml.safe_load(shared(VECTORS).read_text("utf-8"))["tests"][suite]
    assert len(cases) == SUITES[suite]
    wrong = [c["description"] for c in cases if weighted_length(c["text"]) != c["expected"]["weightedLength"]]
    assert wrong == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("coffee OR tea", 200),
        ('"behind the scenes" -is:reply', 200),
        ("(from:a OR to:b) has:links", 200),
        ("-(from:a) coffee", 200),
        ("is:reply", 400),
        ("(coffee", 400),
        ("coffee)", 400),
        ("colour:red", 400),
        ("OR", 400),
        ("", 400),
        ("(" * 5000, 400),
        ("has:nothing coffee", 400),
    ],
)
def test_a_query_is_read_or_refused(shared_stage: Stage, query: str, status: int) -> None:
    with shared_stage.http("x") as http:
        answer = http.get("/2/tweets/search/recent", params={"query": query})
    assert answer.status_code == status, answer.text


@pytest.fixture(scope="module")
def shared_stage() -> Iterator[Stage]:
    with running() as found:
        yield found
