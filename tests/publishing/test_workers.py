"""Several workers, and a queue that all of them work off."""

import asyncio
import sys
from datetime import timedelta

from clientnest.database import system_unit_of_work
from publishing.publications.repository import PublicationRepository
from publishing.publications.worker import serve
from tests.conftest import running
from tests.publishing.conftest import Desk, Way, eventually, said

_WORKER = [sys.executable, "-m", "publishing.publications.worker"]
_MANY = 30


def _all_published(desk: Desk) -> bool:
    (found,) = desk.sql("select bool_and(status = 'published') as done from app.publications")
    return bool(found["done"])


async def test_two_workers_publish_each_of_many_once(desk: Desk) -> None:
    account, word = await desk.connect("facebook", place=1), said("Batch")
    ids = [(await desk.publish(f"{word} number {n}.", account))[0] for n in range(_MANY)]
    with running(_WORKER), running(_WORKER):
        await eventually(lambda: _all_published(desk), 60)
        beats = desk.sql("select name from app.worker_heartbeats where beat_at > now() - interval '30 seconds'")
    assert len(beats) >= 2
    assert [desk.attempts(id_) for id_ in ids] == [[("send", "published")]] * _MANY
    live = desk.live("facebook", word)
    assert len(live) == _MANY
    assert set(live) == {desk.publication(id_)["external_id"] for id_ in ids}


async def test_a_worker_is_woken_and_stops_when_told(desk: Desk) -> None:
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(stop))
    await asyncio.sleep(1)
    (id_,) = await desk.publish(said("Wake up"), await desk.connect("facebook"))
    # Far sooner than it would look by itself.
    await eventually(lambda: desk.publication(id_)["status"] == "published", 3)
    stop.set()
    await asyncio.wait_for(serving, 10)


async def test_a_worker_that_is_told_to_stop_finishes_what_it_sends(desk: Desk, between: Way) -> None:
    async with between("linkedin") as way:
        (id_,) = await desk.publish(said("Last"), await desk.connect("linkedin"))
        held, stop = way.hold("POST /rest/posts"), asyncio.Event()
        serving = asyncio.create_task(serve(stop))
        await held.reached.wait()
        stop.set()
        await asyncio.sleep(0.2)
        assert not serving.done()
        held.released.set()
        await asyncio.wait_for(serving, 10)
    assert desk.attempts(id_) == [("send", "published")]


async def test_what_is_due_longest_goes_first_and_once(desk: Desk) -> None:
    account = await desk.connect("x")
    late, early = [(await desk.publish(said("Turn"), account))[0] for _ in range(2)]
    desk.sql("update app.publications set due_at = now() - interval '1 hour' where id = %s", early)
    claimed = []
    for _ in range(3):
        async with system_unit_of_work() as session:
            found = await PublicationRepository(session).claim(timedelta(minutes=1), timedelta(days=1))
            claimed.append(found.id if found else None)
    assert claimed == [early, late, None]


async def test_nothing_goes_out_before_it_is_due(desk: Desk) -> None:
    (id_,) = await desk.publish(said("Tomorrow"), await desk.connect("x"))
    desk.sql("update app.publications set due_at = now() + interval '90 seconds' where id = %s", id_)
    async with system_unit_of_work() as session:
        repository = PublicationRepository(session)
        assert await repository.claim(timedelta(minutes=1), timedelta(days=1)) is None
        waiting = await repository.next_due()
    assert waiting is not None
    assert timedelta(seconds=60) < waiting <= timedelta(seconds=90)
