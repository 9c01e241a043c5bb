"""Instagram through a page: what Facebook Login adds, and what both logins share, over HTTP."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.conftest import until
from tests.sandbox.stage import Stage, running

ROOT = Path(__file__).parents[2]
FILM = (ROOT / "sandbox" / "media" / "sample.mp4").read_bytes()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def page(stage: Stage) -> Iterator[httpx.Client]:
    with stage.http("facebook") as client:
        yield client


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    with stage.http("instagram") as client:
        yield client


@pytest.fixture
def me(stage: Stage) -> str:
    return stage.account("instagram")


def refusal(answer: httpx.Response) -> tuple[int, int | None]:
    assert answer.status_code >= 400, answer.text
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


def finished(stage: Stage, http: httpx.Client, me: str, form: dict[str, Any]) -> str:
    """A container that is ready."""
    container: str = http.post(f"/{me}/media", data=form).raise_for_status().json()["id"]
    stage.advance("PT5S")
    assert http.get(f"/{container}", params={"fields": "status_code"}).json()["status_code"] == "FINISHED"
    return container


def sent(page: httpx.Client, uri: str, content: bytes, offset: int) -> httpx.Response:
    token = page.headers["authorization"].removeprefix("Bearer ")
    headers = {"Authorization": f"OAuth {token}", "offset": str(offset), "file_size": str(len(FILM))}
    return page.post(urlsplit(uri).path, content=content, headers=headers)


def arrived(page: httpx.Client, container: str) -> tuple[str, int]:
    phase = page.get(f"/{container}", params={"fields": "video_status"}).json()["video_status"]["uploading_phase"]
    return phase["status"], phase["bytes_transferred"]


def test_a_page_names_its_account(stage: Stage, page: httpx.Client, me: str) -> None:
    wanted = "instagram_business_account{id,username,followers_count}"
    found = page.get(f"/{stage.account('facebook')}", params={"fields": wanted}).json()["instagram_business_account"]
    assert found["id"] == me
    own = page.get(f"/{me}", params={"fields": "ig_id,username,followers_count,media.limit(2){id,caption}"}).json()
    assert (own["username"], own["id"]) == (found["username"], me)
    assert len(own["media"]["data"]) == 2
    assert refusal(page.get(f"/{me}", params={"fields": "user_id"}))[0] == 100
    assert refusal(page.get(f"/{stage.account('instagram', 1)}"))[0] == 100


def test_a_film_is_sent_from_where_it_broke(stage: Stage, page: httpx.Client, me: str) -> None:
    form = {"upload_type": "resumable", "media_type": "REELS", "caption": "Sent"}
    made = page.post(f"/v26.0/{me}/media", data=form).json()
    assert urlsplit(made["uri"]).path == f"/ig-api-upload/v26.0/{made['id']}"
    assert arrived(page, made["id"]) == ("not_started", 0)
    assert refusal(page.post(f"/{me}/media_publish", data={"creation_id": made["id"]})) == (9007, 2207027)
    cut = sent(page, made["uri"], FILM[:4000], 0)
    assert cut.json()["debug_info"]["retriable"] is True
    assert arrived(page, made["id"]) == ("in_progress", 4000)
    assert sent(page, made["uri"], FILM, 0).json()["debug_info"]["type"] == "OffsetInvalidError"
    assert sent(page, made["uri"], FILM[4000:], 4000).json() == {"success": True, "message": "Upload successful."}
    assert arrived(page, made["id"]) == ("complete", len(FILM))
    stage.advance("PT5S")
    media_id = page.post(f"/{me}/media_publish", data={"creation_id": made["id"]}).json()["id"]
    assert stage.ledger("instagram")[media_id]["kind"] == "reel"


def test_bytes_before_a_broken_connection_are_kept(stage: Stage, page: httpx.Client, me: str) -> None:
    made = page.post(f"/{me}/media", data={"upload_type": "resumable", "media_type": "STORIES"}).json()
    parts = urlsplit(stage.networks["facebook"]["base_url"])
    token = page.headers["authorization"].removeprefix("Bearer ")
    head = (
        f"POST {urlsplit(made['uri']).path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: OAuth {token}\r\n"
        f"offset: 0\r\nfile_size: {len(FILM)}\r\nContent-Length: {len(FILM)}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as broken:
        broken.sendall(head.encode() + FILM[:6000])
    for _ in range(100):
        status, count = arrived(page, made["id"])
        if count == 6000:
            break
    assert (status, count) == ("in_progress", 6000)
    assert sent(page, made["uri"], FILM[6000:], 6000).json()["success"] is True


def test_bytes_need_the_account_and_its_scheme(page: httpx.Client, http: httpx.Client, me: str) -> None:
    made = page.post(f"/{me}/media", data={"upload_type": "resumable", "media_type": "REELS"}).json()
    path = urlsplit(made["uri"]).path
    answer = page.post(path, content=FILM, headers={"offset": "0", "file_size": str(len(FILM))})
    assert answer.json()["debug_info"]["type"] == "NotAuthorizedError"
    refused = http.post(f"/{me}/media", data={"upload_type": "resumable", "media_type": "REELS"})
    assert refusal(refused)[0] == 100
    assert refusal(page.post(f"/{me}/media", data={"upload_type": "resumable"}))[0] == 100


def test_a_reel_of_the_wrong_length_fails_while_it_is_processed(stage: Stage, http: httpx.Client, me: str) -> None:
    film = {"media_type": "REELS", "video_url": f"{stage.control}/sample.mp4", "thumb_offset": "9000"}
    container = http.post(f"/{me}/media", data=film).json()["id"]
    stage.advance("PT5S")
    found = http.get(f"/{container}", params={"fields": "status_code,status"}).json()
    assert found["status_code"] == "ERROR"
    assert "2207026" in found["status"]
    assert refusal(http.post(f"/{me}/media_publish", data={"creation_id": container})) == (352, 2207026)


def test_what_a_container_says_beside_its_medium(stage: Stage, http: httpx.Client, me: str) -> None:
    picture, film = {"image_url": f"{stage.control}/sample.jpg"}, {"video_url": f"{stage.control}/sample.mp4"}
    reel = {**film, "media_type": "REELS"}
    tags = [{"username": f"friend{n}", "x": 0.5, "y": 0.5} for n in range(21)]
    refused = [
        ({**picture, "user_tags": json.dumps(tags)}, (100, 2207040)),
        ({**picture, "user_tags": json.dumps([{"username": "friend"}])}, (100, None)),
        ({**picture, "alt_text": "x" * 1001}, (100, None)),
        ({**reel, "alt_text": "a film"}, (100, None)),
        ({**picture, "share_to_feed": "true"}, (100, None)),
        ({**picture, "collaborators": "a,b,c,d"}, (100, None)),
        ({**reel, "thumb_offset": "early"}, (100, 2207057)),
        ({**reel, "cover_url": f"{stage.control}/nothing.jpg"}, (9004, 2207052)),
        ({**reel, "cover_url": film["video_url"]}, (36001, 2207005)),
        ({**reel, "trial_params": json.dumps({"graduation_strategy": "NEVER"})}, (100, None)),
        ({**reel, "location_id": "1"}, (100, None)),
        ({**picture, "caption": " ".join(["#a"] * 31)}, (36004, 2207010)),
        ({**reel, "is_carousel_item": "true"}, (100, None)),
    ]
    for form, expected in refused:
        assert refusal(http.post(f"/{me}/media", data=form)) == expected, form
    form = {
        **reel,
        "caption": "A trial",
        "share_to_feed": "false",
        "collaborators": json.dumps(["friend"]),
        "trial_params": json.dumps({"graduation_strategy": "MANUAL"}),
        "cover_url": picture["image_url"],
        "thumb_offset": "1500",
        "audio_name": "Rain",
    }
    made = http.post(f"/{me}/media_publish", data={"creation_id": finished(stage, http, me, form)}).json()["id"]
    assert http.get(f"/{made}", params={"fields": "is_shared_to_feed"}).json()["is_shared_to_feed"] is False


def test_a_carousel_of_pictures_and_films(stage: Stage, page: httpx.Client, me: str) -> None:
    items = [
        finished(stage, page, me, {"is_carousel_item": "true", "image_url": f"{stage.control}/pictures/1.jpg"}),
        finished(
            stage,
            page,
            me,
            {"is_carousel_item": "true", "media_type": "VIDEO", "video_url": f"{stage.control}/sample.mp4"},
        ),
    ]
    assert refusal(page.post(f"/{me}/media_publish", data={"creation_id": items[0]}))[0] == 100
    album = finished(stage, page, me, {"media_type": "CAROUSEL", "children": json.dumps(items)})
    media_id = page.post(f"/{me}/media_publish", data={"creation_id": album}).json()["id"]
    found = page.get(f"/{media_id}", params={"fields": "media_type,children{media_type}"}).json()
    assert found["media_type"] == "CAROUSEL_ALBUM"
    assert [one["media_type"] for one in found["children"]["data"]] == ["IMAGE", "VIDEO"]


def test_comments_are_switched_off_and_on(stage: Stage, http: httpx.Client, me: str) -> None:
    media_id = http.get(f"/{me}/media").json()["data"][5]["id"]
    for enabled in ("false", "true"):
        assert http.post(f"/{media_id}", data={"comment_enabled": enabled}).json() == {"success": True}
        shown = http.get(f"/{media_id}", params={"fields": "is_comment_enabled"}).json()
        assert shown["is_comment_enabled"] is (enabled == "true")
        answer = http.post(f"/{media_id}/comments", data={"message": "Hello"})
        assert answer.is_success is (enabled == "true")
    assert refusal(http.post(f"/{media_id}/comments", data={"message": "x" * 301}))[0] == 100


def test_a_story_tells_figures_for_a_day_and_only_with_viewers(stage: Stage, http: httpx.Client, me: str) -> None:
    form = {"media_type": "STORIES", "image_url": f"{stage.control}/pictures/2.jpg", "caption": "never shown"}
    container = finished(stage, http, me, form)
    story = http.post(f"/{me}/media_publish", data={"creation_id": container}).json()["id"]
    asked = {"metric": "views,reach,replies,shares,follows,profile_visits,navigation"}
    assert refusal(http.get(f"/{story}/insights", params=asked))[0] == 10
    assert "caption" not in http.get(f"/{story}", params={"fields": "caption"}).json()
    stage.advance("PT3H")
    assert len(http.get(f"/{story}/insights", params=asked).json()["data"]) == 7
    split = {"metric": "navigation", "breakdown": "story_navigation_action_type"}
    (found,) = http.get(f"/{story}/insights", params=split).json()["data"]
    (parts,) = found["total_value"]["breakdowns"]
    assert sum(one["value"] for one in parts["results"]) == found["total_value"]["value"]
    assert refusal(http.get(f"/{story}/insights", params={**asked, "breakdown": "age"}))[0] == 100
    stage.advance("P1D")
    assert http.get(f"/{story}/insights", params=asked).json()["data"] == []
    assert story not in {one["id"] for one in http.get(f"/{me}/stories").json()["data"]}


def test_events_are_subscribed_to_on_the_account(http: httpx.Client, me: str) -> None:
    edge = f"/{me}/subscribed_apps"
    for fields in ("comments,mentions", "story_insights"):
        assert http.post(edge, data={"subscribed_fields": fields}).json() == {"success": True}
        (app,) = http.get(edge).json()["data"]
        assert app["subscribed_fields"] == fields.split(",")
    assert refusal(http.post(edge, data={"subscribed_fields": "feed"}))[0] == 100
    assert http.delete(edge).json() == {"success": True}
    assert http.get(edge).json() == {"data": []}


def test_fields_hold_edges_and_several_nodes_come_at_once(http: httpx.Client, me: str) -> None:
    fields = "id,insights.metric(views,reach){name,values},comments.limit(2){text,replies{text}}"
    found = http.get(f"/{me}/media", params={"fields": fields, "limit": 3}).json()["data"]
    assert [len(one["insights"]["data"]) for one in found] == [2, 2, 2]
    ids = ",".join(one["id"] for one in found)
    assert set(http.get("/v26.0", params={"ids": ids, "fields": "id,caption"}).json()) == set(ids.split(","))


def test_a_permission_that_was_not_given_is_named(stage: Stage, me: str) -> None:
    with stage.http("facebook", 1) as other:
        assert refusal(other.get(f"/{me}/media")) == (200, None)
        assert refusal(other.post(f"/{me}/media", data={"image_url": f"{stage.control}/sample.jpg"})) == (200, None)


def test_a_day_takes_400_containers() -> None:
    with running(seed=3) as stage, stage.http("facebook") as http:
        edge = f"/{stage.account('instagram')}/media"
        form = {"upload_type": "resumable", "media_type": "REELS"}
        for _ in range(400):
            assert http.post(edge, data=form).is_success
        assert refusal(http.post(edge, data=form)) == (9, 2207042)
        stage.advance(f"PT{timedelta(days=1) // timedelta(hours=1)}H")
        assert http.post(edge, data=form).is_success


class _Told:
    """An address that answers Meta's challenge and keeps what it is told."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []
        told = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = dict(parse_qsl(urlsplit(self.path).query))
                self._say(query["hub.challenge"].encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                told.bodies.append((self.headers["x-hub-signature-256"], body))
                self._say(b"")

            def _say(self, body: bytes) -> None:
                self.send_response_only(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def told() -> Iterator[_Told]:
    found = _Told()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@pytest.mark.parametrize("login", ["instagram", "facebook"])
def test_comments_are_told_in_the_shape_of_each_login(stage: Stage, me: str, told: _Told, login: str) -> None:
    app = stage.networks["facebook"]
    by_app = {"access_token": f"{app['client_id']}|{app['client_secret']}"}
    asked = {"object": "instagram", "callback_url": told.url, "fields": "comments", "verify_token": "any"}
    with stage.bare("facebook") as http:
        edge = f"/{app['client_id']}/subscriptions"
        assert http.post(edge, data={**asked, **by_app}).json() == {"success": True}
    with stage.http(login) as http:
        http.post(f"/{me}/subscribed_apps", data={"subscribed_fields": "comments"}).raise_for_status()
        media_id = http.get(f"/{me}/media").json()["data"][2]["id"]
        comment = http.post(f"/{media_id}/comments", data={"message": "Told"}).json()["id"]
        until(lambda: bool(told.bodies), what="the call")
        http.delete(f"/{me}/subscribed_apps")
    signature, body = told.bodies[0]
    secret = stage.networks[login]["client_secret"]
    assert signature == "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    (entry,) = json.loads(body)["entry"]
    change = entry["changes"][0] if login == "facebook" else entry
    assert (entry["id"], change["field"], change["value"]["id"]) == (me, "comments", comment)
    assert change["value"]["media"]["id"] == media_id
    with stage.bare("facebook") as http:
        http.delete(edge, params={"object": "instagram", **by_app}).raise_for_status()
