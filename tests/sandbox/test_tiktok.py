"""TikTok as its contract says it answers, over HTTP."""

import base64
import hashlib
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.stage import REDIRECT, Stage, approve, running

VERIFIER = "a-verifier-that-is-long-enough-for-everyone-0123456789"
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(12_000_000)
MEGABYTE = 1_000_000
SECRET = "for my eyes only"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    # The limits are per minute of the world; a minute more leaves none of the last test's behind.
    stage.advance("PT1M")
    with stage.http("tiktok") as client:
        yield client


def consented(stage: Stage, http: httpx.Client, challenge: str) -> dict[str, Any]:
    app = stage.networks["tiktok"]
    back = approve(
        http,
        "/v2/auth/authorize/",
        {
            "client_key": app["client_id"],
            "scope": "user.info.basic,video.list",
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "state": "s",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        },
    )
    form = {
        "client_key": app["client_id"],
        "client_secret": app["client_secret"],
        "grant_type": "authorization_code",
        "code": back["code"],
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    answer = http.post("/v2/oauth/token/", data=form)
    assert answer.status_code == 200
    return dict(answer.json())


def video(size: int, chunk: int, count: int, **info: Any) -> dict[str, Any]:
    source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": chunk, "total_chunk_count": count}
    return {"post_info": {"title": "t", "privacy_level": "PUBLIC_TO_EVERYONE", **info}, "source_info": source}


def state(http: httpx.Client, publish_id: str) -> dict[str, Any]:
    answer = http.post("/v2/post/publish/status/fetch/", json={"publish_id": publish_id}).json()
    assert answer["error"]["code"] == "ok"
    return dict(answer["data"])


def settled(http: httpx.Client, publish_id: str) -> dict[str, Any]:
    """The state once nothing is being fetched any more."""
    for _ in range(25):
        found = state(http, publish_id)
        if found["status"] not in ("PROCESSING_DOWNLOAD", "PROCESSING_UPLOAD"):
            return found
        time.sleep(0.2)
    raise AssertionError(f"still on its way: {found}")


def test_a_hexadecimal_challenge_is_the_only_one_that_works(stage: Stage) -> None:
    digest = hashlib.sha256(VERIFIER.encode())
    with stage.bare("tiktok") as http:
        granted = consented(stage, http, digest.hexdigest())
        refused = consented(stage, http, base64.urlsafe_b64encode(digest.digest()).decode().rstrip("="))
    assert granted["open_id"] == stage.account("tiktok")
    assert (granted["expires_in"], granted["refresh_expires_in"]) == (7200, 180 * 86400)
    assert granted["scope"] == "user.info.basic,video.list"
    assert "Code verifier or code challenge is invalid" in refused["error_description"]


def test_authorization_without_a_challenge_names_it(stage: Stage) -> None:
    params = {"client_key": stage.networks["tiktok"]["client_id"], "response_type": "code", "scope": "video.list"}
    with stage.bare("tiktok") as http:
        page = http.get("/v2/auth/authorize/", params={**params, "redirect_uri": REDIRECT})
    assert "code_challenge" in page.text


def test_refresh_rotates_and_errors_are_called_a_success(stage: Stage) -> None:
    app = stage.networks["tiktok"]
    with stage.bare("tiktok") as http:
        granted = consented(stage, http, hashlib.sha256(VERIFIER.encode()).hexdigest())
        form = {"client_key": app["client_id"], "client_secret": app["client_secret"], "grant_type": "refresh_token"}
        form["refresh_token"] = granted["refresh_token"]
        first, second = (http.post("/v2/oauth/token/", data=form) for _ in range(2))
    assert first.json()["refresh_token"] != granted["refresh_token"]
    assert (second.status_code, second.json()["error"]) == (200, "invalid_grant")


def test_user_fields_are_mandatory_and_under_scopes(stage: Stage, http: httpx.Client) -> None:
    shown = http.get("/v2/user/info/", params={"fields": "open_id,follower_count,username"}).json()
    assert set(shown["data"]["user"]) == {"open_id", "follower_count", "username"}
    assert shown["error"]["code"] == "ok"
    assert http.get("/v2/user/info/").json()["error"]["code"] == "invalid_params"
    with stage.bare("tiktok") as stranger:
        token = consented(stage, stranger, hashlib.sha256(VERIFIER.encode()).hexdigest())["access_token"]
        answer = stranger.get(
            "/v2/user/info/", params={"fields": "follower_count"}, headers={"authorization": f"Bearer {token}"}
        )
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "scope_not_authorized")


