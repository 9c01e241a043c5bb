"""The disk is full: what comes in is refused and leaves nothing, what goes out waits, and both go on by themselves."""

import contextlib
import io
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from clientnest.errors import NotReady
from clientnest.settings import settings
from publishing.content.written import Piece
from publishing.media import store
from publishing.publications.attempt import work_one
from tests.conftest import TestWorkspace
from tests.publishing.conftest import Desk, said


@contextlib.contextmanager
def full_above(size: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes, which is what a full disk looks like."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@pytest.fixture
def folder(tmp_path: Path, database: str) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NEST_HOME", str(tmp_path))
        settings.cache_clear()
        yield tmp_path
    settings.cache_clear()


def picture(side: int = 1500) -> io.BytesIO:
    """Noise, which nothing makes smaller."""
    written = io.BytesIO()
    Image.effect_noise((side, side), 120).convert("RGB").save(written, "JPEG", quality=95)
    return io.BytesIO(written.getvalue())


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_has_no_room_is_refused_and_leaves_nothing(
    folder: Path, desk: Desk, workspace: TestWorkspace
) -> None:
    content = picture()
    with full_above(200_000), pytest.raises(NotReady, match="has room"):
        await store.receive(workspace.id, content)
    assert desk.sql("select from app.media where workspace_id = %s", workspace.id) == []
    assert not [path for path in _files(folder) if path.stat().st_size > 100_000]
    content.seek(0)
    kept = await store.receive(workspace.id, content)
    assert store.path(kept).stat().st_size == kept.size


async def test_what_is_due_waits_for_room_and_then_goes_out_once(folder: Path, desk: Desk) -> None:
    account, text = await desk.connect("bluesky"), said("Room")
    medium = await store.receive(desk.workspace.id, picture(2400))
    (id_,) = await desk.publish(text, account, media=(Piece(medium.id),))
    with full_above(200_000):
        assert await work_one()
    row = desk.publication(id_)
    assert (row["status"], desk.attempts(id_)) == ("scheduled", [("prepare", "unavailable")])
    assert "has room" in row["problem"]
    assert desk.live("bluesky", text) == []
    await desk.worked_off(id_)
    await desk.named(id_)
    assert desk.live("bluesky", text) == [desk.publication(id_)["external_id"]]
