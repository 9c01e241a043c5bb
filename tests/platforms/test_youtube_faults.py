"""Our client of YouTube while the network fails in its ways."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, RateLimited, ReconnectNeeded, Unavailable
from platforms.platform import Window
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.registration import App, Token
from platforms.youtube import PLATFORM
from platforms.youtube.client import Client
from tests.platforms.conftest import fetch, resource
from tests.sandbox.stage import Stage, running


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def apart() -> Iterator[Stage]:
    """One of its own: what a client learns about limits is remembered by address."""
    with running() as found:
        yield found


@asynccontextmanager
async def channel(stage: Stage) -> AsyncIterator[Client]:
    told = stage.networks["youtube"]
    app = App(told["client_id"], told["client_secret"], told["base_url"])
    async with httpx.AsyncClient() as http:
        found = Client(app, Token(told["accounts"][0]["access_token"]), stage.account("youtube"), http)
        found.now = stage.now()
        yield found


def fault(stage: Stage, operation: str, kind: str, **more: Any) -> None:
    sent = {"network": "youtube", "operation": operation, "kind": kind, "times": 1, **more}
    httpx.post(f"{stage.control}/faults", json=sent).raise_for_status()


@pytest.fixture
def outgoing(tmp_path: Path) -> Outgoing:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film" * 70_000)
    return Outgoing(f"Cups {uuid4()}", media=(MediaFile("video/mp4", path, "http://127.0.0.1:9/film.mp4"),))


async def on(client: Client, outgoing: Outgoing, step: Pending | Published) -> Published:
    assert PLATFORM.publish is not None
    while isinstance(step, Pending):
        step = await PLATFORM.publish(client, outgoing, step.state)
    return step


@pytest.mark.parametrize("kind", ["drop_after_write", "reset_before_write", "http_500", "http_500_after_write"])
async def test_a_film_is_live_once_whatever_happens_to_its_last_byte(
    stage: Stage, outgoing: Outgoing, kind: str
) -> None:
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    async with channel(stage) as client:
        since = client.now
        step = await PLATFORM.publish(client, outgoing, None)
        assert isinstance(step, Pending)
        # The first PUT asks the session, the second one brings the bytes.
        fault(stage, "videos.insert", kind, after=1)
        with pytest.raises(Unavailable):
            await PLATFORM.publish(client, outgoing, step.state)
        done = await on(client, outgoing, step)
        assert await PLATFORM.find(client, outgoing, since) == done
    live = [post["external_id"] for post in stage.ledger("youtube").values() if post["text"] == outgoing.text]
    assert live == [done.external_id]


async def test_a_session_that_ended_is_answered_by_a_search(apart: Stage, outgoing: Outgoing) -> None:
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    async with channel(apart) as client:
        since = client.now
        step = await PLATFORM.publish(client, outgoing, None)
        assert isinstance(step, Pending)
        done = await on(client, outgoing, step)
        apart.advance("P8D")
        with pytest.raises(OutcomeUnknown):
            await PLATFORM.publish(client, outgoing, step.state)
        assert await PLATFORM.find(client, outgoing, since) == done


async def test_a_comment_whose_answer_is_lost_is_in_doubt_and_is_there(stage: Stage) -> None:
    assert PLATFORM.comment is not None
    video = next(iter(stage.ledger("youtube")))
    words = f"First {uuid4()}"
    async with channel(stage) as client:
        fault(stage, "commentThreads.insert", "drop_after_write")
        with pytest.raises(OutcomeUnknown):
            await PLATFORM.comment(client, video, words)
        answer = await client.get(
            "/youtube/v3/commentThreads", {"part": "snippet", "videoId": video, "searchTerms": words}
        )
        assert len(answer.json()["items"]) == 1


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("token_expired", ReconnectNeeded), ("token_revoked", ReconnectNeeded), ("http_500", Unavailable)],
)
async def test_a_read_fails_by_its_class(stage: Stage, kind: str, expected: type[Exception]) -> None:
    async with channel(stage) as client:
        fault(stage, "channels.list", kind)
        with pytest.raises(expected):
            await client.get("/youtube/v3/channels", {"part": "id", "mine": "true"})
        await client.get("/youtube/v3/channels", {"part": "id", "mine": "true"})


async def test_too_many_calls_are_waited_out_without_asking_again(apart: Stage) -> None:
    async with channel(apart) as client:
        fault(apart, "channels.list", "rate_limited")
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                await client.get("/youtube/v3/channels", {"part": "id", "mine": "true"})
        assert timedelta(0) < caught.value.retry_after <= timedelta(minutes=1)
    asked = httpx.get(f"{apart.control}/requests", params={"network": "youtube"}).json()
    assert len(asked["requests"] if isinstance(asked, dict) else asked) == 1


async def test_a_metric_that_dies_costs_no_other(apart: Stage) -> None:
    planted = {"kind": "metric_dies", "network": "youtube", "metric": "shares"}
    httpx.post(f"{apart.control}/world", json=planted).raise_for_status()
    days = resource(PLATFORM, "account_metrics")
    async with channel(apart) as client:
        pages = await fetch(days, client, Window(client.now - timedelta(days=9), client.now), [])
        assert list(client.parked.reasons) == ["shares"]
    assert len(pages) == 1
    assert b"subscribersLost" in pages[0].body
    assert b"shares" not in pages[0].body
