"""X: what is published goes live once, whatever happens to the calls; against a sandbox that misbehaves."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.registration import Token
from platforms.x import PLATFORM, media
from platforms.x.client import Client
from platforms.x.publish import comment, delete, edit, find, publish
from tests.platforms.conftest import ROOT, Sandbox, Wire, connected


@pytest.fixture
def misbehaving(sandbox: Sandbox) -> Iterator[Any]:
    """Asks the sandbox for one fault; none outlives the test."""

    def ask(kind: str, operation: str, **more: Any) -> None:
        asked = {"network": "x", "operation": operation, "kind": kind, "times": 1, **more}
        httpx.post(f"{sandbox.control}/faults", json=asked, timeout=30).raise_for_status()

    yield ask
    httpx.delete(f"{sandbox.control}/faults", timeout=30).raise_for_status()


@pytest.fixture
def film(tmp_path: Path) -> MediaFile:
    """A real video of three segments: what follows the picture is padding that players skip."""
    path = tmp_path / "film.mp4"
    picture = (ROOT / "sandbox" / "media" / "sample.mp4").read_bytes()
    size = 2 * media.SEGMENT + 1000 - len(picture)
    path.write_bytes(picture + size.to_bytes(4, "big") + b"free" + bytes(size - 8))
    return MediaFile("video/mp4", path, "http://127.0.0.1:9/film.mp4", alt_text="Steam rises from a cup")


async def through(client: Client, post: Outgoing, state: dict[str, Any] | None = None) -> Published:
    """Every step to the end, with the states as a database keeps them."""
    while isinstance(step := await publish(client, post, state), Pending):
        state = json.loads(json.dumps(step.state))
        await asyncio.sleep(step.check_after.total_seconds())
    return step


def live(sandbox: Sandbox, mark: str) -> list[dict[str, Any]]:
    posts = sandbox.ledger("x")["posts"]
    return sorted((p for p in posts if mark in p["text"]), key=lambda post: int(post["external_id"]))


async def test_four_pictures_are_one_post_with_their_descriptions(sandbox: Sandbox, photo: MediaFile) -> None:
    described = MediaFile(photo.content_type, photo.path, photo.url, alt_text="Two cups")
    post = Outgoing(f"Four {uuid4()}", media=(described, photo, photo, photo))
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        done = await through(x, post)
        shown = await x.get(
            f"/2/tweets/{done.external_id}",
            {"expansions": "attachments.media_keys", "media.fields": "alt_text", "post.fields": "attachments"},
        )
        assert await find(x, post, x.now) == done
    assert [medium.get("alt_text") for medium in shown.json()["includes"]["media"]] == ["Two cups", None, None, None]


async def test_a_video_goes_on_at_the_segment_where_it_broke_off(
    sandbox: Sandbox, film: MediaFile, misbehaving: Any
) -> None:
    post = Outgoing(f"Film {uuid4()}", media=(film,))
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        step = await publish(x, post, None)
        misbehaving("reset_before_write", "appendMediaUpload", after=1)
        assert isinstance(step, Pending)
        state = step.state
        with pytest.raises(Unavailable):
            await through(x, post, state)
        for _ in range(3):
            step = await publish(x, post, state)
            assert isinstance(step, Pending)
            state = step.state
        done = await through(x, post, state)
    [told] = live(sandbox, post.text)
    assert (told["external_id"], told["kind"]) == (done.external_id, "video")


async def test_a_session_that_x_has_forgotten_is_begun_anew(sandbox: Sandbox, film: MediaFile) -> None:
    post = Outgoing(f"Film again {uuid4()}", media=(film,))
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        await through(x, post, {"done": [], "upload": {"id": "123", "segment": 1}})
    assert len(live(sandbox, post.text)) == 1


async def test_a_thread_is_a_chain_of_replies(sandbox: Sandbox, photo: MediaFile) -> None:
    mark = str(uuid4())
    parts = (Outgoing(f"Two {mark}", media=(photo,)), Outgoing(f"Three {mark}", link="https://nordlys.coffee/3"))
    post = Outgoing(f"One {mark}", parts=parts)
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        since = x.now
        done = await through(x, post)
        assert await find(x, post, since) == done
        shown = await x.get("/2/tweets", {"ids": ",".join(done.parts), "post.fields": "conversation_id"})
        assert {one["conversation_id"] for one in shown.json()["data"]} == {done.external_id}
    assert [told["external_id"] for told in live(sandbox, mark)] == [done.external_id, *done.parts]


async def until_lost(client: Client, post: Outgoing) -> dict[str, Any] | None:
    """The last state before the step whose answer does not come."""
    state: dict[str, Any] | None = None
    for _ in range(1 + len(post.parts) + 1):
        try:
            step = await publish(client, post, state)
        except OutcomeUnknown:
            return state
        assert isinstance(step, Pending)
        # Whoever drives it may call it again after a crash, since it looks before it writes.
        assert step.handle
        state = json.loads(json.dumps(step.state))
    raise AssertionError("every answer came")


@pytest.mark.parametrize("lost", [0, 1, 2])
@pytest.mark.parametrize("kind", ["drop_after_write", "http_500_after_write", "reset_before_write"])
async def test_a_thread_whose_answer_is_lost_goes_on_where_it_is(
    sandbox: Sandbox, misbehaving: Any, kind: str, lost: int
) -> None:
    mark = str(uuid4())
    post = Outgoing(f"One {mark}", parts=(Outgoing(f"Two {mark}"), Outgoing(f"Three {mark}")))
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        since = x.now
        misbehaving(kind, "createPosts", after=lost)
        state = await until_lost(x, post)
        assert state is not None
        assert len(state["ids"]) == lost
        whole = lost == len(post.parts) and kind != "reset_before_write"
        assert (await find(x, post, since) is not None) == whole
        done = await through(x, post, state)
    assert [told["external_id"] for told in live(sandbox, mark)] == [done.external_id, *done.parts]


@pytest.mark.parametrize("kind", ["drop_after_write", "http_500_after_write"])
async def test_a_post_whose_answer_is_lost_is_found_and_not_sent_twice(
    sandbox: Sandbox, misbehaving: Any, kind: str
) -> None:
    post = Outgoing(f"Lost {uuid4()} & found")
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        since = x.now
        misbehaving(kind, "createPosts")
        with pytest.raises(OutcomeUnknown):
            await publish(x, post, None)
        [told] = live(sandbox, post.text)
        found = await find(x, post, since)
        with pytest.raises(OutcomeUnknown):
            await publish(x, post, None)
    assert found is not None
    assert found.external_id == told["external_id"]
    assert len(live(sandbox, post.text)) == 1


async def test_an_article_is_drafted_and_shown_once(sandbox: Sandbox, photo: MediaFile, misbehaving: Any) -> None:
    words = "# How we roast\nIt begins with a bean.\n\n- green\n- brown\n> Patience"
    post = Outgoing(words, title=f"Roasting {uuid4()}", media=(photo,), format="article")
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        since = x.now
        step = await publish(x, post, None)
        assert isinstance(step, Pending)
        step = await publish(x, post, step.state)
        assert isinstance(step, Pending)
        misbehaving("drop_after_write", "articlePublish")
        with pytest.raises(OutcomeUnknown):
            await publish(x, post, step.state)
        found = await find(x, post, since)
        assert found is not None
        with pytest.raises(Rejected):
            await publish(x, post, step.state)
        with pytest.raises(Rejected):
            await publish(x, Outgoing("No title", format="article"), None)


async def test_a_live_post_is_changed_answered_and_taken_down(
    sandbox: Sandbox, photo: MediaFile, misbehaving: Any
) -> None:
    mark = str(uuid4())
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        first = await through(x, Outgoing(f"Befor {mark}", media=(photo,), options={"made_with_ai": True}))
        assert first.external_id is not None
        changed = await edit(x, first.external_id, Outgoing(f"Before {mark}"))
        assert changed.external_id not in (None, first.external_id)
        assert [told["kind"] for told in live(sandbox, mark)] == ["image"]
        answer = await comment(x, str(changed.external_id), f"Link in bio {mark}")
        misbehaving("drop_after_write", "createPosts")
        with pytest.raises(OutcomeUnknown):
            await comment(x, str(changed.external_id), f"Lost {mark}")
        for external_id in (answer, answer, str(changed.external_id)):
            await delete(x, external_id)
        with pytest.raises(Rejected):
            await edit(x, str(changed.external_id), Outgoing("Gone"))
        with pytest.raises(Rejected):
            await publish(x, Outgoing("Odd", options={"privacy_level": "SELF"}), None)
    assert [told["text"] for told in live(sandbox, mark)] == [f"Lost {mark}"]


async def test_what_x_does_not_take_is_rejected_and_what_is_used_up_comes_again(
    sandbox: Sandbox, misbehaving: Any
) -> None:
    async with connected(PLATFORM, sandbox.app("x")) as (x, connection):
        with pytest.raises(Rejected):
            await comment(x, _others_post(sandbox, connection.external_id), "Unasked")
        misbehaving("token_expired", "createPosts")
        with pytest.raises(ReconnectNeeded):
            await publish(x, Outgoing(f"Expired {uuid4()}"), None)
        # A call that no other test makes: its window stays closed for this process.
        misbehaving("rate_limited", "getUsersByIds")
        with pytest.raises(RateLimited) as limited:
            await x.get("/2/users", {"ids": "5"})
        assert timedelta(0) < limited.value.retry_after <= timedelta(minutes=15)


def _others_post(sandbox: Sandbox, ours: str) -> str:
    posts: list[dict[str, Any]] = sandbox.ledger("x")["posts"]
    return str(next(post["external_id"] for post in posts if post["account"] != ours))


async def test_writing_costs_ten_times_more_with_a_link(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        await publish(x, Outgoing(f"Plain {uuid4()}"), None)
        assert x.spent.totals == {"USD": Decimal("0.015")}
        await publish(x, Outgoing(f"Linked {uuid4()}", link="https://nordlys.coffee/spring"), None)
        assert x.spent.totals == {"USD": Decimal("0.215")}


async def test_empty_credits_are_a_matter_of_billing_and_hold_for_the_whole_app(wire: Wire) -> None:
    problem = {"title": "CreditsDepleted", "detail": "no credits", "type": "https://api.x.com/2/problems/credits"}
    wire.answer(problem, status=402)
    async with httpx.AsyncClient() as http:
        x = Client(wire.app, Token("access"), "2244", http)
        with pytest.raises(RateLimited, match="billing") as caught:
            await publish(x, Outgoing("Hello"), None)
        with pytest.raises(RateLimited):
            await x.get("/2/users/me", {})
    assert caught.value.evidence["billing"] is True
    assert len(wire.asked) == 1


async def test_an_edit_after_half_an_hour_is_refused(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        first = await through(x, Outgoing(f"Early {uuid4()}"))
        before = datetime.fromisoformat(httpx.get(f"{sandbox.control}/clock", timeout=30).json()["now"])
        sandbox.advance("PT31M")
        with pytest.raises(Rejected):
            await edit(x, str(first.external_id), Outgoing(f"Late {uuid4()}"))
        assert x.now > before
