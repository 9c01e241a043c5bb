"""Jobs with a real PostgreSQL: what is put into a queue, who takes it, and what becomes of it when workers end."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text

from clientnest import jobs
from clientnest.database import system_unit_of_work, unit_of_work
from clientnest.jobs.kinds import KINDS
from clientnest.jobs.repository import JobRepository
from clientnest.jobs.worker import Worker
from clientnest.models import Account
from tests.clientnest.errands import QUEUE
from tests.conftest import TestWorkspace, running, until

Lines = Callable[[], list[str]]
_ERRANDS = [sys.executable, "-m", "tests.clientnest.errands"]
OURS = [kind for name, kind in KINDS.items() if name.startswith("test.")]


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What the jobs of this test wrote."""
    monkeypatch.setenv("NEST_ERRANDS", str(tmp_path))

    def read() -> list[str]:
        file = tmp_path / "lines"
        return file.read_text().splitlines() if file.exists() else []

    return read


@pytest.fixture(autouse=True)
def _nobody_elses(database: str) -> Iterator[None]:
    """What a test left undone is not the next one's."""
    yield
    with psycopg.connect(database) as connection:
        connection.execute("delete from app.jobs where kind like 'test.%'")
        connection.execute("delete from app.queue_pauses")


async def put(workspace: TestWorkspace | UUID | None, kind: str, **payload: Any) -> int:
    id_ = await asked(workspace, kind, payload)
    assert id_ is not None
    return id_


async def asked(
    workspace: TestWorkspace | UUID | None, kind: str, payload: dict[str, Any], **options: Any
) -> int | None:
    workspace_id = workspace.id if isinstance(workspace, TestWorkspace) else workspace
    async with system_unit_of_work() as session:
        queue = KINDS[kind].queue
        return await jobs.enqueue(session, queue, kind, payload, workspace_id=workspace_id, **options)


async def row(id_: int) -> dict[str, Any]:
    async with system_unit_of_work() as session:
        found = await session.execute(text("select * from app.jobs where id = :id"), {"id": id_})
        return dict(found.mappings().one())


async def becomes(state: str, *ids: int, seconds: float = 15) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    for id_ in ids:
        while (found := await row(id_))["state"] != state:
            assert asyncio.get_running_loop().time() < deadline, f"job {id_} is {found}, not {state}"
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def working(**options: Any) -> AsyncIterator[None]:
    stop = asyncio.Event()
    serving = asyncio.create_task(Worker(**options).serve(stop))
    try:
        yield
    finally:
        stop.set()
        await serving


async def leases_run_out() -> None:
    async with system_unit_of_work() as session:
        await session.execute(text("update app.jobs set leased_until = now() - interval '1 s' where state = 'running'"))


async def broken_jobs_may_run() -> None:
    async with system_unit_of_work() as session:
        await session.execute(text("update app.jobs set run_at = now() where state = 'waiting' and kind like 'test.%'"))


async def test_what_was_rolled_back_leaves_no_job(workspace: TestWorkspace) -> None:
    async def break_off() -> None:
        async with unit_of_work(workspace_id=workspace.id) as session:
            await jobs.enqueue(session, QUEUE, "test.note", {"as": "never"}, workspace_id=workspace.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    async with unit_of_work(workspace_id=workspace.id) as session:
        assert (await session.execute(text("select count(*) from app.jobs"))).scalar_one() == 0


async def test_a_job_is_done_as_soon_as_it_is_committed(workspace: TestWorkspace, lines: Lines) -> None:
    async with working():
        await asyncio.sleep(0.3)
        id_ = await put(workspace, "test.note", **{"as": "now"})
        await becomes("done", id_, seconds=2)
    assert lines() == ["now 1"]


async def test_a_planned_job_is_begun_at_its_moment(workspace: TestWorkspace, lines: Lines) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=1)
    id_ = await asked(workspace, "test.note", {"as": "later"}, run_at=moment)
    assert id_ is not None
    async with working():
        await becomes("done", id_, seconds=4)
    late = (await row(id_))["started_at"] - moment
    assert timedelta(0) <= late < timedelta(seconds=1)


async def test_a_key_is_the_only_one_of_its_workspace_until_it_ends(workspace: TestWorkspace, lines: Lines) -> None:
    first = await asked(workspace, "test.note", {"as": "a"}, key="same")
    assert await asked(workspace, "test.note", {"as": "b"}, key="same") is None
    assert await asked(None, "test.note", {"as": "c"}, key="same") is not None
    async with working():
        assert first is not None
        await becomes("done", first)
    assert await asked(workspace, "test.note", {"as": "d"}, key="same") is not None


