"""An Instagram account by either login, against a sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from platforms.instagram import PLATFORM
from platforms.instagram.client import Client
from platforms.platform import Connection, PostRef, Window
from platforms.posting import Outgoing, Pending, Published
from platforms.registration import App
from tests.platforms.conftest import approve, extract, fetch, resource
from tests.sandbox.stage import REDIRECT, Stage

FILM = Path(__file__).parents[2] / "sandbox" / "media" / "sample.mp4"
LOGINS = ("instagram", "facebook")


@asynccontextmanager
async def by(login: str, stage: Stage) -> AsyncIterator[tuple[Client, Connection]]:
    """The account and a client for it, after the person consented."""
    way = next(way for way in PLATFORM.ways if way.name == login)
    told = stage.networks[way.app]
    app = App(told["client_id"], told["client_secret"], told["base_url"])
    async with httpx.AsyncClient(timeout=30) as http:
        asked = await way.oauth.authorize_url(app, http, state="s", redirect_uri=REDIRECT, verifier="v")
        back = await approve(http, asked)
        consent = {"code": back["code"], "redirect_uri": REDIRECT, "verifier": "v"}
        [connection] = await way.oauth.connect(app, http, **consent)
        yield PLATFORM.client(app, connection.token, connection.external_id, http), connection


def plant(stage: Stage, **what: Any) -> None:
    httpx.post(f"{stage.control}/world", json={"network": "instagram", **what}).raise_for_status()


def fault(stage: Stage, network: str, operation: str, kind: str, **more: Any) -> None:
    asked = {"network": network, "operation": operation, "kind": kind, "times": 1, **more}
    httpx.post(f"{stage.control}/faults", json=asked).raise_for_status()


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    assert PLATFORM.publish is not None
    return await PLATFORM.publish(client, post, state)


async def live(stage: Stage, client: Client, post: Outgoing) -> tuple[Published, dict[str, Any]]:
    """The post once it is live, and the state of the step before."""
    step, state = await publish(client, post, None), None
    for _ in range(12):
        if isinstance(step, Published):
            assert state is not None
            return step, state
        assert step.handle
        state = step.state
        stage.advance("PT5S")
        step = await publish(client, post, state)
    raise AssertionError(f"not live: {step}")


async def rows(client: Client, name: str, window: Window, *refs: PostRef, variant: str = "") -> list[dict[str, Any]]:
    found = resource(PLATFORM, name, variant)
    return extract(found.contract, *await fetch(found, client, window, list(refs)))


def days(stage: Stage, count: int) -> Window:
    now = stage.now()
    return Window(now - timedelta(days=count), now)
