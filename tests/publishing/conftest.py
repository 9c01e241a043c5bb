"""A desk to publish from: a workspace with accounts on the networks of a sandbox, and what became of its posts."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import unit_of_work
from clientnest.models import Account
from clientnest.settings import settings
from publishing.publications import service
from publishing.publications.attempt import work_one
from tests.conftest import TestWorkspace
from tests.publishing.between import Between, standing_between
from tests.publishing.drafting import drafted
from tests.sandbox.stage import Stage, running


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The networks."""
    with running(seed=5) as stage:
        yield stage


@dataclass(frozen=True)
class Desk:
    """One workspace. Rows are read as they are committed."""

    workspace: TestWorkspace
    stage: Stage
    connection: psycopg.Connection[dict[str, Any]]

    def sql(self, statement: str, *parameters: object) -> list[dict[str, Any]]:
        """Run as the system that sees all workspaces."""
        cursor = self.connection.execute(statement.encode(), parameters)
        return cursor.fetchall() if cursor.description else []

    def token(self, network: str, place: int = 0) -> str:
        """What lets us act for an account."""
        found: str = self.stage.networks[network]["accounts"][place]["access_token"]
        return found

    async def connect(self, network: str, place: int = 0, **changed: Any) -> UUID:
        """An account with the lasting token of the sandbox, as consent leaves it; its id here."""
        told = self.stage.networks[network]["accounts"][place]
        account = Account(
            workspace_id=self.workspace.id, platform=network, external_id=told["external_id"], name=told["name"]
        )
        for name, value in changed.items():
            setattr(account, name, value)
        async with unit_of_work(workspace_id=self.workspace.id) as session:
            session.add(account)
            await session.flush()
            credential = Credential(self.token(network, place), None, None, None, ())
            await credentials.store(session, self.workspace.id, account.id, credential)
        return account.id

    async def publish(self, text: str, *accounts: UUID, **draft: Any) -> list[UUID]:
        """Queue it, due now; the publications' ids."""
        async with unit_of_work(workspace_id=self.workspace.id) as session:
            stored = await service.publish(
                session, self.workspace.id, self.workspace.user_id, drafted(text, *accounts, **draft)
            )
            return [publication.id for publication in stored]

    def publication(self, id_: UUID) -> dict[str, Any]:
        return self.sql("select * from app.publications where id = %s", id_)[0]

    def attempts(self, id_: UUID) -> list[tuple[str, str | None]]:
        """Mode and outcome of each, the first one first."""
        rows = self.sql("select mode, outcome from app.attempts where publication_id = %s order by number", id_)
        return [(row["mode"], row["outcome"]) for row in rows]

    def events(self, id_: UUID) -> list[str]:
        rows = self.sql("select type from app.events where payload->>'publication_id' = %s order by id", str(id_))
        return [row["type"] for row in rows]

    def live(self, network: str, text: str) -> list[str]:
        """The ids of the posts that say this, by the network's own books."""
        return [id_ for id_, post in self.stage.ledger(network).items() if text in (post["text"] or "")]

    def time_passes(self, id_: UUID) -> None:
        """Whatever this publication waits for is over: its pause, and the lease of who died."""
        self.sql(
            "update app.publications set due_at = now() - interval '1 second', "
            "leased_until = leased_until - interval '1 hour' where id = %s",
            id_,
        )

    async def worked_off(self, *ids: UUID) -> None:
        """Work, with pauses that pass at once, until each has ended."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            while await work_one():
                pass
            waiting = [id_ for id_ in ids if self.publication(id_)["status"] in ("scheduled", "publishing")]
            if not waiting:
                return
            for id_ in waiting:
                self.time_passes(id_)
            # The network needs its own time for a video.
            await asyncio.sleep(0.1)
        raise AssertionError([(self.publication(id_)["status"], self.attempts(id_)) for id_ in ids])

    async def named(self, id_: UUID) -> None:
        """Wait until the network has named it: some take a moment after it is live."""
        deadline = time.monotonic() + 15
        while self.publication(id_)["external_id"] is None:
            assert time.monotonic() < deadline, self.attempts(id_)
            await asyncio.sleep(0.2)
            self.time_passes(id_)
            await work_one()


def registrations(stage: Stage) -> dict[str, str]:
    """Settings of an installation that is registered at each network."""
    names = {"NEST_OUTBOUND_ALLOW": urlsplit(stage.control).netloc}
    for network, told in stage.networks.items():
        for key in ("client_id", "client_secret", "base_url"):
            names[f"NEST_PLATFORMS__{network.upper()}__{key.upper()}"] = told[key]
    return names


@pytest.fixture
def desk(workspace: TestWorkspace, stage: Stage, database: str) -> Iterator[Desk]:
    """A desk with nothing on it, registered at each network."""
    with (
        pytest.MonkeyPatch.context() as environment,
        psycopg.connect(database, autocommit=True, row_factory=dict_row) as connection,
    ):
        for name, value in registrations(stage).items():
            environment.setenv(name, value)
        settings.cache_clear()
        connection.execute("set role nest_system")
        made = Desk(workspace, stage, connection)
        # A worker takes what is due in any workspace.
        made.sql("delete from app.publications")
        yield made
    settings.cache_clear()


Way = Callable[[str], AbstractAsyncContextManager[Between]]


@pytest.fixture
def between(desk: Desk) -> Way:
    """`async with between("x") as way:` puts something between us and a network."""

    @asynccontextmanager
    async def put(network: str) -> AsyncIterator[Between]:
        async with standing_between(desk.stage.networks[network]["base_url"]) as way:
            with pytest.MonkeyPatch.context() as environment:
                environment.setenv(f"NEST_PLATFORMS__{network.upper()}__BASE_URL", way.base_url)
                settings.cache_clear()
                yield way
            settings.cache_clear()

    return put


def said(what: str) -> str:
    """A text that no other test says."""
    return f"{what} {uuid4().hex[:8]}"


async def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for what another process does, while this one goes on answering."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)
