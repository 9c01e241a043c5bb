"""Media in an object store, over the wire: the same door, the same words, and nothing of ours left on this machine."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clientnest.database import unit_of_work
from clientnest.errors import NotReady
from clientnest.settings import settings
from publishing.content.written import Piece
from publishing.media import library, store
from publishing.media.storage import storage
from tests.conftest import TestWorkspace
from tests.publishing.bucket import Bucket, serving
from tests.publishing.conftest import Desk, said
from tests.publishing.test_media_full import picture


@pytest.fixture
def bucket(tmp_path: Path, database: str) -> Iterator[Bucket]:
    """Where the media of this test lie."""
    with serving() as served, pytest.MonkeyPatch.context() as environment:
        told = {
            "NEST_HOME": str(tmp_path),
            "NEST_MEDIA_URL": f"s3://{served.name}",
            "AWS_ENDPOINT": served.endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "eu-north-1",
            "AWS_ACCESS_KEY_ID": "nest",
            "AWS_SECRET_ACCESS_KEY": "kept",
            "NO_PROXY": "127.0.0.1",
        }
        for name, value in told.items():
            environment.setenv(name, value)
        settings.cache_clear()
        yield served
    settings.cache_clear()


async def test_what_comes_in_lies_in_the_bucket_and_is_read_through_a_copy(
    workspace: TestWorkspace, bucket: Bucket
) -> None:
    kept = await store.receive(workspace.id, picture(600))
    assert set(bucket.objects) == {f"{workspace.id}/{kept.sha256}", f"{workspace.id}/{kept.sha256}.thumbnail"}
    content = bucket.objects[f"{workspace.id}/{kept.sha256}"].content
    assert store.path(kept).read_bytes() == content
    gets = bucket.told.count("GET")
    assert store.path(kept).read_bytes() == content
    assert bucket.told.count("GET") == gets, "the copy serves"
    os.utime(store.path(kept), (0, 0))
    storage().forget_copies()
    assert store.path(kept).read_bytes() == content
    assert bucket.told.count("GET") == gets + 1


async def test_a_large_file_arrives_in_parts(workspace: TestWorkspace, bucket: Bucket) -> None:
    content = os.urandom(12_000_000)
    storage().put(f"{workspace.id}/{'a' * 64}", io.BytesIO(content))
    assert bucket.objects[f"{workspace.id}/{'a' * 64}"].content == content
    assert [len(parts) > 1 for parts in bucket.parts.values()] == [True]


async def test_a_post_goes_out_with_what_lies_in_the_bucket(desk: Desk, bucket: Bucket) -> None:
    account, text = await desk.connect("bluesky"), said("From afar")
    # Larger than the network takes, so that a copy of it is made, and kept beside it.
    medium = await store.receive(desk.workspace.id, picture(2400))
    (id_,) = await desk.publish(text, account, media=(Piece(medium.id),))
    await desk.worked_off(id_)
    await desk.named(id_)
    assert desk.live("bluesky", text) == [desk.publication(id_)["external_id"]]
    assert len(bucket.objects) == 3


async def test_what_is_deleted_and_what_nobody_knows_is_swept(workspace: TestWorkspace, bucket: Bucket) -> None:
    kept, gone = await store.receive(workspace.id, picture(600)), await store.receive(workspace.id, picture(500))
    storage().put(f"{workspace.id}/{'0' * 64}", b"broken off")
    storage().put("somebody/else.txt", b"not ours")
    async with unit_of_work(workspace_id=workspace.id) as session:
        await library.delete(session, gone.id)
    assert await library.sweep(timedelta(0)) == 3
    place = f"{workspace.id}/{kept.sha256}"
    assert set(bucket.objects) == {place, f"{place}.thumbnail", "somebody/else.txt"}


async def test_a_bucket_that_refuses_us_leaves_nothing(workspace: TestWorkspace, desk: Desk, bucket: Bucket) -> None:
    bucket.is_away = True
    with pytest.raises(NotReady, match="can be reached"):
        await store.receive(workspace.id, picture(600))
    assert desk.sql("select from app.media where workspace_id = %s", workspace.id) == []
    bucket.is_away = False
    assert (await store.receive(workspace.id, picture(600))).size
