"""Refresh tokens that rotate: two workers at once burn none."""

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from clientnest import credentials
from clientnest.database import unit_of_work
from clientnest.models import Account
from clientnest.settings import settings
from platforms import PLATFORMS
from platforms.access import credential
from tests.conftest import TestWorkspace
from tests.platforms.conftest import Sandbox, connected
from tests.platforms.rotation import MOST_TIMES, TIMES, rotate


@pytest.fixture(params=["tiktok", "x"])
def network(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[str]:
    """A network whose refresh tokens rotate, where we are registered; worker processes find it in the environment."""
    name: str = request.param
    with pytest.MonkeyPatch.context() as environment:
        for key in ("client_id", "client_secret", "base_url"):
            environment.setenv(f"NEST_PLATFORMS__{name.upper()}__{key.upper()}", sandbox.networks[name][key])
        settings.cache_clear()
        yield name
    settings.cache_clear()


async def _account(network: str, sandbox: Sandbox, workspace: TestWorkspace) -> UUID:
    """An account of the workspace, connected by consent."""
    async with connected(PLATFORMS[network], sandbox.app(network)) as (_, connection):
        account = Account(
            workspace_id=workspace.id, platform=network, external_id=connection.external_id, name=connection.name
        )
        async with unit_of_work(workspace_id=workspace.id) as session:
            session.add(account)
            await session.flush()
            await credentials.store(session, workspace.id, account.id, credential(connection.token))
        return account.id


def _renewals(sandbox: Sandbox, network: str, since: datetime) -> int:
    """How often the network was asked for another token, by its own books."""
    told = httpx.get(f"{sandbox.control}/requests", params={"network": network, "since": since.isoformat()}).json()
    asked = [one["body"] for one in told["requests"] if one["method"] == "POST" and "token" in one["path"]]
    return sum(body.get("grant_type") == "refresh_token" for body in asked)


async def test_two_workers_renew_a_rotating_token_once(
    network: str, sandbox: Sandbox, database: str, workspace: TestWorkspace
) -> None:
    times = min(int(os.environ.get(TIMES, "20")), MOST_TIMES)
    account_id = await _account(network, sandbox, workspace)
    since = datetime.fromisoformat(httpx.get(f"{sandbox.control}/clock").json()["now"]).astimezone(UTC)
    began = time.monotonic()
    figures = await rotate(account_id, database, times)
    renewals = _renewals(sandbox, network, since)
    sys.stdout.write(
        f"\n{network}: {figures.rounds} rounds of two workers, {renewals} renewals asked of the network,"
        f" {len(figures.tokens)} tokens given, {len(figures.refused)} refused, {time.monotonic() - began:.1f} s\n"
    )
    assert figures.refused == []
    assert figures.disagreed == 0
    assert renewals == times
    assert len(figures.tokens) == times
