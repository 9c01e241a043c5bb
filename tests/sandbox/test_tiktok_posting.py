"""TikTok's posting side as its contract says it answers: caps, drafts, webhooks, plants, and what survives a kill."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.stage import REDIRECT, Stage, approve, running
from tests.sandbox.test_tiktok import MEGABYTE, MP4, VERIFIER, settled, state, video

PUBLISH = "/v2/post/publish"
# A film whose header says 601 seconds: 'mvhd', version and flags, two moments, 1000 units a second, 601,000 units.
LONG = MP4[:64] + b"mvhd" + bytes(12) + (1000).to_bytes(4) + (601_000).to_bytes(4) + bytes(80)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(seed=3) as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    # Caps are per day of the world.
    stage.advance("P1DT1M")
    with stage.http("tiktok") as client:
        yield client


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def photos(stage: Stage, count: int, mode: str = "DIRECT_POST", **info: Any) -> dict[str, Any]:
    told = {"title": "Cups", "description": "Cups of the week", "privacy_level": "PUBLIC_TO_EVERYONE", **info}
    addresses = [f"{stage.control}/pictures/{n}.jpg" for n in range(count)]
    source = {"source": "PULL_FROM_URL", "photo_images": addresses, "photo_cover_index": 0}
    return {"media_type": "PHOTO", "post_mode": mode, "post_info": told, "source_info": source}


def start(http: httpx.Client, asked: dict[str, Any], sort: str = "video") -> dict[str, Any]:
    answer = http.post(f"{PUBLISH}/{sort}/init/", json=asked)
    assert code(answer) == (200, "ok"), answer.text
    return dict(answer.json()["data"])


def put(http: httpx.Client, url: str, content: bytes, first: int, total: int) -> httpx.Response:
    ranged = f"bytes {first}-{first + len(content) - 1}/{total}"
    return http.put(url, content=content, headers={"content-range": ranged, "content-type": "video/mp4"})


def test_five_drafts_wait_at_most(stage: Stage, http: httpx.Client) -> None:
    asked = {"source_info": video(1000, 1000, 1)["source_info"]}
    for _ in range(5):
        data = start(http, asked, "inbox/video")
    assert put(http, data["upload_url"], MP4[:1000], 0, 1000).status_code == 201
    stage.advance("PT2M")
    assert state(http, data["publish_id"])["status"] == "SEND_TO_USER_INBOX"
    refused = http.post(f"{PUBLISH}/inbox/video/init/", json=asked)
    assert code(refused) == (403, "spam_risk_too_many_pending_share")
    assert code(http.post(f"{PUBLISH}/content/init/", json=photos(stage, 1, "MEDIA_UPLOAD"))) == code(refused)
    assert code(http.post(f"{PUBLISH}/content/init/", json=photos(stage, 1))) == (200, "ok")


def test_fifteen_posts_a_day_are_the_cap(stage: Stage, http: httpx.Client) -> None:
    for place in range(15):
        if place % 6 == 0:
            stage.advance("PT1M")
        start(http, video(9, 9, 1))
    stage.advance("PT1M")
    assert code(http.post(f"{PUBLISH}/video/init/", json=video(9, 9, 1))) == (403, "spam_risk_too_many_posts")


@pytest.mark.parametrize(("count", "expected"), [(35, (200, "ok")), (36, (400, "invalid_params"))])
def test_photos_up_to_thirty_five(stage: Stage, http: httpx.Client, count: int, expected: tuple[int, str]) -> None:
    assert code(http.post(f"{PUBLISH}/content/init/", json=photos(stage, count))) == expected


@pytest.mark.parametrize(
    ("content", "reason"), [(b"GIF89a" + bytes(100), "file_format_check_failed"), (LONG, "duration_check_failed")]
)
def test_a_film_that_fails_a_check(http: httpx.Client, content: bytes, reason: str) -> None:
    data = start(http, video(len(content), len(content), 1))
    assert put(http, data["upload_url"], content, 0, len(content)).status_code == 201
    assert settled(http, data["publish_id"])["fail_reason"] == reason


def test_what_is_cancelled_takes_no_more_bytes(http: httpx.Client) -> None:
    data = start(http, video(1000, 1000, 1))
    about = {"publish_id": data["publish_id"]}
    assert code(http.post(f"{PUBLISH}/cancel/", json=about)) == (200, "ok")
    assert state(http, data["publish_id"])["fail_reason"] == "publish_cancelled"
    assert put(http, data["upload_url"], MP4[:1000], 0, 1000).status_code == 416


@pytest.mark.parametrize(("first", "length"), [(5 * MEGABYTE, 7 * MEGABYTE), (0, 7 * MEGABYTE), (0, 12 * MEGABYTE)])
def test_bytes_that_are_not_the_next_chunk_are_out_of_range(http: httpx.Client, first: int, length: int) -> None:
    total = 12 * MEGABYTE
    url = start(http, video(total, 5 * MEGABYTE, 2))["upload_url"]
    assert put(http, url, MP4[:length], first, total).status_code == 416


def test_an_upload_address_lives_an_hour(stage: Stage, http: httpx.Client) -> None:
    url = start(http, video(1000, 1000, 1))["upload_url"]
    stage.advance("PT61M")
    assert put(http, url, MP4[:1000], 0, 1000).status_code == 403


def test_bytes_outlive_a_kill(tmp_path: Path) -> None:
    total, chunk = 12 * MEGABYTE, 5 * MEGABYTE
    with running(state=tmp_path) as stage, stage.http("tiktok") as http:
        data = start(http, video(total, chunk, 2))
        assert put(http, data["upload_url"], MP4[:chunk], 0, total).status_code == 206
    with running(state=tmp_path) as stage, stage.http("tiktok") as http:
        assert state(http, data["publish_id"])["uploaded_bytes"] == chunk
        url = f"{stage.networks['tiktok']['base_url']}/upload?{data['upload_url'].partition('?')[2]}"
        assert put(http, url, MP4[chunk:total], chunk, total).status_code == 201


def test_what_is_planted_holds(stage: Stage, http: httpx.Client) -> None:
    def plant(**about: Any) -> None:
        told = {"network": "tiktok", "at": stage.now().isoformat(), **about}
        httpx.post(f"{stage.control}/world", json=told).raise_for_status()

    plant(kind="quota", bucket="video.query", remaining=1)
    asked = {"filters": {"video_ids": ["1"]}}
    answers = [http.post("/v2/video/query/?fields=id", json=asked) for _ in range(2)]
    assert [code(answer)[0] for answer in answers] == [200, 429]
    plant(kind="quota", bucket="active_users", remaining=0)
    assert code(http.post(f"{PUBLISH}/video/init/", json=video(9, 9, 1))) == (403, "reached_active_user_cap")
    stage.advance("P1DT1M")
    assert code(http.post("/v2/video/query/?fields=id", json=asked)) == (200, "ok")
    start(http, video(9, 9, 1))


def sign_in(stage: Stage, http: httpx.Client, without: str = "", client: str = "") -> dict[str, Any]:
    """The answer of the token endpoint, after a consent page where a scope may have been unticked."""
    app = stage.networks["tiktok"]
    asked = {
        "client_key": app["client_id"] + client,
        "scope": "user.info.basic,video.list,video.publish",
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "state": "s",
        "code_challenge": hashlib.sha256(VERIFIER.encode()).hexdigest(),
        "code_challenge_method": "S256",
    }
    page = http.get("/v2/auth/authorize/", params=asked)
    assert f'name="allow {without}"' in page.text or not without
    if without:
        ticked = {f"allow {scope}": "on" for scope in asked["scope"].split(",") if scope != without}
        sent = {**asked, **ticked, "account": stage.account("tiktok"), "decision": "approve"}
        location = http.post("/v2/auth/authorize/", data=sent).headers["location"]
        back = dict(httpx.URL(location).params)
    else:
        back = approve(http, "/v2/auth/authorize/", asked)
    form = {
        "client_key": asked["client_key"],
        "client_secret": app["client_secret"],
        "grant_type": "authorization_code",
        "code": back["code"],
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    return dict(http.post("/v2/oauth/token/", data=form).json())


def test_a_person_unticks_a_scope(stage: Stage) -> None:
    with stage.bare("tiktok") as http:
        granted = sign_in(stage, http, without="video.list")
        assert granted["scope"] == "user.info.basic,video.publish"
        bearer = {"authorization": f"Bearer {granted['access_token']}"}
        answer = http.post("/v2/video/list/?fields=id", json={}, headers=bearer)
    assert code(answer) == (401, "scope_not_authorized")


def test_a_code_that_is_not_decoded_is_no_code(stage: Stage) -> None:
    with stage.bare("tiktok") as http:
        app = stage.networks["tiktok"]
        granted = sign_in(stage, http)
        assert "access_token" in granted
        form = {"client_key": app["client_id"], "client_secret": app["client_secret"], "code": "abc%2A0%215119.e1"}
        refused = http.post("/v2/oauth/token/", data={**form, "grant_type": "authorization_code"})
    assert (refused.status_code, refused.json()["error"]) == (200, "invalid_grant")


def test_an_app_before_its_audit_posts_for_the_author_only(stage: Stage) -> None:
    with stage.bare("tiktok") as http:
        stage.advance("P1DT1M")
        token = sign_in(stage, http, client="-unaudited")["access_token"]
        http.headers["authorization"] = f"Bearer {token}"
        refused = http.post(f"{PUBLISH}/video/init/", json=video(9, 9, 1))
        assert code(refused) == (403, "unaudited_client_can_only_post_to_private_accounts")
        start(http, video(9, 9, 1, privacy_level="SELF_ONLY"))


@pytest.fixture
def told() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """An address of ours and what came there: signature and raw body. The first call is answered with an error."""
    calls: list[tuple[str, bytes]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append((self.headers["tiktok-signature"], self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(500 if len(calls) == 1 else 200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", calls
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_app_is_told_signed_and_again_when_it_did_not_listen(
    stage: Stage, http: httpx.Client, told: tuple[str, list[tuple[str, bytes]]]
) -> None:
    address, calls = told
    app = stage.networks["tiktok"]
    form = {"client_key": app["client_id"], "client_secret": app["client_secret"], "callback_url": address}
    assert http.post("/portal/webhooks", data=form).status_code == 200
    data = start(http, video(1000, 1000, 1))
    put(http, data["upload_url"], MP4[:1000], 0, 1000)
    deadline = time.monotonic() + 15
    while len(calls) < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    http.post("/portal/webhooks", data={**form, "callback_url": ""})
    events = [json.loads(body) for _, body in calls]
    assert [one["event"] for one in events[:3]] == [
        "post.publish.complete",
        "post.publish.complete",
        "post.publish.publicly_available",
    ]
    assert calls[0][1] == calls[1][1]
    content = json.loads(events[2]["content"])
    assert (content["publish_id"], events[2]["user_openid"]) == (data["publish_id"], stage.account("tiktok"))
    signature, raw = calls[2]
    moment, _, signed = signature.removeprefix("t=").partition(",s=")
    expected = hmac.new(app["client_secret"].encode(), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()
    assert signed == expected