def test_an_unknown_token_is_invalid(stage: Stage) -> None:
    with stage.bare("tiktok", authorization="Bearer nothing") as http:
        answer = http.post("/v2/video/list/?fields=id", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "access_token_invalid")


def test_the_list_gives_every_video_of_the_ledger_once(stage: Stage, http: httpx.Client) -> None:
    seen: dict[str, Any] = {}
    cursor, more = None, True
    while more:
        body = {"max_count": 20, **({"cursor": cursor} if cursor else {})}
        data = http.post("/v2/video/list/?fields=id,view_count,like_count,create_time", json=body).json()["data"]
        seen |= {one["id"]: one for one in data["videos"]}
        cursor, more = data["cursor"], data["has_more"]
    truth = {id_: p for id_, p in stage.ledger("tiktok").items() if p["account"] == stage.account("tiktok")}
    truth = {id_: post for id_, post in truth.items() if post["text"] != SECRET}
    assert set(seen) == set(truth)
    oldest = min(seen.values(), key=lambda one: one["create_time"])
    assert oldest["view_count"] == truth[oldest["id"]]["counters"]["views"]


def test_query_knows_only_own_videos(stage: Stage, http: httpx.Client) -> None:
    posts = stage.ledger("tiktok").values()
    mine, theirs = (
        next(post["external_id"] for post in posts if post["account"] == stage.account("tiktok", place))
        for place in (0, 1)
    )
    body = {"filters": {"video_ids": [mine, theirs]}}
    data = http.post("/v2/video/query/?fields=id,duration", json=body).json()["data"]
    assert [one["id"] for one in data["videos"]] == [mine]
    assert data["videos"][0]["duration"] > 0


@pytest.mark.parametrize(("field", "body"), [("id", {"max_count": 21}), ("nothing", {}), ("id", {"cursor": "x"})])
def test_a_list_that_tiktok_refuses(http: httpx.Client, field: str, body: dict[str, Any]) -> None:
    answer = http.post(f"/v2/video/list/?fields={field}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_params")


def test_a_video_in_chunks_is_published_and_shown_a_moment_later(stage: Stage, http: httpx.Client) -> None:
    asked = video(len(MP4), 5 * MEGABYTE, 2, title="Chunked #coffee")
    data = http.post("/v2/post/publish/video/init/", json=asked).json()["data"]
    publish_id, url = data["publish_id"], data["upload_url"]
    assert state(http, publish_id)["status"] == "PROCESSING_UPLOAD"
    first, rest = MP4[: 5 * MEGABYTE], MP4[5 * MEGABYTE :]
    total = len(MP4)
    wrong = http.put(url, content=rest, headers={"Content-Range": f"bytes {len(first)}-{total - 1}/{total}"})
    assert wrong.status_code == 416
    part = http.put(url, content=first, headers={"Content-Range": f"bytes 0-{len(first) - 1}/{total}"})
    assert part.status_code == 206
    last = http.put(url, content=rest, headers={"Content-Range": f"bytes {len(first)}-{total - 1}/{total}"})
    assert last.status_code == 201
    stage.advance("PT2S")
    done = state(http, publish_id)
    assert done["status"] == "PUBLISH_COMPLETE"
    assert done["publicaly_available_post_id"] == []
    stage.advance("PT1H")
    (post_id,) = state(http, publish_id)["publicaly_available_post_id"]
    assert stage.ledger("tiktok")[str(post_id)]["text"] == "Chunked #coffee"
    shown = http.post("/v2/video/list/?fields=id,view_count,duration", json={"max_count": 20}).json()["data"]["videos"]
    mine = next(one for one in shown if one["id"] == str(post_id))
    assert mine["view_count"] > 0
    assert mine["duration"] > 0


@pytest.mark.parametrize(
    ("size", "chunk", "count"),
    [
        (12 * MEGABYTE, 5 * MEGABYTE, 3),
        (12 * MEGABYTE, 4 * MEGABYTE, 3),
        (4 * MEGABYTE, 2 * MEGABYTE, 2),
        (0, 0, 0),
    ],
)
def test_chunks_are_counted_rounded_down(http: httpx.Client, size: int, chunk: int, count: int) -> None:
    answer = http.post("/v2/post/publish/video/init/", json=video(size, chunk, count))
    assert answer.json()["error"]["code"] == "invalid_params"


