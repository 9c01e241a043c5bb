"""A network that is slow or falls silent holds nobody longer than the client's own timeouts, whichever network it is.

The timeouts themselves are shortened on the way to the wire, so that a client without one would be found out.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from platforms import PLATFORMS
from platforms.errors import OutcomeUnknown, Unavailable
from platforms.platform import Platform, Window
from platforms.posting import Outgoing
from tests.platforms.conftest import Sandbox, connected, fetch, resource

# Of the clients' patience, in shares; and the most seconds that any of them may ask for.
_SHORT, _LONGEST = 1 / 100, 300
# Several tries of one call are bounded too.
_BOUND_S = 8
_TELLING = [one for one in PLATFORMS.values() if one.publish and "text" in one.kinds and "text" not in one.prepared]


async def shortened(request: httpx.Request) -> None:
    """A hundredth of the patience that the client asked for, which must have an end."""
    asked = request.extensions["timeout"]
    assert all(0 < seconds <= _LONGEST for seconds in asked.values()), f"{request.url}: {asked}"
    request.extensions["timeout"] = {name: seconds * _SHORT for name, seconds in asked.items()} | {"connect": 5.0}


@asynccontextmanager
async def impatient(sheet: Platform, sandbox: Sandbox) -> AsyncIterator[tuple[Any, str]]:
    """A client of the network whose patience is short, and its account."""
    app = sandbox.app(sheet.name)
    async with connected(sheet, app) as (_, connection):
        async with httpx.AsyncClient(event_hooks={"request": [shortened]}) as http:
            yield sheet.client(app, connection.token, connection.external_id, http), connection.external_id


def fault(sandbox: Sandbox, network: str, kind: str, operation: str = "*") -> None:
    asked = {"network": network, "kind": kind, "operation": operation, "times": None, "seconds": 30}
    httpx.post(f"{sandbox.control}/faults", json=asked).raise_for_status()


def recover(sandbox: Sandbox, network: str) -> None:
    httpx.delete(f"{sandbox.control}/faults", params={"network": network}).raise_for_status()


@pytest.mark.parametrize("kind", ["slow", "half_open"])
@pytest.mark.parametrize("sheet", PLATFORMS.values(), ids=lambda sheet: sheet.name)
async def test_reading_ends_by_the_clients_own_patience(sandbox: Sandbox, sheet: Platform, kind: str) -> None:
    now = datetime.now(UTC)
    async with impatient(sheet, sandbox) as (client, _):
        fault(sandbox, sheet.name, kind)
        began = time.monotonic()
        try:
            with pytest.raises(Unavailable):
                await fetch(resource(sheet, "accounts"), client, Window(now - timedelta(days=1), now), [])
        finally:
            recover(sandbox, sheet.name)
        assert time.monotonic() - began < _BOUND_S


@pytest.mark.parametrize("sheet", _TELLING, ids=lambda sheet: sheet.name)
async def test_a_post_whose_answer_is_late_is_unknown_and_there_once(sandbox: Sandbox, sheet: Platform) -> None:
    words = f"Late word {uuid4()}"
    assert sheet.publish is not None
    async with impatient(sheet, sandbox) as (client, account):
        fault(sandbox, sheet.name, "slow")
        try:
            with pytest.raises(OutcomeUnknown):
                await sheet.publish(client, Outgoing(words), None)
        finally:
            recover(sandbox, sheet.name)
    told = [one for one in sandbox.ledger(sheet.name)["posts"] if one["text"] == words]
    assert [one["account"] for one in told] == [account]
