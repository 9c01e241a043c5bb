"""Films and what is kept for later: nothing of it is lost when the sandbox is killed."""

import hashlib
import hmac
import json
import queue
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.sandbox.stage import running

SAMPLE = (Path(__file__).parents[2] / "sandbox" / "media" / "sample.mp4").read_bytes()
FILM = SAMPLE + (300_000 - len(SAMPLE)).to_bytes(4, "big") + b"free" + bytes(300_000 - len(SAMPLE) - 8)


class Calls(queue.Queue[tuple[bytes, dict[str, str]]]):
    """What an address of ours was called with."""

    url = ""


@pytest.fixture
def calls() -> Iterator[Calls]:
    """An address that answers challenges and takes every call."""
    taken = Calls()

    class Taking(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(parse_qs(urlsplit(self.path).query)["hub.challenge"][0].encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            taken.put((body, {name.lower(): value for name, value in self.headers.items()}))
            self._say(b"")

        def _say(self, body: bytes) -> None:
            self.send_response_only(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    taken.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_uploads_drafts_comments_and_subscriptions_survive_a_kill(tmp_path: Path) -> None:
    with running(state=tmp_path) as stage, stage.http("facebook") as http:
        page = stage.account("facebook")
        start = {"upload_phase": "start", "file_size": len(FILM)}
        session = http.post(f"/{page}/videos", data=start).json()
        transfer = {"upload_phase": "transfer", "upload_session_id": session["upload_session_id"]}
        piece = {"video_file_chunk": ("p", FILM[:100_000])}
        http.post(f"/{page}/videos", data={**transfer, "start_offset": 0}, files=piece).raise_for_status()
        reel = http.post(f"/{page}/video_reels", data={"upload_phase": "start"}).json()
        told = {"file_size": str(len(FILM)), "offset": "0"}
        path = httpx.URL(reel["upload_url"]).path
        assert http.post(path, content=FILM[:120_000], headers=told).json()["debug_info"]["retriable"]
        at = int((stage.now() + timedelta(hours=2)).timestamp())
        later = {"message": "Later", "published": "false", "scheduled_publish_time": at}
        post_id = http.post(f"/{page}/feed", data=later).json()["id"]
        mine = http.get(f"/{page}/posts", params={"limit": 1}).json()["data"][0]["id"]
        remark = http.post(f"/{mine}/comments", data={"message": "Kept"}).json()["id"]
        http.post(f"/{page}/subscribed_apps", data={"subscribed_fields": "feed"}).raise_for_status()
    with running(state=tmp_path) as stage, stage.http("facebook") as http:
        wrong = http.post(f"/{page}/videos", data={**transfer, "start_offset": 0}, files=piece).json()["error"]
        assert (wrong["error_subcode"], wrong["error_data"]["start_offset"]) == (1363037, "100000")
        rest = {"video_file_chunk": ("p", FILM[100_000:])}
        offsets = http.post(f"/{page}/videos", data={**transfer, "start_offset": 100_000}, files=rest).json()
        assert offsets == {"start_offset": "300000", "end_offset": "300000"}
        finish = {"upload_phase": "finish", "upload_session_id": session["upload_session_id"], "description": "Whole"}
        assert http.post(f"/{page}/videos", data=finish).json() == {"success": True}
        assert http.get(path).json()["offset"] == 120_000
        told["offset"] = "120000"
        assert http.post(path, content=FILM[120_000:], headers=told).json() == {"success": True}
        done = {"upload_phase": "finish", "video_id": reel["video_id"], "video_state": "PUBLISHED"}
        assert http.post(f"/{page}/video_reels", data=done).json() == {"success": True}
        assert [one["id"] for one in http.get(f"/{page}/scheduled_posts").json()["data"]] == [post_id]
        assert http.get(f"/{remark}").json()["message"] == "Kept"
        assert http.get(f"/{page}/subscribed_apps").json()["data"][0]["subscribed_fields"] == ["feed"]
        time.sleep(1.2)
        status = http.get(f"/{session['video_id']}", params={"fields": "status,length"}).json()
        assert (status["status"]["video_status"], status["length"]) == ("ready", 4.0)
        stage.advance("PT3H")
        assert stage.ledger("facebook")[post_id]["text"] == "Later"


def test_a_film_is_processed_before_it_is_shown() -> None:
    with running() as stage, stage.http("facebook") as http:
        page = stage.account("facebook")
        files = {"source": ("film.mp4", FILM)}
        video = http.post(f"/{page}/videos", data={"description": "A film", "title": "T"}, files=files).json()["id"]
        fields = {"fields": "status,post_id,published"}
        first = http.get(f"/{video}", params=fields).json()
        assert first["status"]["video_status"] == "processing"
        assert (first.get("post_id"), first["published"]) == (None, False)
        stage.advance("PT2S")
        ready = http.get(f"/{video}", params=fields).json()
        assert (ready["status"]["video_status"], ready["published"]) == ("ready", True)
        assert stage.ledger("facebook")[f"{page}_{ready['post_id']}"]["text"] == "A film"
        # What is no film is found out only now.
        broken = http.post(f"/{page}/videos", files={"source": ("no.mp4", b"nothing")}).json()["id"]
        stage.advance("PT2S")
        assert http.get(f"/{broken}", params=fields).json()["status"]["processing_phase"]["status"] == "error"
        assert http.delete(f"/{video}").json() == {"success": True}
        assert f"{page}_{ready['post_id']}" not in stage.ledger("facebook")


def test_what_arrived_before_a_connection_broke_is_kept() -> None:
    with running() as stage, stage.http("facebook") as http:
        page = stage.account("facebook")
        address = httpx.URL(http.post(f"/{page}/video_reels", data={"upload_phase": "start"}).json()["upload_url"])
        head = (
            f"POST {address.path} HTTP/1.1\r\nHost: {address.host}\r\n"
            f"Authorization: {http.headers['authorization']}\r\n"
            f"offset: 0\r\nfile_size: {len(FILM)}\r\nContent-Length: {len(FILM)}\r\n\r\n"
        )
        with socket.create_connection((address.host, address.port or 80)) as wire:
            wire.sendall(head.encode() + FILM[:150_000])
        for _ in range(50):
            if http.get(address.path).json()["offset"] == 150_000:
                break
            time.sleep(0.1)
        told = {"file_size": str(len(FILM)), "offset": "150000"}
        assert http.post(address.path, content=FILM[150_000:], headers=told).json() == {"success": True}


def test_no_more_than_thirty_reels_in_a_day() -> None:
    with running() as stage, stage.http("facebook") as http:
        page = stage.account("facebook")

        def reel() -> httpx.Response:
            begun = http.post(f"/{page}/video_reels", data={"upload_phase": "START"})
            if begun.status_code != 200:
                return begun
            told = {"file_url": f"{stage.control}/sample.mp4"}
            http.post(httpx.URL(begun.json()["upload_url"]).path, headers=told).raise_for_status()
            done = {"upload_phase": "FINISH", "video_id": begun.json()["video_id"], "video_state": "PUBLISHED"}
            return http.post(f"/{page}/video_reels", data=done)

        assert [reel().status_code for _ in range(30)] == [200] * 30
        assert reel().json()["error"]["code"] == 613
        stage.advance("P1D")
        assert reel().status_code == 200


def test_what_happens_on_a_page_is_told_to_the_apps_address(calls: Calls) -> None:
    with running() as stage, stage.http("facebook") as http:
        page, app = stage.account("facebook"), stage.networks["facebook"]
        token = {"access_token": f"{app['client_id']}|{app['client_secret']}"}
        asked = {"object": "page", "callback_url": calls.url, "fields": "feed", "verify_token": "ours"}
        with stage.bare("facebook") as bare:
            nowhere = {**asked, **token, "callback_url": "http://127.0.0.1:9"}
            refused = bare.post(f"/{app['client_id']}/subscriptions", data=nowhere)
            assert refused.json()["error"]["code"] == 2200
            assert bare.post(f"/{app['client_id']}/subscriptions", data=asked | token).json() == {"success": True}
            assert bare.get(f"/{app['client_id']}/subscriptions", params=token).json()["data"][0]["object"] == "page"
        http.post(f"/{page}/feed", data={"message": "Nobody is told"})
        http.post(f"/{page}/subscribed_apps", data={"subscribed_fields": "feed"})
        post_id = http.post(f"/{page}/feed", data={"message": "Everybody is told ☕"}).json()["id"]
        body, headers = calls.get(timeout=10)
        expected = hmac.new(app["client_secret"].encode(), body, hashlib.sha256).hexdigest()
        assert headers["x-hub-signature-256"] == f"sha256={expected}"
        [change] = json.loads(body)["entry"][0]["changes"]
        assert (change["field"], change["value"]["post_id"], change["value"]["verb"]) == ("feed", post_id, "add")
        # Letters beyond ASCII are escaped: only the raw bytes can be checked.
        assert b"\\u2615" in body