def test_privacy_comes_from_the_creator(http: httpx.Client) -> None:
    options = http.post("/v2/post/publish/creator_info/query/").json()["data"]["privacy_level_options"]
    assert "SELF_ONLY" in options
    wrong = http.post("/v2/post/publish/video/init/", json=video(9, 9, 1, privacy_level="FOLLOWER_OF_CREATOR"))
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (403, "privacy_level_option_mismatch")
    none = http.post("/v2/post/publish/video/init/", json=video(9, 9, 1, privacy_level=""))
    assert none.json()["error"]["code"] == "invalid_params"


def test_a_private_video_never_gets_a_public_id(stage: Stage, http: httpx.Client) -> None:
    content = MP4[:1000]
    asked = video(len(content), len(content), 1, privacy_level="SELF_ONLY", title=SECRET)
    data = http.post("/v2/post/publish/video/init/", json=asked).json()["data"]
    http.put(data["upload_url"], content=content, headers={"Content-Range": f"bytes 0-999/{len(content)}"})
    stage.advance("PT1M")
    done = state(http, data["publish_id"])
    assert (done["status"], done["publicaly_available_post_id"]) == ("PUBLISH_COMPLETE", [])
    shown = http.post("/v2/video/list/?fields=id,title", json={"max_count": 20}).json()["data"]["videos"]
    assert all(one["title"] != SECRET for one in shown)


def test_photos_are_really_fetched(stage: Stage, http: httpx.Client) -> None:
    def photos(address: str) -> dict[str, Any]:
        info = {"title": "Cups", "description": "Cups of the week", "privacy_level": "PUBLIC_TO_EVERYONE"}
        source = {"source": "PULL_FROM_URL", "photo_images": [address], "photo_cover_index": 0}
        asked = {"media_type": "PHOTO", "post_mode": "DIRECT_POST", "post_info": info, "source_info": source}
        return dict(http.post("/v2/post/publish/content/init/", json=asked).json())

    good = photos(f"{stage.control}/sample.jpg")["data"]["publish_id"]
    gone = photos(f"{stage.control}/nothing.jpg")["data"]["publish_id"]
    film = photos(f"{stage.control}/sample.mp4")["data"]["publish_id"]
    assert photos("https://elsewhere.example/a.jpg")["error"]["code"] == "url_ownership_unverified"
    assert settled(http, gone) == {"status": "FAILED", "fail_reason": "photo_pull_failed", "downloaded_bytes": 0}
    assert settled(http, film)["fail_reason"] == "file_format_check_failed"
    assert settled(http, good)["status"] == "PUBLISH_COMPLETE"
    stage.advance("PT1M")
    (post_id,) = state(http, good)["publicaly_available_post_id"]
    assert stage.ledger("tiktok")[str(post_id)]["kind"] == "image"


def test_a_video_is_pulled_from_an_address(stage: Stage, http: httpx.Client) -> None:
    asked = video(0, 0, 0)
    asked["source_info"] = {"source": "PULL_FROM_URL", "video_url": f"{stage.control}/sample.mp4"}
    data = http.post("/v2/post/publish/video/init/", json=asked).json()["data"]
    assert "upload_url" not in data
    assert settled(http, data["publish_id"])["status"] == "PUBLISH_COMPLETE"


def test_another_user_may_not_ask_for_a_post(stage: Stage, http: httpx.Client) -> None:
    publish_id = http.post("/v2/post/publish/video/init/", json=video(9, 9, 1)).json()["data"]["publish_id"]
    with stage.http("tiktok", 1) as other:
        answer = other.post("/v2/post/publish/status/fetch/", json={"publish_id": publish_id}).json()
    assert answer["error"]["code"] == "token_not_authorized_for_specified_publish_id"


def test_six_posts_a_minute_are_the_limit(stage: Stage) -> None:
    with stage.http("tiktok", 1) as http:
        answers = [http.post("/v2/post/publish/video/init/", json=video(9, 9, 1)) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert answers[-1].json()["error"]["code"] == "rate_limit_exceeded"


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_broken_body_is_refused(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/v2/video/list/?fields=id", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_params")
