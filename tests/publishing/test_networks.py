"""One post to each network, from the door of publishing to the network's own books."""

import asyncio
from typing import Any

import pytest

from platforms import PLATFORMS
from platforms.posting import Kind
from publishing.content.written import Part
from publishing.publications.attempt import work_one
from tests.publishing.conftest import Desk, Way, eventually, said

_FILMS = ("video", "reel", "short")
# What their authors choose; the others are told by their media.
_CHOSEN = ("reel", "story", "short", "article")
_PICTURES: dict[Kind, list[str]] = {
    "image": ["sample.jpg"],
    "carousel": ["sample.jpg", "sample.jpg?height=1000"],
    "story": ["sample.jpg?height=1920&width=1080"],
}
_PIECES = ("the first part", "the second part")


def _draft(desk: Desk, kind: Kind) -> dict[str, Any]:
    """A post of a kind, besides its text."""
    names = ["sample.mp4"] if kind in _FILMS else _PICTURES.get(kind, [])
    return {
        "media_urls": tuple(f"{desk.stage.control}/{name}" for name in names),
        "format": kind if kind in _CHOSEN else None,
        "title": "How we roast",
        "link": "https://example.com/beans" if kind == "link" else None,
        "parts": tuple(Part(f"{kind}, {piece}") for piece in _PIECES) if kind == "thread" else (),
    }


_KINDS = [(sheet.name, kind) for sheet in PLATFORMS.values() if sheet.publish for kind in sheet.kinds]


@pytest.mark.parametrize(("network", "kind"), _KINDS, ids=[f"{network}-{kind}" for network, kind in _KINDS])
async def test_every_kind_is_live_once_and_the_ledger_says_so(desk: Desk, network: str, kind: Kind) -> None:
    text, before = "" if kind == "story" else said("Fresh beans today"), set(desk.stage.ledger(network))
    (id_,) = await desk.publish(text, await desk.connect(network), **_draft(desk, kind))
    assert desk.events(id_) == ["publication.scheduled"]
    await desk.worked_off(id_)
    row = desk.publication(id_)
    assert (row["status"], row["problem"], row["leased_until"], row["state"]) == ("published", None, None, None)
    assert row["published_at"] is not None
    kept = str(row) + str(desk.sql("select * from app.attempts where publication_id = %s", id_))
    assert not [secret for secret in ("upload_token", "upload_id", "Bearer", desk.token(network)) if secret in kept]
    await desk.named(id_)
    live = {name: post for name, post in desk.stage.ledger(network).items() if name not in before}
    assert desk.publication(id_)["external_id"] in live
    assert len(live) == (1 + len(_PIECES) if kind == "thread" else 1)
    # An article's post is its address.
    says = "/i/article/" if kind == "article" else text
    assert len([one for one in live.values() if says in (one["text"] or "")]) == 1
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
