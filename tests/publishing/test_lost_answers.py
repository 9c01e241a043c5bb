"""Nobody knows whether it is live: the attempt is on record first, the network is asked, nothing is sent twice."""

import asyncio
import sys
from uuid import UUID

import pytest

from clientnest.settings import settings
from publishing.publications.attempt import work_one
from tests.conftest import running
from tests.publishing.conftest import Desk, Way, said

_WORKER = [sys.executable, "-m", "publishing.publications.worker"]
# The call after which a post is live, and whether the network knows it by a handle that was stored before.
_WRITES = [
    ("facebook", "/feed", None, "look"),
    ("linkedin", "POST /rest/posts", None, "look"),
    ("x", "POST /2/tweets", None, "look"),
    ("instagram", "/media_publish", "sample.jpg", "send"),
    ("tiktok", "PUT /upload", "sample.mp4", "send"),
    ("youtube", "PUT /upload", "sample.mp4", "send"),
]


async def _queued(desk: Desk, network: str, text: str, media: str | None) -> UUID:
    account = await desk.connect(network)
    media_url = f"{desk.stage.control}/{media}" if media else None
    (id_,) = await desk.publish(text, account, media_url=media_url)
    return id_


async def test_the_attempt_is_committed_before_the_first_byte(desk: Desk) -> None:
    seen: list[tuple[str, str | None]] = []
    (id_,) = await desk.publish(said("Early"), await desk.connect("x"))

    async def first_byte(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        seen.extend(desk.attempts(id_))
        writer.close()

    server = await asyncio.start_server(first_byte, "127.0.0.1", 0)
    async with server:
        with pytest.MonkeyPatch.context() as environment:
            address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            environment.setenv("NEST_PLATFORMS__X__BASE_URL", address)
            settings.cache_clear()
            assert await work_one()
        settings.cache_clear()
    assert seen == [("send", None)]
    assert desk.attempts(id_) == [("send", "unknown")]


@pytest.mark.parametrize(("network", "call", "media", "then"), _WRITES)
async def test_an_answer_lost_after_the_write_is_found_and_nothing_is_sent_again(
    desk: Desk, between: Way, network: str, call: str, media: str | None, then: str
) -> None:
    text = said("Lost")
    async with between(network) as way:
        id_ = await _queued(desk, network, text, media)
        way.lose(call)
        await desk.worked_off(id_)
        assert desk.publication(id_)["status"] == "published"
        assert desk.attempts(id_)[-1] == (then, "published")
        assert len(desk.attempts(id_)) >= 2
        live = desk.live(network, text)
        assert len(live) == 1
        assert desk.publication(id_)["external_id"] in (live[0], None)
        if then == "look":
            assert way.times(call) == 1


@pytest.mark.parametrize(("network", "call", "media", "then"), [_WRITES[2], _WRITES[3]])
async def test_a_worker_killed_in_the_middle_leaves_one_post(
    desk: Desk, between: Way, network: str, call: str, media: str | None, then: str
) -> None:
    text = said("Killed")
    async with between(network) as way:
        id_ = await _queued(desk, network, text, media)
        held = way.hold(call)
        with running(_WORKER) as worker:
            async with asyncio.timeout(30):
                await held.reached.wait()
            worker.kill()
            worker.wait()
        held.released.set()
        assert desk.attempts(id_)[-1] == ("send", None)
        assert not await work_one(), "the dead worker's lease holds"
        desk.time_passes(id_)
        await desk.worked_off(id_)
        assert desk.attempts(id_)[-1] == (then, "published")
        assert desk.live(network, text) == [desk.publication(id_)["external_id"]]
        assert way.times(call) == 1
        assert desk.events(id_) == ["publication.scheduled", "publication.published"]


async def test_a_worker_that_wakes_late_records_nothing(desk: Desk, between: Way) -> None:
    text = said("Late")
    async with between("x") as way:
        id_ = await _queued(desk, "x", text, None)
        held = way.hold("POST /2/tweets")
        late = asyncio.create_task(work_one())
        await held.reached.wait()
        desk.time_passes(id_)
        assert await work_one()
        before = desk.publication(id_)
        assert before["status"] == "published"
        held.released.set()
        await late
        assert desk.publication(id_) == before
        assert desk.attempts(id_) == [("send", None), ("look", "published")]
        assert desk.live("x", text) == [before["external_id"]]


async def test_what_broke_off_while_it_was_prepared_is_sent_by_the_next_worker_alone(desk: Desk, between: Way) -> None:
    text = said("Stale")
    async with between("instagram") as way:
        id_ = await _queued(desk, "instagram", text, "sample.jpg")
        held = way.hold("/media")
        late = asyncio.create_task(work_one())
        await held.reached.wait()
        desk.time_passes(id_)
        assert await work_one()
        held.released.set()
        await late
        assert desk.attempts(id_) == [("send", None), ("send", "published")]
        assert way.times("/media_publish") == 1
        assert desk.live("instagram", text) == [desk.publication(id_)["external_id"]]


async def test_what_is_never_found_is_handed_to_a_person_unsent(desk: Desk, between: Way) -> None:
    text = said("Swallowed")
    async with between("x") as way:
        way.answer("POST /2/tweets", 503, {"title": "Service Unavailable", "status": 503})
        id_ = await _queued(desk, "x", text, None)
        await desk.worked_off(id_)
        row = desk.publication(id_)
        assert row["status"] == "needs_person"
        assert "Look at the account" in row["problem"]
        assert desk.attempts(id_) == [("send", "unknown"), *[("look", "not_found")] * 4]
        assert way.times("POST /2/tweets") == 1
        assert desk.events(id_)[-1] == "publication.needs_person"


async def test_a_handle_that_no_longer_answers_is_not_asked_for_ever(desk: Desk, between: Way) -> None:
    async with between("youtube") as way:
        id_ = await _queued(desk, "youtube", said("Forgotten"), "sample.mp4")
        for _ in range(4):
            way.answer("PUT /upload", 404, {})
        await desk.worked_off(id_)
        assert desk.publication(id_)["status"] == "needs_person"
        assert desk.attempts(id_) == [*[("send", "unknown")] * 4, *[("look", "not_found")] * 4]


async def test_the_same_words_twice_are_two_posts_in_the_ledger(desk: Desk) -> None:
    """X refuses the second as a duplicate: what is found then is the first, and no proof of the second."""
    text = said("Again")
    account = await desk.connect("x")
    (first,) = await desk.publish(text, account)
    await desk.worked_off(first)
    (second,) = await desk.publish(text, account)
    await desk.worked_off(second)
    assert desk.publication(first)["status"] == "published"
    assert desk.publication(second)["status"] == "needs_person"
    assert desk.publication(second)["external_id"] is None
    assert len(desk.live("x", text)) == 1
