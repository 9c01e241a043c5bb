"""Networks call in: signed in their own ways, repeated, late, and not always by the network."""

import base64
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from platforms import PLATFORMS
from tests.api.conftest import World, problem
from tests.conftest import free_port, running, until

SECRET = "our-webhook-secret"
LISTENING = [sheet.name for sheet in PLATFORMS.values() if sheet.webhooks]


def _hmac(content: bytes, secret: str = SECRET) -> bytes:
    return hmac.new(secret.encode(), content, hashlib.sha256).digest()


def _meta(body: bytes) -> dict[str, str]:
    return {"X-Hub-Signature-256": f"sha256={_hmac(body).hex()}"}


def _tiktok(body: bytes) -> dict[str, str]:
    moment = str(int(time.time()))
    return {"TikTok-Signature": f"t={moment},s={_hmac(moment.encode() + b'.' + body).hex()}"}


def _youtube(body: bytes) -> dict[str, str]:
    secret = _hmac(b"websub").hex()
    return {"X-Hub-Signature": f"sha1={hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}"}


SIGNED: dict[str, Callable[[bytes], dict[str, str]]] = {
    "instagram": _meta,
    "facebook": _meta,
    "linkedin": lambda body: {"X-LI-Signature": _hmac(b"hmacsha256=" + body).hex()},
    "youtube": _youtube,
    "tiktok": _tiktok,
    "x": lambda body: {"x-twitter-webhooks-signature": f"sha256={base64.b64encode(_hmac(body)).decode()}"},
}
FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015"><entry>
<yt:videoId>{id}</yt:videoId><yt:channelId>{account}</yt:channelId><title>New</title>
<updated>2026-11-22T10:00:00+00:00</updated></entry></feed>"""


def told(network: str, account: str, subject: str) -> bytes:
    """Something that happened to an account, in the network's words."""
    now = int(time.time())
    change = {"field": "feed", "value": {"post_id": subject}}
    bodies: dict[str, Any] = {
        "facebook": {"object": "page", "entry": [{"id": account, "time": now, "changes": [change]}]},
        "instagram": {"object": "instagram", "entry": [{"id": account, "time": now, "changes": [change]}]},
        "linkedin": {
            "notifications": [
                {"notificationId": subject, "action": "LIKE", "organizationalEntity": account, "sourcePost": subject}
            ]
        },
        "tiktok": ended(account, "post.publish.complete", subject),
        "x": {
            "data": {
                "event_uuid": subject,
                "event_type": "post.delete",
                "filter": {"user_id": account},
                "payload": {"id": subject},
            }
        },
    }
    if network == "youtube":
        return FEED.format(id=subject, account=account).encode()
    return json.dumps(bodies[network]).encode()


def ended(account: str, event: str, subject: str = "1", at: datetime | None = None) -> dict[str, Any]:
    """What TikTok says of a creator."""
    return {
        "client_key": "our-app",
        "event": event,
        "create_time": int((at or datetime.now(UTC)).timestamp()),
        "user_openid": account,
        "content": json.dumps({"publish_id": subject}),
    }


@pytest.fixture(scope="module")
def listening(marts: str, home: Path) -> Iterator[httpx.Client]:
    """An API that is registered at every network."""
    port = free_port()
    env = {
        f"NEST_PLATFORMS__{name.upper()}__{key}": value
        for name in LISTENING
        for key, value in (("CLIENT_ID", "our-app"), ("CLIENT_SECRET", SECRET))
    }
    command = [sys.executable, "-m", "uvicorn", "api.main:app", "--port", str(port), "--log-level", "warning"]
    with (
        running(command, env=env, log=home / "webhooks.log"),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as http,
    ):
        until(lambda: _answers(http), what="the API")
        yield http


