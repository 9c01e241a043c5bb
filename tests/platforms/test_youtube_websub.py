"""WebSub of YouTube: vectors made by hand, and a hub that calls."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from platforms.inbound import Reply
from platforms.posting import MediaFile, Outgoing, Pending
from platforms.registration import App
from platforms.youtube import PLATFORM, webhooks
from tests.platforms.conftest import Sandbox, Wire, connected

APP = App("client-id", "client-secret")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
TOPIC = "https://www.youtube.com/feeds/videos.xml?channel_id=UC1"
FEED = b"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:at="http://purl.org/atompub/tombstones/1.0"
      xmlns="http://www.w3.org/2005/Atom">
 <link rel="self" href="https://www.youtube.com/xml/feeds/videos.xml?channel_id=UC1"/>
 <entry><id>yt:video:abcdefghijk</id><yt:videoId>abcdefghijk</yt:videoId><yt:channelId>UC1</yt:channelId>
  <title>Cups &amp; beans</title><published>2026-11-20T10:00:00+00:00</published>
  <updated>2026-11-20T12:00:00.552394234+02:00</updated></entry>
 <at:deleted-entry ref="yt:video:lmnopqrstuv" when="2026-11-21T01:02:03+00:00">
  <at:by><name>N</name><uri>https://www.youtube.com/channel/UC1</uri></at:by></at:deleted-entry>
</feed>"""


def test_the_hub_s_question_about_a_feed_is_answered_and_no_other() -> None:
    asked = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c-1", "hub.lease_seconds": "864000"}
    assert webhooks.reply(APP, asked) == Reply(b"c-1")
    for changed in (
        {"hub.mode": "unsubscribe"},
        {"hub.topic": "https://evil.test/feeds/videos.xml?channel_id=UC1"},
        {"hub.topic": "https://www.youtube.com/feeds/videos.xml"},
        {"hub.challenge": ""},
    ):
        assert webhooks.reply(APP, {**asked, **changed}) is None


def test_only_the_derived_secret_signs() -> None:
    # Both made with openssl: the secret from "websub" under "client-secret", the signature under the secret.
    body, signature = b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "d7e342bb340530efd01979e1890835c472b6f419"
    assert webhooks.secret(APP) == "26d921e05d9fcdd8b31672ff65d0b2417e7587b3987b3585d2a7177f964c5413"
    signed = f"sha1={signature}"
    assert webhooks.genuine(APP, {"x-hub-signature": signed}, body, NOW)
    assert not webhooks.genuine(APP, {"x-hub-signature": signed}, body + b" ", NOW)
    assert not webhooks.genuine(APP, {"x-hub-signature": signed.upper()}, body, NOW)
    assert not webhooks.genuine(APP, {}, body, NOW)
    assert not webhooks.genuine(App("client-id", "other"), {"x-hub-signature": signed}, body, NOW)


def test_a_feed_tells_of_new_and_deleted_videos() -> None:
    new, gone = webhooks.events(FEED)
    assert (new.kind, new.account_external_id, new.subject_external_id) == ("video", "UC1", "abcdefghijk")
    assert new.occurred_at == datetime(2026, 11, 20, 10, 0, 0, 552394, tzinfo=UTC)
    assert new.body["title"] == "Cups & beans"
    assert (gone.kind, gone.account_external_id, gone.subject_external_id) == ("video.deleted", "UC1", "lmnopqrstuv")
    assert gone.occurred_at == datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC)
    assert [event.id for event in webhooks.events(FEED)] == [new.id, gone.id]
    assert new.id != gone.id


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<html/>",
        b'<!DOCTYPE feed [<!ENTITY a "b">]><feed xmlns="http://www.w3.org/2005/Atom"/>',
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>',
        FEED.replace(b"2026-11-21T01:02:03+00:00", b"yesterday"),
    ],
)
def test_what_is_no_feed_of_youtube_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"XML|Atom|entit|names no video|isoformat"):
        webhooks.events(body)


def eventually(wire: Wire, count: int) -> None:
    for _ in range(100):
        if len(wire.asked) >= count:
            return
        time.sleep(0.05)
    raise AssertionError(wire.asked)


async def test_a_subscribed_address_hears_of_a_video_and_of_its_end(
    sandbox: Sandbox, wire: Wire, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"not really a film")
    media = MediaFile("video/mp4", film, "http://127.0.0.1:9/film.mp4")
    app = sandbox.app("youtube")
    assert PLATFORM.subscribe is not None
    assert PLATFORM.publish is not None
    assert PLATFORM.delete is not None
    async with connected(PLATFORM, app) as (channel, connection):
        # The challenge is made up by the hub, so this wire cannot know it beforehand: a first one stays unanswered.
        wire.answer(b"no challenge")
        await PLATFORM.subscribe(channel, f"{wire.base_url}/hook?of=youtube")
        eventually(wire, 1)
        asked = wire.asked[0].query
        assert (asked["of"], asked["hub.lease_seconds"]) == ("youtube", "864000")
        assert webhooks.reply(app, asked) == Reply(asked["hub.challenge"].encode())
        assert connection.external_id in asked["hub.topic"]
        with echoing() as (address, heard):
            await PLATFORM.subscribe(channel, address)
            heard.wait(1)
            step = await PLATFORM.publish(channel, Outgoing("Hear me", media=(media,)), None)
            assert isinstance(step, Pending)
            done = await PLATFORM.publish(channel, Outgoing("Hear me", media=(media,)), step.state)
            assert isinstance(done, Pending)
            await PLATFORM.delete(channel, done.state["video"])
            heard.wait(3)
        kinds = set()
        for headers, body in heard.notices:
            assert webhooks.genuine(app, headers, body, NOW)
            [event] = webhooks.events(body)
            assert (event.subject_external_id, event.account_external_id) == (
                done.state["video"],
                connection.external_id,
            )
            kinds.add(event.kind)
        assert kinds == {"video", "video.deleted"}
    assert len(wire.asked) == 1


class Heard:
    """What a subscriber was told."""

    def __init__(self) -> None:
        self.calls = 0
        self.notices: list[tuple[dict[str, str], bytes]] = []

    def wait(self, calls: int) -> None:
        for _ in range(100):
            if self.calls >= calls:
                return
            time.sleep(0.05)
        raise AssertionError(self.notices)


@contextmanager
def echoing() -> Iterator[tuple[str, Heard]]:
    """A subscriber that answers as it must: the challenge to a question, 204 to a notice."""
    heard = Heard()

    class Subscriber(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            challenge = parse_qs(urlsplit(self.path).query)["hub.challenge"][0].encode()
            self._answer(200, challenge)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.notices.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self._answer(204, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response_only(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            heard.calls += 1

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Subscriber)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", heard
    server.shutdown()
    thread.join()
    server.server_close()
