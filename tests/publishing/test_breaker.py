"""A network that is away: what is due waits for it with its attempts unspent, and nobody else waits."""

import asyncio
from uuid import UUID, uuid4

import pytest

from clientnest import marts
from clientnest.database import unit_of_work
from clientnest.settings import settings
from publishing.publications import claims
from publishing.publications.breaker import ACCOUNTS, App, Breaker
from publishing.publications.underway import UnderWay
from publishing.publications.worker import serve
from tests.publishing.conftest import Desk, eventually, said

APP: App = ("linkedin", None)
OTHER: App = ("linkedin", uuid4())


class Clock:
    """Stands still until it is moved; in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_several_accounts_in_a_row_are_needed_and_one_answer_ends_it() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    accounts = [uuid4() for _ in range(ACCOUNTS)]
    for _ in range(20):
        breaker.failed(APP, accounts[0])
    assert not breaker.away, "the trouble of one account is its own"
    for account in accounts:
        breaker.failed(APP, account)
    assert breaker.away == {APP}
    assert not breaker.tried
    clock.now = 15
    assert not breaker.away
    assert breaker.tried == {APP}
    breaker.answered(OTHER)
    breaker.answered(APP)
    assert not breaker.away | breaker.tried


def test_it_is_tried_ever_more_rarely() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for account in [uuid4() for _ in range(ACCOUNTS)]:
        breaker.failed(APP, account)
    waits = []
    for _ in range(7):
        began = clock.now
        while breaker.away:
            clock.now += 1
        waits.append(clock.now - began)
        breaker.failed(APP, uuid4())
    assert waits == [15, 30, 60, 120, 240, 300, 300]


async def _round(under_way: UnderWay) -> list[UUID]:
    """All that there is room for goes out; the accounts."""
    claimed = await claims.claim(under_way.choose, under_way.full, risky=False)
    for one in claimed:
        under_way.begin(one, asyncio.Event())
    await under_way.end()
    return [one.account.id for one in claimed]


async def test_what_is_due_waits_for_a_network_that_is_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    under_way = UnderWay(Breaker(clock))
    accounts = [await desk.connect("linkedin", external_id=f"urn:li:organization:{number}") for number in range(4)]
    sound = await desk.connect("facebook")
    with pytest.MonkeyPatch.context() as away:
        away.setenv("NEST_PLATFORMS__LINKEDIN__BASE_URL", "http://127.0.0.1:9")
        settings.cache_clear()
        ids = [id_ for account in accounts for id_ in await desk.publish(said("Waits"), account)]
        assert sorted(await _round(under_way)) == sorted(accounts)
        for id_ in ids:
            desk.time_passes(id_)
        (beside,) = await desk.publish(said("Goes"), sound)
        assert await _round(under_way) == [sound]
        assert desk.publication(beside)["status"] == "published"
        assert [len(desk.attempts(id_)) for id_ in ids] == [1] * len(ids)
        clock.now += 15
        assert len(await _round(under_way)) == ACCOUNTS, "a few try whether it is back"
        assert await _round(under_way) == []
    settings.cache_clear()
    clock.now += 30
    for id_ in ids:
        desk.time_passes(id_)
    # They say there is no such account, which is an answer.
    assert len(await _round(under_way)) == ACCOUNTS
    assert len(await _round(under_way)) == len(accounts) - ACCOUNTS


async def test_everybody_is_told_which_network_is_left_alone(desk: Desk) -> None:
    accounts = [await desk.connect("linkedin", external_id=f"urn:li:organization:{number}") for number in range(3)]
    stop = asyncio.Event()
    with pytest.MonkeyPatch.context() as away:
        away.setenv("NEST_PLATFORMS__LINKEDIN__BASE_URL", "http://127.0.0.1:9")
        settings.cache_clear()
        for account in accounts:
            await desk.publish(said("Waits"), account)
        serving = asyncio.create_task(serve(stop))
        await eventually(lambda: bool(desk.sql("select 1 as one from app.networks_away where until > now()")), 15)
        stop.set()
        await serving
    settings.cache_clear()
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        (told,) = await marts.networks_away(session)
    assert (told["platform"], told["due"]) == ("linkedin", 3)


async def test_an_own_registration_has_a_breaker_of_its_own(desk: Desk) -> None:
    account = await desk.connect("linkedin")
    await desk.publish(said("Whose"), account)
    found = (await claims.claim())[0]
    assert found.app == ("linkedin", None)
    desk.sql(
        "insert into app.registrations (workspace_id, platform, client_id, client_secret, updated_at)"
        " values (%s, 'linkedin', 'ours', '', now())",
        desk.workspace.id,
    )
    await desk.publish(said("Ours"), account)
    found = (await claims.claim())[0]
    assert found.app == ("linkedin", desk.workspace.id)