async def test_a_workspace_sees_its_own_jobs_and_not_those_of_nobody(workspace: TestWorkspace) -> None:
    own = await put(workspace, "test.note")
    foreign = await put(None, "test.note")
    query = text("select id from app.jobs")
    async with unit_of_work(workspace_id=workspace.id) as session:
        assert list((await session.execute(query)).scalars()) == [own]
    async with unit_of_work(workspace_id=uuid4()) as session:
        assert (await session.execute(query)).all() == []
    async with system_unit_of_work() as session:
        assert {own, foreign} <= set((await session.execute(query)).scalars())


async def test_a_kind_that_nobody_registered_is_refused(workspace: TestWorkspace) -> None:
    async with unit_of_work(workspace_id=workspace.id) as session:
        with pytest.raises(ValueError, match="knows no kind"):
            await jobs.enqueue(session, QUEUE, "test.unheard_of", {}, workspace_id=workspace.id)
        with pytest.raises(ValueError, match="knows no kind"):
            await jobs.enqueue(session, "file_processing", "test.note", {}, workspace_id=workspace.id)


async def test_what_fails_is_tried_again_and_parked_after_the_last_attempt(
    workspace: TestWorkspace, lines: Lines
) -> None:
    id_ = await put(workspace, "test.fails")
    async with working():
        await becomes("parked", id_)
    found = await row(id_)
    assert lines() == ["fails 1", "fails 2", "fails 3"]
    assert (found["problem"], found["attempt"]) == ("The mill is not turning yet.", 3)
    assert found["failed_at"] is not None


async def test_what_is_refused_is_parked_at_once_and_what_takes_too_long_too(workspace: TestWorkspace) -> None:
    refused, late, broken = [await put(workspace, f"test.{name}") for name in ("refuses", "late", "breaks")]
    async with working():
        await becomes("parked", refused, late, broken)
    assert [(await row(id_))["problem"] for id_ in (refused, late, broken)] == [
        "There is no such file.",
        "Took longer than 0.2 s.",
        "Broke: RuntimeError.",
    ]


async def test_a_worker_that_is_killed_in_the_middle_leaves_the_job_to_another(
    workspace: TestWorkspace, lines: Lines
) -> None:
    done = await put(workspace, "test.note", **{"as": "before"})
    id_ = await put(workspace, "test.slow", **{"as": "job", "seconds": 0.8})
    with running(_ERRANDS) as killed:
        await asyncio.to_thread(until, lambda: "begins job 1" in lines())
        await becomes("done", done)
        killed.kill()
        await asyncio.to_thread(killed.wait)
    await leases_run_out()
    async with working(apart=[*_ERRANDS, "apart"]):
        await asyncio.sleep(0.3)
        await broken_jobs_may_run()
        await becomes("done", id_)
    assert lines() == ["before 1", "begins job 1", "begins job 2", "ends job 2"]
    assert (await row(id_))["crashes"] == 1


async def test_what_kills_workers_is_parked_and_takes_nothing_else_along(
    workspace: TestWorkspace, lines: Lines
) -> None:
    killer = await put(workspace, "test.kills")
    innocent = await put(workspace, "test.slow", **{"as": "innocent", "seconds": 0.5})
    with running(_ERRANDS) as first:
        assert await asyncio.to_thread(first.wait, 15) == -signal.SIGKILL
    await leases_run_out()
    with running(_ERRANDS) as second:
        await asyncio.sleep(0.5)
        await broken_jobs_may_run()
        await asyncio.to_thread(until, lambda: "kills 2" in lines())
        await becomes("done", innocent)
        await asyncio.sleep(0.4)
        await leases_run_out()
        await becomes("parked", killer)
        assert second.poll() is None
    assert (await row(killer))["problem"] == "Its worker ended in the middle, for the 2. time."


async def test_the_late_word_of_an_old_claim_changes_nothing(workspace: TestWorkspace) -> None:
    id_ = await put(workspace, "test.note", **{"as": "twice"})
    async with system_unit_of_work() as session:
        (old,) = await JobRepository(session).claim(OURS, 10)
    await leases_run_out()
    async with system_unit_of_work() as session:
        assert [ended["state"] for ended in await JobRepository(session).reap(OURS)] == ["waiting"]
    await broken_jobs_may_run()
    async with system_unit_of_work() as session:
        (new,) = await JobRepository(session).claim(OURS, 10, apart=True)
    async with system_unit_of_work() as session:
        repository = JobRepository(session)
        assert await repository.finish([old.job]) == set()
        assert await repository.renew([old.job]) == set()
        assert not await repository.fail(old.job, "late", None)
        await repository.give_back([old.job])
    assert (await row(id_))["state"] == "running"
    async with system_unit_of_work() as session:
        assert await JobRepository(session).finish([new.job]) == {id_}
        assert await JobRepository(session).finish([new.job]) == set()


