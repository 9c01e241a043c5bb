"""A publication between its door and the network: at a moment, moved, rewritten, cancelled, tried again, by hand."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from clientnest.database import system_unit_of_work, unit_of_work
from clientnest.errors import Conflict, Invalid
from publishing.publications import changes, service
from publishing.publications.attempt import work_one
from publishing.publications.moments import Moment, meant
from publishing.publications.service import Moments
from tests.publishing.conftest import Desk, said
from tests.publishing.drafting import drafted


def _soon(**ahead: float) -> Moment:
    return meant(datetime.now(UTC) + timedelta(**(ahead or {"hours": 1})), None, now=datetime.now(UTC))


async def _planned(desk: Desk, text: str, *accounts: UUID, moment: Moment | None = None, **draft: Any) -> list[UUID]:
    moments = Moments(moment or _soon())
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        wanted = drafted(text, *accounts, **draft)
        stored = await service.publish(session, desk.workspace.id, desk.workspace.user_id, wanted, moments)
        return [publication.id for publication in stored]


async def _due(desk: Desk, *ids: UUID) -> None:
    """Its moment has come."""
    for id_ in ids:
        desk.sql("update app.publications set scheduled_at = now(), due_at = now() where id = %s", id_)
    await desk.worked_off(*ids)


async def test_what_is_planned_waits_for_its_moment_and_then_goes_out_once(desk: Desk) -> None:
    text = said("Later")
    (id_,) = await _planned(desk, text, await desk.connect("x"))
    assert not await work_one()
    assert desk.live("x", text) == []
    await _due(desk, id_)
    assert len(desk.live("x", text)) == 1


async def test_each_account_may_have_its_moment(desk: Desk) -> None:
    accounts = [await desk.connect("x"), await desk.connect("facebook")]
    first, second = _soon(), _soon(hours=5)
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        wanted = drafted(said("Twice"), *accounts)
        moments = Moments(first, {accounts[1]: second})
        await service.publish(session, desk.workspace.id, desk.workspace.user_id, wanted, moments)
    rows = desk.sql("select account_id, due_at from app.publications where workspace_id = %s", desk.workspace.id)
    assert {row["account_id"]: row["due_at"] for row in rows} == {accounts[0]: first.at, accounts[1]: second.at}


async def test_a_planned_publication_is_moved_and_goes_out_with_its_newest_words(desk: Desk) -> None:
    before, after = said("Before"), said("After")
    (id_,) = await _planned(desk, before, await desk.connect("facebook"), link="https://example.com/a")
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        variant = {"text": after, "link": "https://example.com/b"}
        await changes.rewrite(session, id_, variant, {})
        await changes.move(session, id_, _soon(days=2))
    (link,) = desk.sql("select destination from app.links where publication_id = %s", id_)
    assert link["destination"] == "https://example.com/b"
    await _due(desk, id_)
    assert desk.live("facebook", before) == []
    assert len(desk.live("facebook", after)) == 1
    assert desk.events(id_) == [f"publication.{one}" for one in ("scheduled", "edited", "moved", "published")]


async def test_words_that_cannot_go_out_are_refused_and_the_old_ones_stay(desk: Desk) -> None:
    text = said("Short")
    (id_,) = await _planned(desk, text, await desk.connect("x"))
    with pytest.raises(Invalid):
        async with unit_of_work(workspace_id=desk.workspace.id) as session:
            await changes.rewrite(session, id_, {"text": "a" * 281}, {})
    assert desk.publication(id_)["variant"] == {}
    await _due(desk, id_)
    assert len(desk.live("x", text)) == 1


async def test_what_is_cancelled_never_goes_out(desk: Desk) -> None:
    text = said("Never")
    (id_,) = await _planned(desk, text, await desk.connect("x"))
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await changes.cancel(session, id_)
        await changes.cancel(session, id_)
    desk.time_passes(id_)
    assert not await work_one()
    assert desk.live("x", text) == []
    with pytest.raises(Conflict, match="ended as cancelled"):
        async with unit_of_work(workspace_id=desk.workspace.id) as session:
            await changes.move(session, id_, None)
    with pytest.raises(Conflict, match="ended as cancelled"):
        async with unit_of_work(workspace_id=desk.workspace.id) as session:
            await changes.rewrite(session, id_, {"text": "Still"}, {})


async def test_between_a_person_and_the_worker_one_wins_and_both_know(desk: Desk) -> None:
    """Cancelled is never published, and what was answered to an edit is what went out."""
    account = await desk.connect("x")
    for turn in range(12):
        old, new = said(f"Old {turn}"), said(f"New {turn}")
        (id_,) = await _planned(desk, old, account)
        desk.sql("update app.publications set due_at = now() where id = %s", id_)
        working = asyncio.create_task(work_one())
        await asyncio.sleep(turn * 0.004)
        taken = True
        try:
            async with unit_of_work(workspace_id=desk.workspace.id) as session:
                await (changes.cancel(session, id_) if turn % 2 else changes.rewrite(session, id_, {"text": new}, {}))
        except Conflict:
            taken = False
        await working
        if turn % 2 and taken:
            assert (desk.live("x", old), desk.publication(id_)["status"]) == ([], "cancelled")
            continue
        await desk.worked_off(id_)
        live = {"old": len(desk.live("x", old)), "new": len(desk.live("x", new))}
        assert live == ({"old": 0, "new": 1} if taken else {"old": 1, "new": 0})


async def test_what_needs_a_person_goes_out_again_only_with_their_word(desk: Desk) -> None:
    text = said("Unsure")
    (id_,) = await _planned(desk, text, await desk.connect("x"))
    desk.sql("update app.publications set status = 'needs_person', problem = 'Look' where id = %s", id_)
    with pytest.raises(Conflict, match="not_live"):
        async with unit_of_work(workspace_id=desk.workspace.id) as session:
            await changes.retry(session, id_, desk.workspace.user_id, not_live=False)
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await changes.retry(session, id_, desk.workspace.user_id, not_live=True)
    await desk.worked_off(id_)
    assert len(desk.live("x", text)) == 1
    assert desk.attempts(id_) == [("person", "not_live"), ("send", "published")]
    with pytest.raises(Conflict):
        async with unit_of_work(workspace_id=desk.workspace.id) as session:
            await changes.retry(session, id_, desk.workspace.user_id, not_live=True)


@pytest.mark.parametrize(("live", "status"), [(True, "published"), (False, "failed")])
async def test_a_person_says_what_became_of_it(desk: Desk, live: bool, status: str) -> None:
    (id_,) = await _planned(desk, said("Told"), await desk.connect("x"))
    desk.sql("update app.publications set status = 'needs_person' where id = %s", id_)
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        await changes.mark(session, id_, desk.workspace.user_id, live=live, permalink="https://example.com/1")
    row = desk.publication(id_)
    assert (row["status"], row["permalink"]) == (status, "https://example.com/1" if live else None)
    assert (row["published_at"] is None) != live


async def test_what_no_api_takes_is_prepared_for_a_person_and_never_sent(desk: Desk) -> None:
    """A text alone is nothing that Instagram's API takes."""
    account, text = await desk.connect("instagram"), said("By hand")
    with pytest.raises(Invalid):
        await _planned(desk, text, account)
    (id_,) = await _planned(desk, text, account, assisted=frozenset({account}))
    desk.time_passes(id_)
    await desk.worked_off(id_)
    row = desk.publication(id_)
    assert (row["status"], row["problem"]) == ("needs_person", "It is time: post this by hand. Mark it done.")
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        packed = await service.packed(session, id_)
        assert packed.content.text == text
        await changes.mark(session, id_, desk.workspace.user_id, live=True, permalink="https://instagram.example/p/1")
    assert not await work_one()
    assert desk.live("instagram", text) == []
    assert desk.attempts(id_) == [("prepare", "assisted"), ("person", "live")]


async def test_new_rules_of_a_zone_move_what_hangs_on_its_wall(desk: Desk) -> None:
    local = (datetime.now(UTC) + timedelta(days=30)).replace(tzinfo=None, microsecond=0)
    wall = meant(local, "Europe/Oslo", now=datetime.now(UTC))
    account = await desk.connect("x")
    (hanging,) = await _planned(desk, said("On the wall"), account, moment=wall)
    (fixed,) = await _planned(desk, said("Fixed"), account, moment=_soon(days=30))
    before = desk.publication(fixed)["due_at"]
    rules = timezone(timedelta(hours=5))
    async with system_unit_of_work() as session:
        assert await changes.resettle(session, lambda _: rules) == 1
        assert await changes.resettle(session, lambda _: rules) == 0
    row = desk.publication(hanging)
    assert row["due_at"] == row["scheduled_at"] == local.replace(tzinfo=rules)
    assert desk.publication(fixed)["due_at"] == before
    assert desk.events(hanging) == ["publication.scheduled", "publication.moved"]
