"""Queue slots: on the wall through daylight saving, taken once however many ask at once."""

import asyncio
import io
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from clientnest.database import unit_of_work
from clientnest.errors import Conflict, Invalid
from clientnest.models import QueueSlot
from clientnest.settings import settings
from publishing.planning import recurrences, slots
from publishing.planning.recurrences import Plan
from publishing.planning.slots import Slot
from publishing.publications import changes, service
from publishing.publications.moments import Moment
from publishing.publications.service import Moments
from tests.publishing.conftest import Desk, said
from tests.publishing.drafting import drafted

_EVERY_DAY = [Slot(day, time(9), "Europe/Oslo") for day in range(7)]


async def _choose(desk: Desk, account: UUID, wanted: list[Slot]) -> None:
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await slots.choose(session, desk.workspace.id, account, wanted)


async def _free(desk: Desk, account: UUID, count: int) -> list[datetime]:
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        return [moment.at for moment in await slots.next_free(session, account, count)]


async def _queue(desk: Desk, *accounts: UUID, **draft: Any) -> dict[UUID, tuple[UUID, datetime | None]]:
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        wanted = drafted(said("Queued"), *accounts, **draft)
        done = await slots.queue(session, desk.workspace.id, desk.workspace.user_id, wanted)
        return {one.account_id: (one.id, one.scheduled_at) for one in done}


def _weekly(weekday: int, at: time, zone: str) -> QueueSlot:
    return QueueSlot(weekday=weekday, local_time=at, zone=zone)


def test_a_slot_keeps_its_wall_clock_when_the_clocks_change() -> None:
    # Oslo's clocks go back on Sunday 2026-10-25.
    coming = slots.coming([_weekly(4, time(9), "Europe/Oslo")], datetime(2026, 10, 20, tzinfo=UTC))
    found = [moment.at for moment in islice(coming, 2)]
    assert found == [datetime(2026, 10, 23, 7, tzinfo=UTC), datetime(2026, 10, 30, 8, tzinfo=UTC)]


def test_slots_that_a_gap_lays_together_are_one() -> None:
    # Oslo's clocks leave out 02:00 to 03:00 on Sunday 2027-03-28.
    both = [_weekly(6, time(2, 30), "Europe/Oslo"), _weekly(6, time(3, 30), "Europe/Oslo")]
    found = list(islice(slots.coming(both, datetime(2027, 3, 27, tzinfo=UTC)), 2))
    gap = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert [moment.at for moment in found] == [gap, datetime(2027, 4, 4, 0, 30, tzinfo=UTC)]


def test_a_slot_of_today_that_is_over_comes_next_week() -> None:
    now = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    (found,) = islice(slots.coming([_weekly(0, time(9), "UTC")], now), 1)
    assert found.at.date() == date(2026, 11, 30)


async def test_without_a_zone_a_slot_hangs_in_the_workspaces(desk: Desk) -> None:
    desk.sql("update app.workspaces set timezone = 'Asia/Tokyo' where id = %s", desk.workspace.id)
    account = await desk.connect("x")
    await _choose(desk, account, [Slot(2, time(18, 15))])
    (at,) = await _free(desk, account, 1)
    local = at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert (local.weekday(), local.time()) == (2, time(18, 15))


async def test_everything_wrong_with_slots_is_told_at_once(desk: Desk) -> None:
    account = await desk.connect("x")
    with pytest.raises(Invalid) as refused:
        await _choose(desk, account, [Slot(0, time(9), "Mars"), Slot(1, time(9)), Slot(1, time(9))])
    assert {problem.field for problem in refused.value.problems} == {"slots.0.zone", "slots.2"}


async def test_a_post_takes_the_next_free_slot_of_each_account(desk: Desk) -> None:
    first, second = await desk.connect("x"), await desk.connect("facebook")
    await _choose(desk, first, _EVERY_DAY)
    await _choose(desk, second, [Slot(3, time(12), "Asia/Tokyo")])
    free = [(await _free(desk, account, 1))[0] for account in (first, second)]
    done = await _queue(desk, first, second)
    assert [done[account][1] for account in (first, second)] == free
    assert desk.publication(done[first][0])["scheduled_local"].time() == time(9)


