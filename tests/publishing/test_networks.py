"""One post to each network, from the door of publishing to the network's own books."""

import asyncio
from typing import Any

import pytest

from publishing.publications.attempt import work_one
from tests.publishing.conftest import Desk, Way, eventually, said

# What each network takes, as a draft.
_DRAFTS = [
    ("facebook", None),
    ("facebook", "sample.jpg"),
    ("instagram", "sample.jpg"),
    ("instagram", "sample.mp4"),
    ("linkedin", None),
    ("linkedin", "sample.jpg"),
    ("tiktok", "sample.mp4"),
    ("tiktok", "sample.jpg"),
    ("x", None),
    ("x", "sample.jpg"),
    ("youtube", "sample.mp4"),
]


@pytest.mark.parametrize(("network", "media"), _DRAFTS)
async def test_a_post_is_live_once_and_the_ledger_says_so(desk: Desk, network: str, media: str | None) -> None:
    text = said("Fresh beans today")
    draft: dict[str, Any] = {"media_url": f"{desk.stage.control}/{media}"} if media else {}
    (id_,) = await desk.publish(text, await desk.connect(network), link="https://example.com/beans", **draft)
    assert desk.events(id_) == ["publication.scheduled"]
    await desk.worked_off(id_)
    row = desk.publication(id_)
    assert (row["status"], row["problem"], row["leased_until"], row["state"]) == ("published", None, None, None)
    assert row["published_at"] is not None
    kept = str(row) + str(desk.sql("select * from app.attempts where publication_id = %s", id_))
    assert not [secret for secret in ("upload_token", "upload_id", "Bearer", desk.token(network)) if secret in kept]
    await desk.named(id_)
    assert desk.live(network, text) == [desk.publication(id_)["external_id"]]
    assert desk.events(id_)[:2] == ["publication.scheduled", "publication.published"]


async def test_a_post_that_is_live_without_an_id_is_named_later(desk: Desk, between: Way) -> None:
    text = said("In moderation")
    async with between("tiktok") as way:
        account = await desk.connect("tiktok", place=1)
        (id_,) = await desk.publish(text, account, media_url=f"{desk.stage.control}/sample.mp4")
        working = asyncio.create_task(work_one())
        await eventually(lambda: way.times("PUT /upload") == 1)
        way.answer("status/fetch", 200, {"data": {"status": "PUBLISH_COMPLETE"}, "error": {"code": "ok"}})
        await working
        row = desk.publication(id_)
        assert (row["status"], row["external_id"], row["problem"]) == ("published", None, None)
        await desk.named(id_)
        assert way.times("/video/init/") == 1
    assert desk.live("tiktok", text) == [desk.publication(id_)["external_id"]]
    assert desk.publication(id_)["published_at"] == row["published_at"]
    assert desk.events(id_) == ["publication.scheduled", "publication.published", "publication.named"]
    assert desk.attempts(id_)[0] == ("send", "published")
    assert desk.attempts(id_)[-1] == ("look", "named")


async def test_an_id_that_never_comes_is_not_looked_for_for_ever(desk: Desk) -> None:
    (id_,) = await desk.publish(said("Private"), await desk.connect("x"))
    desk.sql(
        "update app.publications set status = 'published', published_at = now() - interval '4 days' where id = %s", id_
    )
    assert not await work_one()
