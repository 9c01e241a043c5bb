"""YouTube when things go wrong: spent buckets, metrics and versions that end, answers that are lost, restarts."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.stage import Stage, running

CHUNK = 256 * 1024
FILM = bytes(n % 253 for n in range(2 * CHUNK + 77))


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    with stage.http("youtube") as client:
        yield client


def plant(stage: Stage, kind: str, **more: Any) -> None:
    sent = {"kind": kind, "network": "youtube", **more}
    httpx.post(f"{stage.control}/world", json=sent).raise_for_status()


def fault(stage: Stage, operation: str, kind: str, **more: Any) -> None:
    sent = {"network": "youtube", "operation": operation, "kind": kind, "times": 1, **more}
    httpx.post(f"{stage.control}/faults", json=sent).raise_for_status()


def opened(http: httpx.Client, title: str = "A film") -> httpx.Response:
    return http.post(
        "/upload/youtube/v3/videos",
        params={"uploadType": "resumable", "part": "snippet,status"},
        json={"snippet": {"title": title, "description": "About cups"}},
        headers={"X-Upload-Content-Type": "video/mp4", "X-Upload-Content-Length": str(len(FILM))},
    )


def reason(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["errors"][0]["reason"]


def test_buckets_are_apart_and_what_is_left_can_be_planted(stage: Stage, http: httpx.Client) -> None:
    listed, found = "/youtube/v3/channels?part=id&mine=true", "/youtube/v3/search?part=id&type=video"
    plant(stage, "quota", bucket="searches", remaining=1)
    assert [http.get(found).status_code for _ in range(2)] == [200, 403]
    assert http.get(listed).status_code == 200
    plant(stage, "quota", bucket="units", remaining=0)
    answer = http.get(listed)
    assert reason(answer) == (403, "quotaExceeded")
    assert "retry-after" not in answer.headers
    assert opened(http).status_code == 200
    plant(stage, "quota", bucket="uploads", remaining=0, account=stage.account("youtube"))
    assert reason(opened(http)) == (400, "uploadLimitExceeded")
    with stage.http("youtube", 1) as other:
        assert opened(other).status_code == 200
    plant(stage, "quota", bucket="videos.insert", remaining=0)
    assert reason(opened(http)) == (403, "quotaExceeded")
    stage.advance("P1D")
    assert [http.get(listed).status_code, opened(http).status_code] == [200, 200]


def test_a_metric_and_a_version_end(stage: Stage, http: httpx.Client) -> None:
    last = stage.now().date()
    params = {
        "ids": "channel==MINE",
        "startDate": f"{last - timedelta(9)}",
        "endDate": f"{last}",
        "metrics": "views,likes",
    }
    assert http.get("/v2/reports", params=params).status_code == 200
    plant(stage, "metric_dies", metric="likes")
    answer = http.get("/v2/reports", params=params)
    assert reason(answer) == (400, "badRequest")
    assert "(likes)" in answer.json()["error"]["message"]
    assert http.get("/v2/reports", params=params | {"metrics": "views"}).status_code == 200
    video = next(iter(stage.ledger("youtube")))
    plant(stage, "metric_dies", metric="statistics.commentCount")
    [shown] = http.get("/youtube/v3/videos", params={"part": "statistics", "id": video}).json()["items"]
    assert "commentCount" not in shown["statistics"]
    plant(stage, "version_sunset", version="v2")
    assert http.get("/v2/reports", params=params).status_code == 410
    assert http.get("/youtube/v3/channels?part=id&mine=true").status_code == 200


def test_a_lost_answer_to_the_last_byte_leaves_one_video(stage: Stage, http: httpx.Client) -> None:
    address = opened(http, "Lost").headers["location"]
    fault(stage, "videos.insert", "drop_after_write")
    with pytest.raises(httpx.TransportError):
        http.put(address, content=FILM)
    again = http.put(address, headers={"content-range": f"bytes */{len(FILM)}"})
    assert (again.status_code, again.json()["snippet"]["title"]) == (200, "Lost")
    made = [post for post in stage.ledger("youtube").values() if post["text"] == "About cups"]
    assert [post["external_id"] for post in made] == [again.json()["id"]]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("http_500", (500, "backendError")),
        ("rate_limited", (403, "userRateLimitExceeded")),
        ("token_expired", (401, "authError")),
        ("token_revoked", (401, "authError")),
    ],
)
def test_faults_are_told_in_google_s_words(
    stage: Stage, http: httpx.Client, kind: str, expected: tuple[int, str]
) -> None:
    fault(stage, "videos.list", kind)
    assert http.get("/youtube/v3/channels?part=id&mine=true").status_code == 200
    answer = http.get("/youtube/v3/videos?part=id&id=a")
    assert reason(answer) == expected
    assert "retry-after" not in answer.headers
    assert http.get("/youtube/v3/videos?part=id&id=a").status_code == 200


def test_an_unfinished_upload_and_a_scheduled_video_outlive_a_kill(tmp_path: Path) -> None:
    total = len(FILM)
    with running(state=tmp_path) as stage, stage.http("youtube") as http:
        address = opened(http, "Survivor").headers["location"]
        http.put(address, content=FILM[:CHUNK], headers={"content-range": f"bytes 0-{CHUNK - 1}/{total}"})
        moment = (stage.now() + timedelta(hours=5)).isoformat()
        body = {"snippet": {"title": "Later"}, "status": {"privacyStatus": "private", "publishAt": moment}}
        params = {"uploadType": "resumable", "part": "snippet,status"}
        later = http.post("/upload/youtube/v3/videos", params=params, json=body).headers["location"]
        scheduled = http.put(later, content=FILM).json()["id"]
    with running(state=tmp_path) as stage, stage.http("youtube") as http:
        base = stage.networks["youtube"]["base_url"]
        path = base + address[address.index("/upload") :]
        asked = http.put(path, headers={"content-range": f"bytes */{total}"})
        assert (asked.status_code, asked.headers["range"]) == (308, f"bytes=0-{CHUNK - 1}")
        rest = {"content-range": f"bytes {CHUNK}-{total - 1}/{total}"}
        made = http.put(path, content=FILM[CHUNK:], headers=rest).json()
        assert made["snippet"]["title"] == "Survivor"
        journal = next(tmp_path.glob("world-*.jsonl")).read_text()
        assert hashlib.sha256(FILM).hexdigest() in journal
        shown = http.get("/youtube/v3/videos", params={"part": "status", "id": scheduled}).json()["items"]
        assert shown[0]["status"]["privacyStatus"] == "private"
        assert scheduled not in stage.ledger("youtube")
        stage.advance("PT6H")
        assert scheduled in stage.ledger("youtube")
        http.delete("/youtube/v3/videos", params={"id": scheduled})
        assert "items" not in http.get("/youtube/v3/videos", params={"part": "id", "id": scheduled}).json()


def test_a_session_is_gone_after_a_week(stage: Stage, http: httpx.Client) -> None:
    address = opened(http).headers["location"]
    stage.advance("P8D")
    assert http.put(address, headers={"content-range": f"bytes */{len(FILM)}"}).status_code == 404
