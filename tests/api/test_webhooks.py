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
from tests.api.conftest import Caller, World, problem
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
    log = home / "webhooks.log"
    env = {
        f"NEST_PLATFORMS__{name.upper()}__{key}": value
        for name in LISTENING
        for key, value in (("CLIENT_ID", "our-app"), ("CLIENT_SECRET", SECRET))
    } | {"NEST_PUBLIC_URL": "https://nest.example/"}
    command = [sys.executable, "-m", "uvicorn", "api.main:app", "--port", str(port), "--log-level", "warning"]
    with (
        running(command, env=env, log=log),
        running([sys.executable, "-m", "commands.stack.jobs"], log=log),
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


def worked_off(rows: Rows, account_id: UUID) -> None:
    """What was told of the account has been heeded."""
    of_account = """
        select j.state from app.jobs j join app.inbound_events e on e.id::text = j.payload->>'event_id'
        join app.accounts a on a.platform = e.platform and a.external_id = e.account_external_id where a.id = %s
    """
    until(lambda: {state for (state,) in rows(of_account, account_id)} == {"done"}, what="the work")


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


def test_a_challenge_is_answered_in_the_networks_form(listening: httpx.Client) -> None:
    answer = listening.get("/webhooks/x", params={"crc_token": "a-token"})
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == {"response_token": f"sha256={base64.b64encode(_hmac(b'a-token')).decode()}"}


def test_a_permission_taken_back_marks_the_account_in_every_workspace_and_no_other(
    listening: httpx.Client, world: World, rows: Rows
) -> None:
    open_id = uuid4().hex
    gone, other = connected(world, "tiktok", open_id), connected(world, "tiktok", uuid4().hex)
    body = json.dumps(ended(open_id, "authorization.removed")).encode()
    assert listening.post("/webhooks/tiktok", content=body, headers=_tiktok(body)).status_code == 200
    worked_off(rows, gone)
    statuses = rows("select id, status from app.accounts where id = any(%s)", [gone, other])
    assert set(statuses) == {(gone, "reconnect_needed"), (other, "connected")}
    told = rows("select type from app.events where payload->>'account_id' = %s", str(gone))
    assert told == [("account.reconnect_needed",)]


def test_an_old_word_does_not_undo_a_newer_connection(listening: httpx.Client, world: World, rows: Rows) -> None:
    open_id, now = uuid4().hex, datetime.now(UTC)
    account = connected(world, "tiktok", open_id, at=now - timedelta(minutes=1))
    late = json.dumps(ended(open_id, "authorization.removed", at=now - timedelta(hours=2))).encode()
    assert listening.post("/webhooks/tiktok", content=late, headers=_tiktok(late)).status_code == 200
    worked_off(rows, account)
    assert rows("select status from app.accounts where id = %s", account) == [("connected",)]


def _webhook(listening: httpx.Client, caller: Caller, network: str) -> dict[str, Any] | None:
    """What is to be entered at a network, as a person of a workspace is told."""
    items = listening.get("/social/apps", headers=caller.http.headers).json()["items"]
    found: dict[str, Any] | None = next(one["webhook"] for one in items if one["platform"] == network)
    return found


@pytest.mark.parametrize("of_meta", ["facebook", "instagram"])
def test_who_sets_up_an_app_is_told_what_meta_asks_for(
    listening: httpx.Client, owner: Caller, member: Callable[[str], Caller], of_meta: str
) -> None:
    shown = _webhook(listening, owner, of_meta)
    assert shown is not None
    assert shown["callback_url"] == f"https://nest.example/webhooks/{of_meta}"
    asked = {"hub.mode": "subscribe", "hub.verify_token": shown["verify_token"], "hub.challenge": "1158201444"}
    assert listening.get(f"/webhooks/{of_meta}", params=asked).text == "1158201444"
    problem(listening.get(f"/webhooks/{of_meta}", params={**asked, "hub.verify_token": "a guess"}), 404)
    assert _webhook(listening, member("analyst"), of_meta) == {**shown, "verify_token": None}


def test_networks_without_a_verify_token_or_calls_say_so(listening: httpx.Client, owner: Caller) -> None:
    assert _webhook(listening, owner, "tiktok") == {
        "callback_url": "https://nest.example/webhooks/tiktok",
        "verify_token": None,
    }
    assert _webhook(listening, owner, "bluesky") is None


def test_a_workspaces_own_app_is_called_at_an_address_of_its_own(
    listening: httpx.Client, owner: Caller, rows: Rows
) -> None:
    own = {"client_id": f"agency:{uuid4().hex}", "client_secret": "the agency's secret"}
    assert listening.put("/social/apps/x", json=own, headers=owner.http.headers).status_code == 204
    shown = _webhook(listening, owner, "x")
    assert shown is not None
    path = shown["callback_url"].removeprefix("https://nest.example")
    proof = base64.b64encode(_hmac(b"a-token", own["client_secret"])).decode()
    assert listening.get(path, params={"crc_token": "a-token"}).json() == {"response_token": f"sha256={proof}"}
    account = uuid4().hex
    body = told("x", account, uuid4().hex)
    signed = {
        secret: {"x-twitter-webhooks-signature": f"sha256={base64.b64encode(_hmac(body, secret)).decode()}"}
        for secret in (SECRET, own["client_secret"])
    }
    problem(listening.post(path, content=body, headers=signed[SECRET]), 401)
    assert rows("select 1 from app.inbound_events where account_external_id = %s", account) == []
    assert listening.post(path, content=body, headers=signed[own["client_secret"]]).status_code == 200
    # The common address takes it too, and it counts once.
    assert listening.post("/webhooks/x", content=body, headers=signed[own["client_secret"]]).status_code == 200
    assert len(rows("select 1 from app.inbound_events where account_external_id = %s", account)) == 1
    problem(listening.get("/webhooks/x/nobody", params={"crc_token": "a-token"}), 404)


def test_a_workspace_whose_own_app_signs_ends_no_account_of_another(
    listening: httpx.Client, owner: Caller, stranger: Caller, world: World, rows: Rows
) -> None:
    own = {"client_id": uuid4().hex, "client_secret": "the stranger's secret"}
    assert listening.put("/social/apps/tiktok", json=own, headers=stranger.http.headers).status_code == 204
    external_id = uuid4().hex
    account = connected(world, "tiktok", external_id)
    body = json.dumps(ended(external_id, "authorization.removed")).encode()
    moment = str(int(datetime.now(UTC).timestamp()))
    signature = _hmac(f"{moment}.".encode() + body, own["client_secret"]).hex()
    forged = {"tiktok-signature": f"t={moment},s={signature}"}
    assert listening.post("/webhooks/tiktok", content=body, headers=forged).status_code == 200
    worked_off(rows, account)
    assert rows("select status from app.accounts where id = %s", account) == [("connected",)]
    # Nor does it use up the event for everybody else.
    assert listening.post("/webhooks/tiktok", content=body, headers=_tiktok(body)).status_code == 200
    worked_off(rows, account)
    assert rows("select status from app.accounts where id = %s", account) == [("reconnect_needed",)]


def test_more_things_in_one_call_than_any_network_tells_are_refused(listening: httpx.Client, rows: Rows) -> None:
    account = uuid4().hex
    for count, status in ((1001, 422), (1000, 200)):
        changes = [{"field": "feed", "value": {"post_id": f"{account} {place}"}} for place in range(count)]
        body = json.dumps({"object": "page", "entry": [{"id": account, "time": 1, "changes": changes}]}).encode()
        assert listening.post("/webhooks/facebook", content=body, headers=_meta(body)).status_code == status
    kept = rows("select count(*) from app.inbound_events where account_external_id = %s", account)
    assert kept == [(1000,)]


def test_an_account_says_whether_its_network_tells_of_it(listening: httpx.Client, owner: Caller, world: World) -> None:
    now = datetime.now(UTC).replace(microsecond=0)

    def status(account_id: UUID) -> tuple[str, str | None]:
        answer = listening.get(f"/social/accounts/{account_id}/usage", headers=owner.http.headers)
        telling = answer.raise_for_status().json()["telling"]
        return telling["status"], telling["problem"]

    accounts = {network: connected(world, network, uuid4().hex) for network in PLATFORMS}
    assert status(accounts["tiktok"]) == ("by_app", None)
    assert status(accounts["bluesky"])[0] == "not_offered"
    assert status(accounts["youtube"]) == ("waiting", None)
    for problem_, expected in ((None, "subscribed"), ("The hub does not answer.", "failed")):
        account_id = connected(world, "youtube", uuid4().hex)
        world.insert(
            "app.subscriptions",
            account_id=account_id,
            callback_url="https://nest.example/webhooks/youtube",
            tried_at=now,
            renew_at=now,
            subscribed_at=now,
            until=now + timedelta(days=10),
            problem=problem_,
        )
        assert status(account_id) == (expected, problem_)


def test_without_an_address_no_network_calls_and_the_account_says_so(owner: Caller, world: World) -> None:
    account_id = connected(world, "youtube", uuid4().hex)
    telling = owner.get(f"/social/accounts/{account_id}/usage").json()["telling"]
    assert telling["status"] == "no_address"
    assert "NEST_PUBLIC_URL" in telling["problem"]
    assert {one["webhook"]["callback_url"] for one in owner.get("/social/apps").json()["items"] if one["webhook"]} == {
        None
    }


def test_no_workspace_reads_what_networks_tell(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("set role nest_app")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select 1 from app.inbound_events")