async def test_of_many_who_queue_at_once_each_gets_a_slot_of_their_own(desk: Desk) -> None:
    account = await desk.connect("x")
    await _choose(desk, account, _EVERY_DAY)
    expected = await _free(desk, account, 6)
    done = await asyncio.gather(*(_queue(desk, account) for _ in range(6)))
    assert sorted(at for one in done if (at := one[account][1])) == expected


async def test_a_slot_is_free_again_when_what_took_it_is_cancelled(desk: Desk) -> None:
    account = await desk.connect("x")
    await _choose(desk, account, _EVERY_DAY)
    id_, at = (await _queue(desk, account))[account]
    assert (await _free(desk, account, 1))[0] == at + timedelta(days=1) if at else False
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await changes.cancel(session, id_)
    assert await _free(desk, account, 1) == [at]


async def test_who_plans_for_a_slot_by_its_time_takes_it_from_who_queues(desk: Desk) -> None:
    account = await desk.connect("x")
    await _choose(desk, account, _EVERY_DAY)
    first, second = await _free(desk, account, 2)
    (other,) = await desk.publish(said("Moved"), account)
    for planned in (True, False):
        async with unit_of_work(workspace_id=desk.workspace.id) as session:
            if planned:
                moment = Moments(Moment(first, "UTC"))
                wanted = drafted(said("Planned"), account)
                await service.publish(session, desk.workspace.id, desk.workspace.user_id, wanted, moment)
            else:
                third = (await _free(desk, account, 2))[0]
                await changes.move(session, other, Moment(third, "UTC"))
            queueing = asyncio.create_task(_queue(desk, account))
            await asyncio.sleep(0.3)
            assert not queueing.done()
        taken = (await queueing)[account][1]
        assert taken == (second if planned else third + timedelta(days=1))


async def test_a_slot_that_a_recurring_post_will_take_is_not_free(desk: Desk) -> None:
    account = await desk.connect("x")
    await _choose(desk, account, _EVERY_DAY)
    first, *_, last = await _free(desk, account, 40)
    local = first.astimezone(ZoneInfo("Europe/Oslo")).replace(tzinfo=None)
    plan = Plan("FREQ=DAILY;COUNT=30", local, "Europe/Oslo", drafted("Daily", account))
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        made = await recurrences.add(session, desk.workspace.id, desk.workspace.user_id, plan)
    (free,) = await _free(desk, account, 1)
    assert free.astimezone(ZoneInfo("Europe/Oslo")).date() == local.date() + timedelta(days=30)
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await recurrences.end(session, made.id)
    assert (await _free(desk, account, 40))[::39] == [first, last]


async def test_nobody_waits_for_a_slot_while_a_picture_is_fetched(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    account = await desk.connect("x")
    await _choose(desk, account, _EVERY_DAY)
    (free,) = await _free(desk, account, 1)
    picture, asked, answer = Image.new("RGB", (8, 8)), asyncio.Event(), asyncio.Event()
    content = io.BytesIO()
    picture.save(content, "PNG")

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await answer.wait()
        body = content.getvalue()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        writer.close()

    async with await asyncio.start_server(slow, "127.0.0.1", 0) as server:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        monkeypatch.setenv("NEST_OUTBOUND_ALLOW", place)
        settings.cache_clear()
        waiting = asyncio.create_task(_queue(desk, account, media_url=f"http://{place}/slow.png"))
        await asked.wait()
        async with asyncio.timeout(10):
            assert (await _queue(desk, account))[account][1] == free
        answer.set()
        assert (await waiting)[account][1] == free + timedelta(days=1)


async def test_without_slots_nothing_is_queued(desk: Desk) -> None:
    account = await desk.connect("x")
    with pytest.raises(Conflict):
        await _queue(desk, account)
    assert desk.sql("select id from app.posts where workspace_id = %s", desk.workspace.id) == []
