"""Several workers, and a queue that all of them work off."""

import asyncio
import sys
from datetime import timedelta

import psycopg

from clientnest.database import libpq_url, system_unit_of_work
from clientnest.jobs import PUBLISHING
from clientnest.jobs.overview import pause, resume
from publishing.publications.claims import claim
from publishing.publications.ledger import arm
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
    claimed = [await claim() for _ in range(3)]
    assert [[one.publication.id for one in found] for found in claimed] == [[early], [late], []]


async def test_two_that_claim_at_once_share_what_is_due(desk: Desk) -> None:
    account = await desk.connect("x")
    ids = {(await desk.publish(said("Turn"), account))[0] for _ in range(6)}
    claimed = await asyncio.gather(*(claim(lambda due: due) for _ in range(4)))
    held = [one.publication.id for found in claimed for one in found]
    assert sorted(held) == sorted(ids)


async def test_what_cannot_be_read_is_nobody_elses_trouble(desk: Desk) -> None:
    account = await desk.connect("facebook")
    spoilt, sound = [(await desk.publish(said("Turn"), account))[0] for _ in range(2)]
    desk.sql("update app.publications set variant = '{\"no_such_field\": 1}' where id = %s", spoilt)
    assert [one.publication.id for one in await claim(lambda due: due)] == [sound]
    assert desk.publication(spoilt)["status"] == "needs_person"


async def test_what_broke_workers_is_attempted_in_a_process_of_its_own(desk: Desk) -> None:
    account = await desk.connect("facebook")
    risky, sound = [(await desk.publish(said("Turn"), account))[0] for _ in range(2)]
    for number in range(1, 3):
        desk.sql(
            "insert into app.attempts (id, workspace_id, publication_id, number, mode, payload_sha256)"
            " values (gen_random_uuid(), %s, %s, %s, 'prepare', '')",
            desk.workspace.id,
            risky,
            number,
        )
    desk.sql("update app.publications set attempt = 2 where id = %s", risky)
    assert [one.publication.id for one in await claim(lambda due: due, risky=False)] == [sound]
    with running(_WORKER):
        await eventually(lambda: desk.publication(risky)["status"] == "published", 30)


async def test_nothing_goes_out_before_it_is_due(desk: Desk) -> None:
    (id_,) = await desk.publish(said("Tomorrow"), await desk.connect("x"))
    desk.sql("update app.publications set due_at = now() + interval '90 seconds' where id = %s", id_)
    assert await claim() == []
    async with system_unit_of_work() as session:
        waiting = await PublicationRepository(session).next_due()
    assert waiting is not None
    assert timedelta(seconds=60) < waiting <= timedelta(seconds=90)


async def test_a_row_that_somebody_holds_holds_up_no_other(desk: Desk) -> None:
    account = await desk.connect("facebook")
    ids = [(await desk.publish(said("Turn"), account))[0] for _ in range(4)]
    claimed = await claim(lambda due: due)
    with psycopg.connect(libpq_url()) as holder:
        holder.execute("select from app.publications where id = %s for update", [ids[0]])
        armed = [asyncio.create_task(arm(one.publication)) for one in claimed]
        await asyncio.wait_for(asyncio.gather(*armed[1:]), 10)
        assert not armed[0].done()
    await asyncio.wait_for(armed[0], 10)
    assert [desk.attempts(id_) for id_ in ids] == [[("send", None)]] * 4


async def test_a_queue_that_stands_still_lets_nothing_out(desk: Desk) -> None:
    (id_,) = await desk.publish(said("Pause"), await desk.connect("facebook"))
    async with system_unit_of_work() as session:
        await pause(session, PUBLISHING, workspace_id=desk.workspace.id, by=None)
        assert await PublicationRepository(session).next_due() is None
    assert await claim() == []
    async with system_unit_of_work() as session:
        await resume(session, PUBLISHING, workspace_id=desk.workspace.id)
    assert [one.publication.id for one in await claim()] == [id_]