async def test_a_noisy_workspace_does_not_hold_up_a_quiet_one(workspace: TestWorkspace) -> None:
    async with system_unit_of_work() as session:
        noise = [jobs.new(QUEUE, "test.note", {"as": str(n)}, workspace_id=workspace.id) for n in range(500)]
        await jobs.enqueue_all(session, noise)
    quiet = await put(None, "test.note", **{"as": "quiet"})
    async with system_unit_of_work() as session:
        claimed = await JobRepository(session).claim(OURS, 4)
    assert quiet in {one.job.id for one in claimed}
    assert len(claimed) == 4


async def test_urgent_jobs_go_first_and_no_workspace_has_more_than_its_share(workspace: TestWorkspace) -> None:
    usual = [await put(workspace, "test.note", **{"as": str(n)}) for n in range(8)]
    urgent = await asked(workspace, "test.note", {"as": "urgent"}, priority=5)
    async with system_unit_of_work() as session:
        (first,) = await JobRepository(session).claim(OURS, 1)
        rest = await JobRepository(session).claim(OURS, 20)
    assert first.job.id == urgent
    assert [one.job.id for one in rest] == usual[: KINDS["test.note"].per_workspace - 1]


async def test_of_an_account_one_is_done_after_the_other(workspace: TestWorkspace) -> None:
    async with unit_of_work(workspace_id=workspace.id) as session:
        account = Account(workspace_id=workspace.id, platform="x", external_id=uuid4().hex, name="A")
        session.add(account)
    # The one without an account is held up by nobody's.
    for account_id in (account.id, account.id, None):
        await asked(workspace, "test.single", {"as": "x", "seconds": 0}, account_id=account_id)
    async with system_unit_of_work() as session:
        claimed = []
        while more := await JobRepository(session).claim(OURS, 10):
            claimed += more
    assert [one.job.account_id for one in claimed] == [account.id, None]


async def test_nothing_is_claimed_twice_by_workers_side_by_side(workspace: TestWorkspace, lines: Lines) -> None:
    async with system_unit_of_work() as session:
        many = [jobs.new(QUEUE, "test.note", {"as": str(n)}, workspace_id=workspace.id) for n in range(150)]
        ids = await jobs.enqueue_all(session, many)
    async with working(), working(), working():
        await becomes("done", *ids)
    assert sorted(lines()) == sorted(f"{n} 1" for n in range(150))


async def test_a_worker_that_stops_finishes_or_gives_back(
    workspace: TestWorkspace, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clientnest.jobs.worker.GRACE", 0.6)
    short = await put(workspace, "test.slow", **{"as": "short", "seconds": 0.3})
    long = await put(workspace, "test.slow", **{"as": "long", "seconds": 20})
    async with working():
        await asyncio.to_thread(until, lambda: len(lines()) == 2)
        waiting = await asked(workspace, "test.note", {"as": "w"}, run_at=datetime.now(UTC) + timedelta(seconds=60))
    assert waiting is not None
    found = await row(long)
    assert (await row(short))["state"] == "done"
    assert (found["state"], found["attempt"], found["excused"], found["crashes"]) == ("waiting", 1, 1, 0)


async def test_what_ended_well_is_forgotten_after_a_week_and_what_is_parked_is_not(workspace: TestWorkspace) -> None:
    old, young, parked = [await put(workspace, "test.note") for _ in range(3)]
    async with system_unit_of_work() as session:
        for id_, state, days in ((old, "done", 8), (young, "done", 6), (parked, "parked", 400)):
            await session.execute(
                text(
                    "update app.jobs set state = :state, ended_at = now() - make_interval(days => :days) where id = :id"
                ),
                {"id": id_, "state": state, "days": days},
            )
    async with system_unit_of_work() as session:
        await JobRepository(session).prune()
        left: set[int] = set(
            (await session.execute(text("select id from app.jobs where kind = 'test.note'"))).scalars()
        )
    assert left == {young, parked}


async def test_a_worker_hears_again_after_its_connections_were_cut(
    workspace: TestWorkspace, lines: Lines, database: str
) -> None:
    async with working():
        await asyncio.sleep(0.3)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen nest_jobs%%'"
                " or query = 'select 1'"
            )
        await asyncio.sleep(1.5)
        id_ = await put(workspace, "test.slow", **{"as": "x", "seconds": 0})
        await becomes("done", id_, seconds=3)


def test_a_queue_of_no_jobs_takes_no_kind() -> None:
    with pytest.raises(ValueError, match="no queue"):
        jobs.kind("test.other", jobs.PUBLISHING)
    with pytest.raises(ValueError, match="already"):
        jobs.kind("test.note", QUEUE)
