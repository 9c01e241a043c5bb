"""One post to each network, from the door of publishing to the network's own books."""

import asyncio
from typing import Any

import pytest

from publishing.publications.attempt import work_one
from tests.publishing.conftest import Desk, said

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
    await _named(desk, id_)
    assert desk.live(network, text) == [desk.publication(id_)["external_id"]]
    assert desk.events(id_)[:2] == ["publication.scheduled", "publication.published"]


async def _named(desk: Desk, id_: Any) -> None:
    """Wait until the network has named it: some take a moment after it is live."""
    for _ in range(20):
        if desk.publication(id_)["external_id"]:
            return
        await asyncio.sleep(0.5)
        desk.time_passes(id_)
        await work_one()
    raise AssertionError("it was never named")
