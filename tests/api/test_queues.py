"""Queues over HTTP: what a workspace sees of its own work, and what it may do about it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import pytest

from clientnest import jobs
from clientnest.database import system_unit_of_work
from clientnest.jobs import QUEUES, Job, overview
from clientnest.jobs.worker import Worker
from tests.api.conftest import Caller, problem

QUEUE = "ai_processing"
_done: list[int] = []


@jobs.kind("queues.note", QUEUE)
async def note(job: Job) -> None:
    _done.append(job.id)


@jobs.kind("queues.refuse", QUEUE)
async def refuse(job: Job) -> None:
    raise jobs.Refused("There is no such model.")


async def put(caller: Caller, kind: str, **options: Any) -> int:
    async with system_unit_of_work() as session:
        id_ = await jobs.enqueue(session, QUEUE, kind, {"n": 1}, workspace_id=caller.workspace_id, **options)
    assert id_ is not None
    return id_


@contextlib.asynccontextmanager
async def working() -> AsyncIterator[None]:
    stop = asyncio.Event()
    serving = asyncio.create_task(Worker().serve(stop))
    try:
        yield
    finally:
        stop.set()
        await serving


def queue(caller: Caller, name: str = QUEUE) -> dict[str, Any]:
    items: list[dict[str, Any]] = caller.get("/queues").json()["items"]
    return next(item for item in items if item["name"] == name)


def job(caller: Caller, id_: int) -> dict[str, Any]:
    items: list[dict[str, Any]] = caller.get(f"/queues/{QUEUE}/jobs", limit=200).json()["items"]
    return next(item for item in items if item["id"] == id_)


async def becomes(caller: Caller, state: str, *ids: int) -> None:
    deadline = asyncio.get_running_loop().time() + 15
    for id_ in ids:
        while job(caller, id_)["state"] != state:
            assert asyncio.get_running_loop().time() < deadline, job(caller, id_)
            await asyncio.sleep(0.05)


async def test_all_six_queues_are_told_and_what_nobody_knows_is_null(owner: Caller) -> None:
    items = owner.get("/queues").json()["items"]
    assert [item["name"] for item in items] == list(QUEUES)
    for item in items:
        assert (item["waiting"], item["parked"], item["oldest_seconds"], item["paused_at"]) == (0, 0, None, None)


async def test_a_workspace_is_told_of_its_own_work_only(owner: Caller, stranger: Caller) -> None:
    id_ = await put(owner, "queues.note")
    found = queue(owner)
    assert found["waiting"] == 1
    assert found["oldest_seconds"] >= 0
    assert queue(stranger)["waiting"] == 0
    assert stranger.get(f"/queues/{QUEUE}/jobs").json()["items"] == []
    problem(stranger.post(f"/jobs/{id_}/cancel"), 404)
    problem(stranger.post(f"/jobs/{id_}/retry"), 404)
    assert owner.post(f"/jobs/{id_}/cancel").json()["state"] == "cancelled"


async def test_a_queue_that_is_held_up_stands_still_for_that_workspace_alone(owner: Caller, stranger: Caller) -> None:
    assert owner.post(f"/queues/{QUEUE}/pause").json()["paused_at"] is not None
    assert queue(stranger)["paused_at"] is None
    held, free = await put(owner, "queues.note"), await put(stranger, "queues.note")
    async with working():
        await becomes(stranger, "done", free)
        await asyncio.sleep(0.2)
        assert job(owner, held)["state"] == "waiting"
        told = owner.post(f"/queues/{QUEUE}/resume").json()
        assert (told["paused_at"], told["waiting"]) == (None, 1)
        await becomes(owner, "done", held)
    assert queue(owner)["done_per_minute"] == pytest.approx(1 / 60)


async def test_what_the_installation_holds_up_no_workspace_resumes(owner: Caller) -> None:
    async with system_unit_of_work() as session:
        assert await overview.pause(session, QUEUE, workspace_id=None, by=None)
        assert not await overview.pause(session, QUEUE, workspace_id=None, by=None)
    try:
        told = owner.post(f"/queues/{QUEUE}/resume").json()
        assert told["paused_for_everybody"]
        id_ = await put(owner, "queues.note")
        async with working():
            await asyncio.sleep(0.4)
            assert job(owner, id_)["state"] == "waiting"
    finally:
        async with system_unit_of_work() as session:
            assert await overview.resume(session, QUEUE, workspace_id=None)
    assert not queue(owner)["paused_for_everybody"]
    assert owner.post(f"/jobs/{id_}/cancel").status_code == 200


async def test_what_is_parked_says_why_and_is_begun_anew(owner: Caller) -> None:
    id_ = await put(owner, "queues.refuse")
    async with working():
        await becomes(owner, "parked", id_)
        found = job(owner, id_)
        assert (found["problem"], found["attempt"]) == ("There is no such model.", 1)
        figures = queue(owner)
        assert (figures["parked"], figures["failed_per_minute"]) == (1, pytest.approx(1 / 60))
        assert owner.post(f"/jobs/{id_}/retry").json()["state"] == "waiting"
        await becomes(owner, "parked", id_)
    assert job(owner, id_)["attempt"] == 2
    assert owner.post(f"/jobs/{id_}/cancel").json()["state"] == "cancelled"
    problem(owner.post(f"/jobs/{id_}/cancel"), 409)


async def test_a_job_is_not_begun_anew_beside_another_of_the_same_key(owner: Caller) -> None:
    first = await put(owner, "queues.note", key="same")
    assert owner.post(f"/jobs/{first}/cancel").status_code == 200
    second = await put(owner, "queues.note", key="same")
    problem(owner.post(f"/jobs/{first}/retry"), 409)
    problem(owner.post(f"/jobs/{second}/retry"), 409)
    owner.post(f"/jobs/{second}/cancel")


async def test_jobs_are_listed_page_by_page_and_by_state(owner: Caller) -> None:
    ids = [await put(owner, "queues.note") for _ in range(3)]
    owner.post(f"/jobs/{ids[0]}/cancel")
    page = owner.get(f"/queues/{QUEUE}/jobs", limit=2).json()
    assert [item["id"] for item in page["items"]] == [ids[2], ids[1]]
    rest = owner.get(f"/queues/{QUEUE}/jobs", limit=2, cursor=page["next_cursor"]).json()
    assert ([item["id"] for item in rest["items"]], rest["next_cursor"]) == ([ids[0]], None)
    waiting = owner.get(f"/queues/{QUEUE}/jobs", state="waiting").json()["items"]
    assert [item["id"] for item in waiting] == [ids[2], ids[1]]
    problem(owner.get("/queues/nowhere/jobs"), 404)
    problem(owner.post("/queues/nowhere/pause"), 404)
    problem(owner.get(f"/queues/{QUEUE}/jobs", cursor="WyJhIl0"), 422)
    problem(owner.post(f"/jobs/{uuid4().int % 2**62}/retry"), 404)
    for id_ in ids[1:]:
        owner.post(f"/jobs/{id_}/cancel")


async def test_who_sees_data_health_sees_queues_and_who_leads_holds_them_up(
    owner: Caller, member: Callable[[str], Caller]
) -> None:
    for role, sees, manages in (
        ("admin", 200, 200),
        ("manager", 200, 403),
        ("analyst", 200, 403),
        ("editor", 200, 403),
        ("client", 403, 403),
    ):
        person = member(role)
        assert person.get("/queues").status_code == sees, role
        assert person.post(f"/queues/{QUEUE}/resume").status_code == manages, role
