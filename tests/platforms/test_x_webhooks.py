"""X's calls to us: the challenge, the signature over raw bytes, the events, and the subscription that asks for them."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest

from platforms.errors import ReconnectNeeded, Rejected, Unavailable
from platforms.posting import Outgoing
from platforms.registration import App, Token
from platforms.x import PLATFORM, webhooks
from platforms.x.client import Client
from platforms.x.publish import delete, publish
from tests.conftest import until
from tests.platforms.conftest import Sandbox, Wire, connected

APP = App("client", "the secret of the app")
AT = datetime(2026, 11, 22, tzinfo=UTC)
# printf '%s' TEXT | openssl dgst -sha256 -hmac 'the secret of the app' -binary | base64
CHALLENGE, ANSWER = "a-challenge", "sha256=pwVpQVdgn2c1UDl5vu3NnRdk8wWaztaoyy0yJ0WUigo="
BODY, SIGNATURE = b'{"data":{"event_uuid":"1"}}', "sha256=SPDsI1lzgY/pveS8X13CO+F/kPJUOQ+dsLOiMgnEvgg="


def test_the_challenge_is_answered_with_the_apps_secret() -> None:
    answer = webhooks.reply(APP, {"crc_token": CHALLENGE})
    assert answer is not None
    assert answer.content_type == "application/json"
    assert json.loads(answer.body) == {"response_token": ANSWER}
    assert webhooks.reply(APP, {"hub.challenge": "of another network"}) is None


def test_only_what_the_app_signed_is_genuine() -> None:
    assert webhooks.genuine(APP, {"x-twitter-webhooks-signature": SIGNATURE}, BODY, AT)
    assert not webhooks.genuine(APP, {"x-twitter-webhooks-signature": SIGNATURE}, BODY + b" ", AT)
    assert not webhooks.genuine(APP, {"x-twitter-webhooks-signature": SIGNATURE.removeprefix("sha256=")}, BODY, AT)
    assert not webhooks.genuine(APP, {"x-twitter-webhooks-signature": "sha256=é"}, BODY, AT)
    assert not webhooks.genuine(APP, {}, BODY, AT)
    assert not webhooks.genuine(App("client", "another"), {"x-twitter-webhooks-signature": SIGNATURE}, BODY, AT)


def event(event_type: str, payload: object, **more: object) -> bytes:
    return json.dumps({"data": {"event_uuid": "u-1", "event_type": event_type, "payload": payload, **more}}).encode()


def test_an_event_names_its_account_post_and_moment() -> None:
    payload = {"id": "1850000000000000000", "text": "Hello", "created_at": "2026-11-20T08:00:00.000Z"}
    [told] = webhooks.events(event("post.create", payload, filter={"user_id": "2244"}))
    assert (told.id, told.kind, told.account_external_id) == ("u-1", "post.create", "2244")
    assert (told.subject_external_id, told.occurred_at) == (payload["id"], datetime(2026, 11, 20, 8, tzinfo=UTC))
    [told] = webhooks.events(event("post.mention.create", {"id": "1850000000000000000"}, filter={}))
    # The moment that the id holds: (1850000000000000000 >> 22) + 1288834974657 ms.
    assert told.occurred_at == datetime(2024, 10, 26, 2, 22, 25, 994000, tzinfo=UTC)
    assert told.account_external_id is None
    [told] = webhooks.events(event("post.delete", {"id": "5", "author_id": "2244"}))
    assert told.occurred_at is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"data": 1}', b'{"data": {"event_type": "x"}}', b"\xff"])
def test_what_x_does_not_document_is_no_event(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        webhooks.events(body)


class Address:
    """An address of ours, answering as the product would."""

    def __init__(self, app: App) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        address = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = webhooks.reply(app, dict(parse_qsl(urlsplit(self.path).query)))
                self._answer(found.body if found else b"")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                address.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/x"


@pytest.fixture
def address(sandbox: Sandbox) -> Iterator[Address]:
    found = Address(sandbox.app("x"))
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


async def test_a_subscription_tells_of_what_happens_once_it_is_asked_for(sandbox: Sandbox, address: Address) -> None:
    assert PLATFORM.subscribe is not None
    app = sandbox.app("x")
    async with connected(PLATFORM, app) as (x, connection):
        await PLATFORM.subscribe(x, address.url)
        # A second time changes nothing.
        await PLATFORM.subscribe(x, address.url)
        done = await publish(x, Outgoing(f"Told {uuid4()}"), None)
        until(lambda: len(address.told) == 1, what="the call about the new post")
        await delete(x, str(getattr(done, "external_id", "")))
        until(lambda: len(address.told) == 2, what="the call about the deleted post")
    assert all(webhooks.genuine(app, headers, body, x.now) for headers, body in address.told)
    told = [found for _, body in address.told for found in webhooks.events(body)]
    assert [found.kind for found in told] == ["post.create", "post.delete"]
    assert {found.account_external_id for found in told} == {connection.external_id}
    assert {found.subject_external_id for found in told} == {getattr(done, "external_id", "")}
    assert len({found.id for found in told}) == 2


async def test_an_address_that_does_not_answer_is_refused(sandbox: Sandbox, nobody: str) -> None:
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        with pytest.raises(Rejected):
            await webhooks.subscribe(x, nobody)


async def test_an_app_without_a_token_of_its_own_cannot_subscribe(wire: Wire) -> None:
    wire.answer({"token_type": "bearer"})
    async with httpx.AsyncClient() as http:
        with pytest.raises(Unavailable):
            await webhooks.subscribe(Client(wire.app, Token("access"), "2244", http), "https://a.test/x")


async def test_a_consent_is_ended_at_x(sandbox: Sandbox) -> None:
    assert PLATFORM.revoke is not None
    async with connected(PLATFORM, sandbox.app("x")) as (x, connection):
        async with httpx.AsyncClient() as http:
            await PLATFORM.revoke(x.app, http, connection.token)
            with pytest.raises(ReconnectNeeded):
                await PLATFORM.oauth.refresh(x.app, http, connection.token)
        with pytest.raises(ReconnectNeeded):
            await x.get("/2/users/me", {})
