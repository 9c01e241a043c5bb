"""Tokens of accounts: when they are renewed, by whom, and what a renewal may leave out."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import system_unit_of_work
from clientnest.models import Account
from tests.conftest import TestWorkspace

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
async def account(workspace: TestWorkspace) -> UUID:
    made = Account(workspace_id=workspace.id, platform="x", external_id="1", name="Brand")
    async with system_unit_of_work() as session:
        session.add(made)
        await session.flush()
    return made.id


async def _stored(workspace: TestWorkspace, account: UUID, life: timedelta | None, refresh: str | None = "r") -> None:
    ends = datetime.now(UTC) + life if life else None
    async with system_unit_of_work() as session:
        await credentials.store(session, workspace.id, account, Credential("a", refresh, ends, None, ("read",)))


async def _renewed(account: UUID, after: timedelta) -> bool:
    asked = False

    async def renew(old: Credential) -> Credential:
        nonlocal asked
        asked = True
        return Credential("b", None, datetime.now(UTC) + 60 * DAY, None, old.scopes)

    async with system_unit_of_work() as session:
        await credentials.fresh(session, account, renew, now=datetime.now(UTC) + after)
    return asked


@pytest.mark.parametrize(
    ("life", "after", "renewed"),
    [
        (2 * 60 * MINUTE, 100 * MINUTE, False),
        (2 * 60 * MINUTE, 111 * MINUTE, True),
        (60 * DAY, 53 * DAY, False),
        (60 * DAY, 55 * DAY, True),
        (None, 900 * DAY, False),
    ],
)
async def test_a_token_is_renewed_in_the_last_tenth_of_its_life(
    workspace: TestWorkspace, account: UUID, life: timedelta | None, after: timedelta, renewed: bool
) -> None:
    await _stored(workspace, account, life)
    assert await _renewed(account, after) is renewed


async def test_a_refresh_token_is_never_overwritten_by_an_empty_one(workspace: TestWorkspace, account: UUID) -> None:
    await _stored(workspace, account, MINUTE)
    assert await _renewed(account, MINUTE)
    async with system_unit_of_work() as session:
        kept = await credentials.load(session, account)
    assert (kept.access, kept.refresh) == ("b", "r")


async def test_one_of_many_renews_and_the_others_find_the_new_token(workspace: TestWorkspace, account: UUID) -> None:
    await _stored(workspace, account, MINUTE)
    asked = 0

    async def renew(old: Credential) -> Credential:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.05)
        return Credential("b", "s", datetime.now(UTC) + DAY, None, old.scopes)

    async def one() -> str:
        async with system_unit_of_work() as session:
            return (await credentials.fresh(session, account, renew)).access

    assert set(await asyncio.gather(*(one() for _ in range(5)))) == {"b"}
    assert asked == 1


async def test_what_cannot_be_renewed_yet_is_used_on(workspace: TestWorkspace, account: UUID) -> None:
    await _stored(workspace, account, MINUTE)

    async def renew(old: Credential) -> None:
        return None

    async with system_unit_of_work() as session:
        assert (await credentials.fresh(session, account, renew)).access == "a"
