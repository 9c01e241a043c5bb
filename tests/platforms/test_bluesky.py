"""Bluesky: consent with bound tokens, reading, and publishing that can be repeated, against the sandbox."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from platforms.bluesky import PLATFORM
from platforms.bluesky.keys import fixed, fresh
from platforms.bluesky.text import facets, text_length
from platforms.calls import Pace
from platforms.errors import PlatformError, RateLimited, ReconnectNeeded, Rejected
from platforms.platform import PostRef, Window
from platforms.posting import MediaFile, Outgoing, Pending, Published
from tests.platforms.conftest import Sandbox, connected, extract, fetch, resource

NETWORK = "bluesky"


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[Any]:
    async with connected(PLATFORM, sandbox.app(NETWORK)) as (found, _):
        yield found


def fault(sandbox: Sandbox, operation: str, kind: str, **more: Any) -> None:
    body = {"network": NETWORK, "operation": operation, "kind": kind, **more}
    httpx.post(f"{sandbox.control}/faults", json=body).raise_for_status()


async def step(client: Any, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    assert PLATFORM.publish is not None
    return await PLATFORM.publish(client, post, state)


async def until_live(client: Any, post: Outgoing, state: dict[str, Any] | None = None) -> tuple[Published, int]:
    """Publish step by step; what came of it, and in how many steps."""
    for steps in range(1, 20):
        found = await step(client, post, state)
        if isinstance(found, Published):
            return found, steps
        assert found.handle
        await asyncio.sleep(found.check_after.total_seconds())
        state = found.state
    raise AssertionError("never live")


async def test_a_consent_gives_a_bound_token_that_renews_itself_and_ends(sandbox: Sandbox) -> None:
    app = sandbox.app(NETWORK)
    async with connected(PLATFORM, app) as (_client, connection), httpx.AsyncClient() as http:
        assert connection.external_id.startswith("did:plc:")
        assert connection.token.scopes == ("atproto", "transition:generic")
        renewed = await PLATFORM.oauth.refresh(app, http, connection.token)
        assert renewed.refresh != connection.token.refresh
        with pytest.raises(ReconnectNeeded):
            await PLATFORM.oauth.refresh(app, http, connection.token)
        again = PLATFORM.client(app, renewed, connection.external_id, http)
        assert PLATFORM.revoke is not None
        await PLATFORM.revoke(app, http, renewed)
        with pytest.raises(ReconnectNeeded):
            await fetch(resource(PLATFORM, "accounts"), again, Window(datetime.now(UTC), datetime.now(UTC)), [])


async def test_a_token_is_worth_nothing_without_its_key(sandbox: Sandbox) -> None:
    app = sandbox.app(NETWORK)
    async with connected(PLATFORM, app) as (_, connection), httpx.AsyncClient() as http:
        stolen = PLATFORM.client(app, type(connection.token)(connection.token.access.split()[0]), "", http)
        stolen.account = connection.external_id
        with pytest.raises(ReconnectNeeded):
            await stolen.query("app.bsky.actor.getProfile", {"actor": connection.external_id})


async def test_posts_and_their_counters_are_those_of_the_ledger(client: Any, sandbox: Sandbox) -> None:
    ledger = {post["external_id"]: post for post in sandbox.ledger(NETWORK)["posts"]}
    window = Window(datetime.now(UTC) - timedelta(days=20), datetime.now(UTC))
    listed = resource(PLATFORM, "posts")
    rows = extract(listed.contract, *await fetch(listed, client, window, []))
    assert len(rows) > 10
    assert {row["kind"] for row in rows} <= {"text", "link", "image", "carousel", "video"}
    for row in rows:
        assert (ledger[row["external_id"]]["text"], ledger[row["external_id"]]["kind"]) == (row["text"], row["kind"])
    refs = [PostRef(row["external_id"], row["kind"], row["published_at"]) for row in rows]
    counted = resource(PLATFORM, "post_metrics")
    figures = extract(counted.contract, *await fetch(counted, client, window, refs))
    truth = {post["external_id"]: post["counters"] for post in sandbox.ledger(NETWORK)["posts"]}
    assert len(figures) == len(refs)
    for row in figures:
        for name in ("likes", "comments", "reposts", "quotes", "saves"):
            assert row[name] <= truth[row["external_id"]][name] <= row[name] + 3


async def test_comments_profiles_and_the_account_itself_are_read(client: Any) -> None:
    window = Window(datetime.now(UTC) - timedelta(days=30), datetime.now(UTC))
    for name in ("accounts", "comments", "mentions"):
        found = resource(PLATFORM, name)
        rows = extract(found.contract, *await fetch(found, client, window, []))
        assert rows or name == "mentions"
    assert PLATFORM.lookup is not None
    pages = [page async for page in PLATFORM.lookup.fetch(client, [client.account, "did:plc:nobody"])]
    (only,) = extract(PLATFORM.lookup.contract, *pages)
    assert only["followers"] > 0


@pytest.mark.parametrize("kind", ["text", "link", "image", "carousel", "video", "thread"])
async def test_every_kind_goes_out_once_and_comes_back(
    client: Any, sandbox: Sandbox, photo: MediaFile, clip: MediaFile, kind: str
) -> None:
    words = f"Fresh beans ☕ #coffee https://example.com/{uuid4()}"
    post = {
        "text": Outgoing(words),
        "link": Outgoing(words, link="https://example.com/shop", format="link"),
        "image": Outgoing(words, media=(photo,)),
        "carousel": Outgoing(words, media=(photo, photo)),
        "video": Outgoing(words, media=(clip,)),
        "thread": Outgoing(words, parts=(Outgoing("Second"), Outgoing("Third", media=(photo,)))),
    }[kind]
    since = datetime.now(UTC)
    published, _ = await until_live(client, post)
    assert published.external_id is not None
    live = {one["external_id"]: one for one in sandbox.ledger(NETWORK)["posts"]}
    assert live[published.external_id]["kind"] == {"thread": "text"}.get(kind, kind)
    assert len(published.parts) == len(post.parts)
    assert set(published.parts) <= set(live)
    assert PLATFORM.find is not None
    found = await PLATFORM.find(client, post, since)
    assert found is not None
    assert found.external_id == published.external_id


@pytest.mark.parametrize("kind", ["drop_after_write", "reset_before_write", "http_500_after_write"])
async def test_whatever_breaks_the_same_post_is_never_live_twice(client: Any, sandbox: Sandbox, kind: str) -> None:
    post = Outgoing(f"Once {uuid4()}", parts=(Outgoing("and once more"),))
    pending = await step(client, post, None)
    assert isinstance(pending, Pending)
    for after in (0, 1):
        fault(sandbox, "com.atproto.repo.putRecord", kind, after=after)
        with pytest.raises(PlatformError):
            await step(client, post, pending.state)
    published, steps = await until_live(client, post, pending.state)
    assert steps == 1
    words = [one["text"] for one in sandbox.ledger(NETWORK)["posts"]]
    assert words.count(post.text) == 1
    again, _ = await until_live(client, post, pending.state)
    assert again == published


async def test_a_comment_is_written_once_and_a_post_taken_down_once(client: Any, sandbox: Sandbox) -> None:
    published, _ = await until_live(client, Outgoing(f"To be answered {uuid4()}"))
    assert PLATFORM.comment is not None
    assert PLATFORM.delete is not None
    assert published.external_id is not None
    words = f"First! {uuid4()}"
    ids = {await PLATFORM.comment(client, published.external_id, words) for _ in range(2)}
    assert len(ids) == 1
    for _ in range(2):
        await PLATFORM.delete(client, published.external_id)
    live = {one["external_id"] for one in sandbox.ledger(NETWORK)["posts"]}
    assert published.external_id not in live
    assert ids <= live
    with pytest.raises(Rejected):
        await PLATFORM.comment(client, published.external_id, "too late")


@pytest.mark.parametrize("jwk", [{}, {"kty": "RSA"}, {"kty": "EC", "crv": "P-256", "x": "1", "y": "2"}])
async def test_a_broken_proof_is_refused_in_words(sandbox: Sandbox, jwk: dict[str, str]) -> None:
    broken = jwt.encode({"jti": "1"}, "a secret of thirty-two bytes or more", "HS256", {"typ": "dpop+jwt", "jwk": jwk})
    async with connected(PLATFORM, sandbox.app(NETWORK)) as (client, connection):
        headers = {"Authorization": f"DPoP {connection.token.access.split()[0]}", "DPoP": broken}
        url = f"{sandbox.app(NETWORK).base_url}/xrpc/app.bsky.actor.getProfile"
        async with httpx.AsyncClient() as http:
            answer = await http.get(url, params={"actor": client.account}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_dpop_proof")


async def test_a_limit_says_how_long_to_wait(client: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    # The gate is the process's own: the tests after this one shall not wait.
    monkeypatch.setattr("platforms.bluesky.client._PACE", Pace())
    fault(sandbox, "app.bsky.actor.getProfile", "rate_limited")
    with pytest.raises(RateLimited) as limited:
        await client.query("app.bsky.actor.getProfile", {"actor": client.account})
    assert timedelta(0) < limited.value.retry_after <= timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "graphemes"),
    [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("👍🏽", 1), ("👩‍👩‍👧", 1), ("🇳🇴🇸🇪", 2), ("한국", 2), ("☕️!", 2)],
)
def test_texts_are_counted_as_people_see_them(text: str, graphemes: int) -> None:
    assert text_length(text) == graphemes


async def test_marks_cover_bytes_and_leave_unknown_people_alone() -> None:
    async def did_of(handle: str) -> str | None:
        return "did:plc:a" if handle == "ada.bsky.social" else None

    text = "☕ @ada.bsky.social and @no.body #kaffe https://a.test/#x."
    found = [(mark["index"], mark["features"][0]) for mark in await facets(text, did_of)]
    covered = [text.encode()[index["byteStart"] : index["byteEnd"]].decode() for index, _ in found]
    assert covered == ["@ada.bsky.social", "#kaffe", "https://a.test/#x"]


def test_keys_sort_by_time_and_fixed_ones_stay() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    keys = [fresh(at + timedelta(seconds=n)) for n in range(5)]
    assert keys == sorted(keys)
    assert all(len(key) == 13 for key in keys)
    assert fixed(at, "a") == fixed(at, "a") != fixed(at, "b")


@pytest.fixture(scope="session")
def clip(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> MediaFile:
    path: Path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    path.write_bytes(httpx.get(f"{sandbox.control}/sample.mp4").content)
    return MediaFile("video/mp4", path, f"{sandbox.control}/sample.mp4")
