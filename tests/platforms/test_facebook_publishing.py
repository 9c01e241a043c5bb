"""Everything that a Page publishes, against a sandbox that loses answers, breaks uploads and keeps posts for later."""

import asyncio
import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.facebook import PLATFORM, films
from platforms.facebook.client import Client
from platforms.facebook.publish import comment, delete, edit, find, publish, subscribe
from platforms.posting import Kind, MediaFile, Outgoing, Pending, Published
from platforms.registration import App, Token
from tests.platforms.conftest import ROOT, Sandbox, connected

SAMPLE = ROOT / "sandbox" / "media" / "sample.mp4"
KINDS: tuple[Kind, ...] = ("text", "link", "image", "carousel", "video", "reel", "story")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox needs a second where the network needs many."""
    monkeypatch.setattr(films, "PROCESSING", timedelta(seconds=0.4))


@pytest.fixture
def film(tmp_path: Path) -> MediaFile:
    """A real film of two and a half pieces: its rest is a box of nothing."""
    sample = SAMPLE.read_bytes()
    rest = 5 * 1024 * 1024 // 2 - len(sample)
    path = tmp_path / "film.mp4"
    path.write_bytes(sample + rest.to_bytes(4, "big") + b"free" + bytes(rest - 8))
    return MediaFile("video/mp4", path, "http://127.0.0.1:9/film.mp4")


@pytest.fixture
def faults(sandbox: Sandbox) -> Iterator["Faults"]:
    yield Faults(sandbox)
    httpx.delete(f"{sandbox.control}/faults").raise_for_status()


class Faults:
    def __init__(self, sandbox: Sandbox) -> None:
        self._control = sandbox.control

    def plant(self, operation: str, kind: str, **more: Any) -> None:
        asked = {"network": "facebook", "operation": operation, "kind": kind, "times": 1, **more}
        httpx.post(f"{self._control}/faults", json=asked).raise_for_status()


def outgoing(kind: Kind, photo: MediaFile, film: MediaFile, **more: Any) -> Outgoing:
    media: dict[str, tuple[MediaFile, ...]] = {
        "image": (dataclasses.replace(photo, alt_text="A teal square"),),
        "carousel": (photo, photo, photo),
        "video": (film,),
        "reel": (film,),
        "story": (film,),
    }
    format_: Kind | None = kind if kind in ("link", "reel", "story") else None
    text = "" if kind == "story" else f"From the roastery {uuid4()}"
    link = "https://shop.example/beans" if kind == "link" else None
    return Outgoing(text, link=link, media=media.get(kind, ()), format=format_, **more)


async def through(client: Client, post: Outgoing, state: dict[str, Any] | None = None) -> Published:
    """Every step until it is live."""
    for _ in range(30):
        step = await publish(client, post, state)
        if isinstance(step, Published):
            return step
        state = step.state
        await asyncio.sleep(step.check_after.total_seconds())
    raise AssertionError("it never went live")


async def until_lost(client: Client, post: Outgoing) -> tuple[dict[str, Any] | None, bool]:
    """Every step until the answer to one is lost; the state before it, and whether that is a handle."""
    state, handle = None, False
    while True:
        try:
            step = await publish(client, post, state)
        except OutcomeUnknown:
            return state, handle
        assert isinstance(step, Pending), "no answer was lost"
        state, handle = step.state, step.handle


def live(sandbox: Sandbox, kind: Kind, text: str) -> list[str]:
    found = [one for one in sandbox.ledger("facebook")["posts"] if (one["kind"], one["text"]) == (kind, text)]
    return [one["external_id"] for one in found]


def stories(sandbox: Sandbox) -> set[str]:
    return {one["external_id"] for one in sandbox.ledger("facebook")["posts"] if one["kind"] == "story"}


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_goes_live_once(sandbox: Sandbox, photo: MediaFile, film: MediaFile, kind: Kind) -> None:
    post, before = outgoing(kind, photo, film), stories(sandbox)
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        since = client.now
        done = await through(client, post)
        if kind == "story":
            assert stories(sandbox) - before == {done.external_id}
            return
        assert live(sandbox, kind, post.text) == [done.external_id]
        found = await find(client, post, since)
    assert found is not None
    assert found.external_id == done.external_id


@pytest.mark.parametrize(
    ("kind", "operation", "after"),
    [
        ("text", "feed.create", 0),
        ("image", "feed.create", 0),
        ("carousel", "feed.create", 0),
        ("video", "videos.create", 4),
        ("reel", "video_reels.create", 1),
        ("story", "video_stories.create", 1),
    ],
)
@pytest.mark.parametrize("fault", ["drop_after_write", "http_500_after_write"])
async def test_a_lost_answer_makes_no_second_post(
    sandbox: Sandbox, faults: Faults, photo: MediaFile, film: MediaFile, kind: Kind, operation: str, after: int,
    fault: str,
) -> None:  # fmt: skip
    post, before = outgoing(kind, photo, film), stories(sandbox)
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        since = client.now
        faults.plant(operation, fault, after=after)
        state, handle = await until_lost(client, post)
        # What has a handle is asked again, anything else is looked for.
        done = await through(client, post, state) if handle else await find(client, post, since)
    assert done is not None
    made = stories(sandbox) - before if kind == "story" else set(live(sandbox, kind, post.text))
    assert made == {done.external_id}


async def test_a_story_of_a_photo_whose_answer_was_lost_is_the_same_story(
    sandbox: Sandbox, faults: Faults, photo: MediaFile
) -> None:
    post, before = Outgoing("", media=(photo,), format="story"), stories(sandbox)
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        step = await publish(client, post, None)
        assert isinstance(step, Pending)
        assert step.handle
        faults.plant("photo_stories.create", "drop_after_write")
        with pytest.raises(OutcomeUnknown):
            await publish(client, post, step.state)
        done = await publish(client, post, step.state)
    assert isinstance(done, Published)
    assert stories(sandbox) - before == {done.external_id}


@pytest.mark.parametrize("fault", ["reset_before_write", "drop_after_write"])
async def test_a_broken_upload_goes_on_at_the_byte(
    sandbox: Sandbox, faults: Faults, film: MediaFile, fault: str
) -> None:
    post = outgoing("video", film, film)
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        started = await publish(client, post, None)
        assert isinstance(started, Pending)
        faults.plant("videos.create", fault, after=1)
        with pytest.raises(Unavailable):
            await publish(client, post, started.state)
        done = await through(client, post, started.state)
    assert live(sandbox, "video", post.text) == [done.external_id]
    asked = {"network": "facebook", "operation": "videos.create"}
    sent = httpx.get(f"{sandbox.control}/requests", params=asked).json()["requests"]
    assert len(sent) >= 6


async def test_a_reel_goes_on_at_the_byte(sandbox: Sandbox, film: MediaFile) -> None:
    post = outgoing("reel", film, film)
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, connection):
        started = await publish(client, post, None)
        assert isinstance(started, Pending)
        half = film.path.read_bytes()[:1_000_000]
        told = {"authorization": f"OAuth {connection.token.access}", "offset": "0", "file_size": str(film.size)}
        base = sandbox.networks["facebook"]["base_url"]
        address = f"{base}/video-upload/v26.0/{started.state['video_id']}"
        assert httpx.post(address, content=half, headers=told).status_code == 400
        done = await through(client, post, started.state)
    assert live(sandbox, "reel", post.text) == [done.external_id]


async def test_a_film_that_the_network_cannot_use_is_refused_with_its_words(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "none.mp4"
    path.write_bytes(b"no film at all" * 100)
    post = Outgoing(f"broken {uuid4()}", media=(MediaFile("video/mp4", path, ""),))
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        with pytest.raises(Rejected, match="broken or of a format"):
            await through(client, post)
    assert live(sandbox, "video", post.text) == []


@pytest.mark.parametrize("kind", ["text", "carousel", "video", "reel"])
async def test_a_post_for_later_waits_at_the_network(
    sandbox: Sandbox, photo: MediaFile, film: MediaFile, kind: Kind
) -> None:
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        # The world's clock may have been moved: the first answer tells it.
        await client.get(f"/{client.account}", {"fields": "id"})
        at = (client.now + timedelta(hours=1)).replace(microsecond=0)
        post = outgoing(kind, photo, film, publish_at=at)
        since = client.now
        done = await through(client, post)
        assert live(sandbox, kind, post.text) == []
        found = await find(client, post, since)
        assert found is not None
        if done.external_id is not None:
            assert found.external_id == done.external_id
        assert found.external_id is not None
        await delete(client, found.external_id)
        assert await find(client, post, since) is None


async def test_a_post_is_changed_commented_and_taken_down(sandbox: Sandbox) -> None:
    post = Outgoing(f"First words {uuid4()}")
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        made = await publish(client, post, None)
        assert isinstance(made, Published)
        assert made.external_id is not None
        other = Outgoing(f"Other words {uuid4()}")
        assert await edit(client, made.external_id, other) == made
        assert live(sandbox, "text", other.text) == [made.external_id]
        number = await comment(client, made.external_id, "First!")
        answer = await client.get(f"/{number}", {"fields": "message"})
        assert answer.json()["message"] == "First!"
        await delete(client, made.external_id)
        await delete(client, made.external_id)
        assert live(sandbox, "text", other.text) == []


async def test_a_comment_whose_answer_was_lost_is_in_doubt(sandbox: Sandbox, faults: Faults) -> None:
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        made = await publish(client, Outgoing(f"To be commented {uuid4()}"), None)
        assert isinstance(made, Published)
        faults.plant("comments.create", "drop_after_write")
        with pytest.raises(OutcomeUnknown):
            await comment(client, str(made.external_id), "Once")


async def test_what_a_page_does_not_take_is_refused_before_anything_is_sent(photo: MediaFile, film: MediaFile) -> None:
    wrong = (
        Outgoing("x", media=(photo, film)),
        Outgoing("x", format="reel", media=(photo,)),
        Outgoing("x", format="story"),
        Outgoing("x", format="link"),
        Outgoing("x", options={"privacy_level": "PUBLIC"}),
        Outgoing("", format="story", media=(photo,), options={"place": "1"}),
    )
    async with httpx.AsyncClient() as http:
        client = Client(App("refused", "secret", "http://127.0.0.1:9"), Token("t"), "1", http)
        for post in wrong:
            with pytest.raises(Rejected):
                await publish(client, post, None)


async def test_a_dead_token_and_a_spent_budget_are_told_apart(sandbox: Sandbox, faults: Faults) -> None:
    app = dataclasses.replace(sandbox.app("facebook"))
    async with connected(PLATFORM, app) as (client, _):
        faults.plant("feed.create", "token_expired")
        with pytest.raises(ReconnectNeeded, match="expired"):
            await publish(client, Outgoing("x"), None)
        faults.plant("feed.create", "token_revoked")
        with pytest.raises(ReconnectNeeded, match="removed"):
            await publish(client, Outgoing("x"), None)
        faults.plant("feed.create", "http_500")
        with pytest.raises(OutcomeUnknown):
            await publish(client, Outgoing("x"), None)
        faults.plant("node.read", "rate_limited")
        with pytest.raises(RateLimited) as caught:
            await client.get(f"/{client.account}", {"fields": "name"})
    assert caught.value.retry_after == timedelta(minutes=1)
    # The gate is the process's own: other tests of this file shall not wait.
    Client.pace = type(Client.pace)()


async def test_a_consent_is_ended_with_the_persons_token(sandbox: Sandbox) -> None:
    app = sandbox.app("facebook")
    async with connected(PLATFORM, app) as (client, connection), httpx.AsyncClient() as http:
        assert PLATFORM.revoke is not None
        with pytest.raises(Rejected):
            await PLATFORM.revoke(app, http, Token(connection.token.access))
        await PLATFORM.revoke(app, http, connection.token)
        with pytest.raises(ReconnectNeeded):
            await client.get(f"/{client.account}", {"fields": "name"})


async def test_a_page_is_asked_to_tell(sandbox: Sandbox) -> None:
    app = sandbox.app("facebook")
    async with connected(PLATFORM, app) as (client, _):
        await subscribe(client, "https://ours.example/hooks")
        answer = await client.get(f"/{client.account}/subscribed_apps", {})
    assert answer.json()["data"][0]["subscribed_fields"] == ["feed", "mention"]
