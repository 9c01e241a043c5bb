"""Whatever people, networks and clocks do, in whatever order: what is promised of a publication holds.

I1  No publication has two live posts.
I2  Each ends: published, failed, cancelled, or with a person.
I3  Our ledger says what the networks' books say, and the words that are live are those that were answered last.
I4  No secret stands in the ledger.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from clientnest.database import close, unit_of_work
from clientnest.errors import Conflict
from publishing.content import service as content
from publishing.publications import changes, service
from publishing.publications.attempt import work_one
from publishing.publications.moments import Moment, meant
from publishing.publications.service import Moments
from tests.publishing.conftest import Desk
from tests.publishing.drafting import drafted

NETWORKS = ("facebook", "x", "linkedin", "bluesky")
FAULTS = ("reset_before_write", "drop_after_write", "http_500", "http_500_after_write", "rate_limited")
ENDS = {"published", "failed", "cancelled", "needs_person"}


@dataclass
class Intent:
    """A publication and every text it ever had, the newest last."""

    id: UUID
    network: str
    texts: list[str] = field(default_factory=list)


class Publishing(RuleBasedStateMachine):
    desk: Desk
    accounts: dict[str, UUID]
    runner: asyncio.Runner
    drafts = Bundle("drafts")
    intents = Bundle("intents")

    def __init__(self) -> None:
        super().__init__()
        self.known: list[Intent] = []

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    async def _stored(self, text: str, network: str, moments: Moments) -> UUID:
        desk = self.desk
        async with unit_of_work(workspace_id=desk.workspace.id) as session:
            wanted = drafted(text, self.accounts[network])
            (made,) = await service.publish(session, desk.workspace.id, desk.workspace.user_id, wanted, moments)
            return made.id

    def _intends(self, id_: UUID, network: str, text: str) -> Intent:
        self.known.append(Intent(id_, network, [text]))
        return self.known[-1]

    @rule(target=intents, network=st.sampled_from(NETWORKS))
    def publishes(self, network: str) -> Intent:
        text = _words()
        return self._intends(self._do(self._stored(text, network, Moments())), network, text)

    @rule(target=intents, network=st.sampled_from(NETWORKS), hours=st.integers(1, 100))
    def plans(self, network: str, hours: int) -> Intent:
        text = _words()
        return self._intends(self._do(self._stored(text, network, Moments(_in(hours)))), network, text)

    @rule(target=drafts, network=st.sampled_from(NETWORKS))
    def writes(self, network: str) -> tuple[UUID, str, str]:
        async def written(text: str) -> UUID:
            desk = self.desk
            async with unit_of_work(workspace_id=desk.workspace.id) as session:
                wanted = drafted(text, self.accounts[network])
                post, _ = await content.create(session, desk.workspace.id, desk.workspace.user_id, wanted)
                return post.id

        text = _words()
        return self._do(written(text)), network, text

    @rule(target=intents, draft=consumes(drafts), rewrites=st.booleans(), hours=st.integers(0, 3))
    def lets_a_draft_go(self, draft: tuple[UUID, str, str], rewrites: bool, hours: int) -> Any:
        post_id, network, text = draft
        words = _words() if rewrites else text

        async def released() -> UUID:
            desk = self.desk
            async with unit_of_work(workspace_id=desk.workspace.id) as session:
                if rewrites:
                    wanted = drafted(words, self.accounts[network])
                    await content.change(session, post_id, desk.workspace.user_id, wanted)
                moments = Moments(_in(hours) if hours else None)
                (made,) = await service.publish_draft(session, post_id, moments)
                return made.id

        return multiple(self._intends(self._do(released()), network, words))

    @rule(intent=intents)
    def rewrites(self, intent: Intent) -> None:
        text = _words()
        if self._changed(lambda session: changes.rewrite(session, intent.id, {"text": text}, {})):
            intent.texts.append(text)

    @rule(intent=intents, hours=st.integers(0, 50))
    def moves(self, intent: Intent, hours: int) -> None:
        self._changed(lambda session: changes.move(session, intent.id, _in(hours) if hours else None))

    @rule(intent=intents)
    def cancels(self, intent: Intent) -> None:
        self._changed(lambda session: changes.cancel(session, intent.id))

    @rule(intent=intents)
    def looks_and_says(self, intent: Intent) -> None:
        """A person looks at the account, and tells the truth."""
        status = self.desk.publication(intent.id)["status"]
        if status not in ("needs_person", "failed"):
            return
        user = self.desk.workspace.user_id
        if self._live(intent) and status == "needs_person":
            self._changed(lambda session: changes.mark(session, intent.id, user, live=True, permalink=None))
        else:
            self._changed(lambda session: changes.retry(session, intent.id, user, not_live=True))

    @rule(network=st.sampled_from(NETWORKS), kind=st.sampled_from(FAULTS), times=st.integers(1, 3))
    def goes_wrong(self, network: str, kind: str, times: int) -> None:
        fault = {"network": network, "kind": kind, "times": times}
        httpx.post(f"{self.desk.stage.control}/faults", json=fault, trust_env=False).raise_for_status()

    @rule()
    def works(self) -> None:
        self._do(_worked_off())

    @rule()
    def time_passes(self) -> None:
        self._hurry()
        self.desk.stage.advance("PT2M")

    @invariant()
    def what_is_promised_holds(self) -> None:
        for intent in self.known:
            row, live = self.desk.publication(intent.id), self._live(intent)
            assert len(live) <= 1, (row, live)
            if row["status"] in ("cancelled", "failed", "scheduled"):
                assert not live, (row, live)
            if row["status"] == "published":
                assert list(live.values()) == [intent.texts[-1]], (row, live)
                assert row["external_id"] in (None, *live), (row, live)
            kept = str(row) + str(self.desk.sql("select * from app.attempts where publication_id = %s", intent.id))
            assert self.desk.token(intent.network) not in kept

    def teardown(self) -> None:
        for network in NETWORKS:
            httpx.delete(f"{self.desk.stage.control}/faults", params={"network": network}, trust_env=False)
        for _ in range(40):
            self._do(_worked_off())
            if all(self.desk.publication(intent.id)["status"] in ENDS for intent in self.known):
                break
            self._hurry()
            self.desk.stage.advance("PT15M")
        ended = {self.desk.publication(intent.id)["status"] for intent in self.known}
        assert ended <= ENDS, ended
        self.what_is_promised_holds()

    def _changed(self, change: Any) -> bool:
        """Whether that could still be done."""

        async def done() -> bool:
            try:
                async with unit_of_work(workspace_id=self.desk.workspace.id) as session:
                    await change(session)
            except Conflict:
                return False
            return True

        return bool(self._do(done()))

    def _hurry(self) -> None:
        for intent in self.known:
            self.desk.time_passes(intent.id)

    def _live(self, intent: Intent) -> dict[str, str]:
        """Ids and texts of what is at the network, of all that this publication ever said."""
        books = self.desk.stage.ledger(intent.network)
        return {id_: post["text"] for id_, post in books.items() if post["text"] in intent.texts}


def _words() -> str:
    return f"Beans {uuid4().hex[:12]} are here"


def _in(hours: int) -> Moment:
    now = datetime.now(UTC)
    return meant(now + timedelta(hours=hours), None, now=now)


async def _worked_off() -> None:
    while await work_one():
        pass


def test_whatever_happens_what_is_promised_holds(desk: Desk) -> None:
    with asyncio.Runner() as runner:
        Publishing.desk, Publishing.runner = desk, runner
        Publishing.accounts = {network: runner.run(desk.connect(network)) for network in NETWORKS}
        quick = settings(max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
        try:
            run_machine(Publishing, settings=quick)
        finally:
            runner.run(close())
