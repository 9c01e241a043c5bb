"""Files of deleted media go soon, by a job, and those of one that is back stay."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from clientnest.database import system_unit_of_work, unit_of_work
from clientnest.jobs.worker import Worker
from publishing.media import library
from tests.conftest import TestWorkspace
from tests.publishing.test_media import files, picture, put, set_up

__all__ = ["set_up"]


async def _deleted(workspace: TestWorkspace, media_id: UUID) -> None:
    async with unit_of_work(workspace_id=workspace.id) as session:
        await library.delete(session, media_id)


async def _worked_off(workspace: TestWorkspace) -> None:
    stop = asyncio.Event()
    serving = asyncio.create_task(Worker().serve(stop))
    left = text("select count(*) from app.jobs where workspace_id = :id and state <> 'done'")
    for _ in range(200):
        await asyncio.sleep(0.05)
        async with system_unit_of_work() as session:
            if (await session.execute(left, {"id": workspace.id})).scalar_one() == 0:
                break
    stop.set()
    await serving


async def test_files_of_a_deleted_medium_go_and_those_of_one_that_is_back_stay(
    workspace: TestWorkspace, set_up: Callable[..., None], tmp_path: Path
) -> None:
    set_up(home=str(tmp_path))
    content = picture("PNG", (20, 20))
    gone, back = await put(workspace, picture("PNG")), await put(workspace, content)
    await _deleted(workspace, gone.id)
    await _deleted(workspace, back.id)
    assert (await put(workspace, content)).id == back.id
    await _worked_off(workspace)
    assert files(workspace) == {back.sha256, f"{back.sha256}.thumbnail"}