def _answers(http: httpx.Client) -> bool:
    try:
        return http.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def rows(database: str) -> Callable[..., list[tuple[Any, ...]]]:
    def query(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(database) as connection:
            connection.execute("set role nest_system")
            return connection.execute(statement.encode(), values).fetchall()

    return query


Rows = Callable[..., list[tuple[Any, ...]]]


def connected(world: World, network: str, external_id: str, at: datetime | None = None) -> UUID:
    account_id = uuid4()
    world.insert(
        "app.accounts",
        id=account_id,
        platform=network,
        external_id=external_id,
        name="Brand",
        source="api",
        status="connected",
        connected_at=at or datetime.now(UTC) - timedelta(days=1),
    )
    return account_id


@pytest.mark.parametrize("network", LISTENING)
def test_a_signed_call_is_kept_once_however_often_it_comes(listening: httpx.Client, rows: Rows, network: str) -> None:
    account = uuid4().hex
    body = told(network, account, uuid4().hex[:11])
    for _ in range(3):
        answer = listening.post(f"/webhooks/{network}", content=body, headers=SIGNED[network](body))
        assert answer.status_code == 200, answer.text
    kept = rows("select platform, body <> '{}' from app.inbound_events where account_external_id = %s", account)
    assert kept == [(network, True)]


@pytest.mark.parametrize("network", LISTENING)
def test_a_forged_call_leaves_nothing(listening: httpx.Client, rows: Rows, network: str) -> None:
    account = uuid4().hex
    body = told(network, account, uuid4().hex[:11])
    signed = SIGNED[network](body)
    for headers, content in (({}, body), (signed, body + b" "), ({name: "sha256=é" for name in signed}, body)):
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        status = listening.post(f"/webhooks/{network}", content=content, headers=raw).status_code
        assert status == (202 if network == "youtube" else 401)
    assert rows("select 1 from app.inbound_events where account_external_id = %s", account) == []


def test_what_is_signed_but_documented_nowhere_is_refused(listening: httpx.Client) -> None:
    for network in LISTENING:
        body = b'{"surprise": true}'
        problem(listening.post(f"/webhooks/{network}", content=body, headers=SIGNED[network](body)), 422)


def test_only_networks_that_call_have_an_address(listening: httpx.Client) -> None:
    problem(listening.get("/webhooks/nowhere"), 404)
    problem(listening.post("/webhooks/nowhere", content=b"{}"), 404)
    for network in LISTENING:
        problem(listening.get(f"/webhooks/{network}", params={"what": "is this"}), 404)


def test_a_body_beyond_all_measure_is_refused(listening: httpx.Client) -> None:
    problem(listening.post("/webhooks/x", content=b"x" * 1_000_001), 413)


@pytest.mark.skipif("x" not in LISTENING, reason="X does not call")
def test_a_challenge_is_answered_in_the_networks_form(listening: httpx.Client) -> None:
    answer = listening.get("/webhooks/x", params={"crc_token": "a-token"})
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == {"response_token": f"sha256={base64.b64encode(_hmac(b'a-token')).decode()}"}


@pytest.mark.skipif("tiktok" not in LISTENING, reason="TikTok does not call")
def test_a_permission_taken_back_marks_the_account_in_every_workspace_and_no_other(
    listening: httpx.Client, world: World, rows: Rows
) -> None:
    open_id = uuid4().hex
    gone, other = connected(world, "tiktok", open_id), connected(world, "tiktok", uuid4().hex)
    body = json.dumps(ended(open_id, "authorization.removed")).encode()
    assert listening.post("/webhooks/tiktok", content=body, headers=_tiktok(body)).status_code == 200
    statuses = rows("select id, status from app.accounts where id = any(%s)", [gone, other])
    assert set(statuses) == {(gone, "reconnect_needed"), (other, "connected")}
    told = rows("select type from app.events where payload->>'account_id' = %s", str(gone))
    assert told == [("account.reconnect_needed",)]


@pytest.mark.skipif("tiktok" not in LISTENING, reason="TikTok does not call")
def test_an_old_word_does_not_undo_a_newer_connection(listening: httpx.Client, world: World, rows: Rows) -> None:
    open_id, now = uuid4().hex, datetime.now(UTC)
    account = connected(world, "tiktok", open_id, at=now - timedelta(minutes=1))
    late = json.dumps(ended(open_id, "authorization.removed", at=now - timedelta(hours=2))).encode()
    assert listening.post("/webhooks/tiktok", content=late, headers=_tiktok(late)).status_code == 200
    assert rows("select status from app.accounts where id = %s", account) == [("connected",)]


def test_no_workspace_reads_what_networks_tell(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("set role nest_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select 1 from app.inbound_events")
