"""The comment that follows a post: once, when it is live, and never twice."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from clientnest.errors import Invalid
from platforms import PLATFORMS
from publishing import comments
from tests.publishing.conftest import Desk, said

NETWORKS = sorted(name for name, sheet in PLATFORMS.items() if sheet.comment and "text" in sheet.kinds)


def _row(desk: Desk, id_: Any) -> dict[str, Any]:
    return desk.sql("select * from app.first_comments where publication_id = %s", id_)[0]


@pytest.fixture
def faults(desk: Desk) -> Iterator[Any]:
    def plan(network: str, kind: str, after: int = 0) -> None:
        body = {"network": network, "kind": kind, "times": 1, "after": after}
        httpx.post(f"{desk.stage.control}/faults", json=body, trust_env=False).raise_for_status()

    yield plan
    for network in NETWORKS:
        httpx.delete(f"{desk.stage.control}/faults", params={"network": network}, trust_env=False)


def test_there_are_networks_with_comments() -> None:
    assert len(NETWORKS) >= 2


@pytest.mark.parametrize("network", NETWORKS)
async def test_a_comment_follows_its_post_once(desk: Desk, network: str) -> None:
    text, comment = said("Post"), said("Comment")
    (id_,) = await desk.publish(text, await desk.connect(network), first_comment=comment)
    assert not await comments.work_one()
    await desk.worked_off(id_)
    await desk.named(id_)
    assert await comments.work_one()
    assert not await comments.work_one()
    row = _row(desk, id_)
    assert (row["status"], row["problem"]) == ("posted", None)
    assert row["external_id"]
    assert desk.events(id_)[-1] == "publication.first_comment"


async def test_a_comment_that_was_not_answered_is_not_written_again(desk: Desk, faults: Any) -> None:
    (id_,) = await desk.publish(said("Post"), await desk.connect("facebook"), first_comment=said("Comment"))
    await desk.worked_off(id_)
    faults("facebook", "drop_after_write")
    assert await comments.work_one()
    assert (_row(desk, id_)["status"], "look" in _row(desk, id_)["problem"]) == ("needs_person", True)
    assert not await comments.work_one()


async def test_a_network_that_limits_is_asked_again_later(desk: Desk, faults: Any) -> None:
    (id_,) = await desk.publish(said("Post"), await desk.connect("bluesky"), first_comment=said("Comment"))
    await desk.worked_off(id_)
    faults("bluesky", "rate_limited")
    assert await comments.work_one()
    assert _row(desk, id_)["status"] == "waiting"
    assert not await comments.work_one()
    desk.sql("update app.first_comments set due_at = now() where publication_id = %s", id_)
    assert await comments.work_one()
    assert _row(desk, id_)["status"] == "posted"


async def test_a_worker_that_dies_while_it_comments_leaves_it_to_a_person(desk: Desk) -> None:
    (id_,) = await desk.publish(said("Post"), await desk.connect("facebook"), first_comment=said("Comment"))
    await desk.worked_off(id_)
    desk.sql(
        "update app.first_comments set status = 'sending', attempt = 1, leased_until = now() - interval '1 s' "
        "where publication_id = %s",
        id_,
    )
    assert not await comments.work_one()
    assert _row(desk, id_)["status"] == "needs_person"


async def test_a_network_without_comments_refuses_one_beforehand(desk: Desk) -> None:
    silent = next(name for name, sheet in PLATFORMS.items() if sheet.publish and sheet.comment is None)
    with pytest.raises(Invalid) as refused:
        await desk.publish(
            said("Post"),
            await desk.connect(silent),
            media_url=f"{desk.stage.control}/sample.mp4",
            title="A film",
            first_comment="First",
        )
    assert any("no comments" in problem.message for problem in refused.value.problems)
