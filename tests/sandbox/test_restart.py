"""What was half done on four networks when the sandbox was killed can be finished after it is back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.sandbox.stage import Stage, running

JPEG = b"\xff\xd8\xff\xe0" + bytes(2000)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(3000)


def linkedin(stage: Stage) -> httpx.Client:
    version = f"{datetime.now(UTC) - timedelta(days=60):%Y%m}"
    return stage.http("linkedin", LinkedIn_Version=version, X_Restli_Protocol_Version="2.0.0")


def moved(url: str, stage: Stage, network: str) -> str:
    """An address handed out before the restart, at the port of after it."""
    base = httpx.URL(stage.networks[network]["base_url"])
    return str(httpx.URL(url).copy_with(port=base.port))


def begin(stage: Stage) -> dict[str, Any]:
    """Media for X and LinkedIn, an empty upload for TikTok and YouTube, a private video on YouTube."""
    left: dict[str, Any] = {}
    with stage.http("x") as http:
        upload = http.post("/2/media/upload", data={"media_category": "tweet_image"}, files={"media": JPEG})
        left["x"] = upload.json()["data"]["id"]
    with linkedin(stage) as http:
        asked: dict[str, Any] = {"initializeUploadRequest": {"owner": stage.account("linkedin")}}
        left["linkedin"] = http.post("/rest/images?action=initializeUpload", json=asked).json()["value"]
    with stage.http("tiktok") as http:
        source = {"source": "FILE_UPLOAD", "video_size": len(MP4), "chunk_size": len(MP4), "total_chunk_count": 1}
        info = {"title": "after the kill", "privacy_level": "SELF_ONLY"}
        asked = {"post_info": info, "source_info": source}
        left["tiktok"] = http.post("/v2/post/publish/video/init/", json=asked).json()["data"]
    with stage.http("youtube") as http:
        body = {"snippet": {"title": "after the kill"}, "status": {"privacyStatus": "private"}}
        begun = http.post("/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status", json=body)
        left["youtube"] = begun.headers["location"]
        done = http.post("/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status", json=body)
        left["private"] = http.put(done.headers["location"], content=MP4).json()["id"]
        left["finished"] = done.headers["location"]
    return left


def test_everything_begun_can_be_finished(tmp_path: Path) -> None:
    with running(state=tmp_path) as stage:
        left = begin(stage)
    with running(state=tmp_path) as stage:
        with stage.http("x") as http:
            created = http.post("/2/tweets", json={"text": "later", "media": {"media_ids": [left["x"]]}})
            assert created.status_code == 201, created.text
        with linkedin(stage) as http:
            url = moved(left["linkedin"]["uploadUrl"], stage, "linkedin")
            assert http.put(url, content=JPEG).status_code == 201
        with stage.http("tiktok") as http:
            total = len(MP4)
            ranged = {"Content-Range": f"bytes 0-{total - 1}/{total}"}
            url = moved(left["tiktok"]["upload_url"], stage, "tiktok")
            assert http.put(url, content=MP4, headers=ranged).status_code == 201
        with stage.http("youtube") as http:
            asked = {"Content-Range": f"bytes */{total}"}
            assert http.put(moved(left["youtube"], stage, "youtube"), headers=asked).status_code == 308
            assert http.put(moved(left["youtube"], stage, "youtube"), content=MP4).status_code == 200
            again = http.put(moved(left["finished"], stage, "youtube"), headers=asked).json()
            assert again["id"] == left["private"]
            assert again["status"]["privacyStatus"] == "private"
    with running(state=tmp_path) as stage, stage.http("tiktok") as http:
        stage.advance("PT1M")
        asked = {"publish_id": left["tiktok"]["publish_id"]}
        state = http.post("/v2/post/publish/status/fetch/", json=asked).json()["data"]
        assert (state["status"], state["publicaly_available_post_id"]) == ("PUBLISH_COMPLETE", [])
        texts = [post["text"] for post in stage.ledger("tiktok").values()]
        assert texts.count("after the kill") == 1
