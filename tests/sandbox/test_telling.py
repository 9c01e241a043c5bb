"""What networks tell by themselves when its moment comes, though nobody calls them."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.stage import Stage, running


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(seed=9) as found:
        yield found


@contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """An address of ours, which echoes challenges, and what was told there."""
    told: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(parse_qs(urlsplit(self.path).query)["hub.challenge"][0].encode())

        def do_POST(self) -> None:
            told.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def first(told: list[bytes]) -> bytes:
    """What was told first, waited for."""
    deadline = time.monotonic() + 10
    while not told and time.monotonic() < deadline:
        time.sleep(0.05)
    assert told, "nobody called"
    return told[0]


def test_tiktok_tells_that_a_planted_revocation_ended_the_authorization(stage: Stage) -> None:
    app, rival = stage.networks["tiktok"], stage.account("tiktok", 1)
    with listening() as (address, told):
        form = {"client_key": app["client_id"], "client_secret": app["client_secret"], "callback_url": address}
        with stage.bare("tiktok") as http:
            assert http.post("/portal/webhooks", data=form).is_success
        plant = {"kind": "token_revoked", "network": "tiktok", "account": rival}
        httpx.post(f"{stage.control}/world", json=plant).raise_for_status()
        event = json.loads(first(told))
        assert (event["event"], event["user_openid"]) == ("authorization.removed", rival)
        time.sleep(1.2)
        assert len(told) == 1


def test_youtube_tells_that_a_scheduled_video_is_public(stage: Stage) -> None:
    channel = stage.account("youtube")
    at = stage.now() + timedelta(hours=2)
    body = {"snippet": {"title": "Later"}, "status": {"privacyStatus": "private", "publishAt": at.isoformat()}}
    with listening() as (address, told), stage.http("youtube") as http:
        topic = f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}"
        asked = {"hub.mode": "subscribe", "hub.callback": address, "hub.topic": topic}
        assert http.post("/subscribe", data=asked).status_code == 202
        params = {"uploadType": "resumable", "part": "snippet,status"}
        session = http.post("/resumable/upload/youtube/v3/videos", params=params, json=body)
        video = http.put(session.headers["location"], content=b"film").json()["id"]
        time.sleep(1.2)
        assert told == []
        stage.advance("PT3H")
        assert f"<yt:videoId>{video}</yt:videoId>".encode() in first(told)
        time.sleep(1.2)
        assert len(told) == 1
