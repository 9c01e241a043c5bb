"""Whatever people, networks and clocks do, in whatever order: what is promised of a publication holds.

I1  Nothing that was meant once has two live posts.
I2  Each ends: published, failed, cancelled, or with a person; until then it waits for no more than a day.
I3  Our ledger says what the networks' books say, and the words that are live are those that were answered last.
I4  No secret stands in the ledger.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.database import close, unit_of_work
from clientnest.errors import Conflict, Forbidden
from clientnest.settings import settings as installation
from publishing.content import repository, reviews
from publishing.content import service as content
from publishing.content.reviews import SIDES, Reviewer
from publishing.planning import recurrences, upkeep
from publishing.planning.recurrences import Plan
from publishing.publications import changes, service
from publishing.publications.attempt import work_one
from publishing.publications.moments import Moment, meant
from publishing.publications.service import Moments
from tests.publishing.conftest import Desk
from tests.publishing.drafting import drafted

NETWORKS = ("facebook", "x", "linkedin", "bluesky")
FAULTS = ("reset_before_write", "drop_after_write", "http_500", "http_500_after_write", "rate_limited")
ENDS = {"published", "failed", "cancelled", "needs_person"}
# What a person has still to let go.
UNSAID = "draft"
LEDGER = ("publications", "attempts", "events", "reviews", "occurrences")
# Where Bluesky keeps posts.
POSTS = "app.bsky.feed.post"
# The times of a recurring post are five days apart: so that no day that passes lays two of them together.
DAYS = st.sampled_from((1, 3, 7))
APPROVALS = st.sampled_from(sorted(SIDES))


@dataclass
class Intent:
    """What somebody means to say on an account: its publications and every text it ever had, the newest last.

    A recurring post that is resumed makes another publication of the same time. `given` are the sides that have
    approved the newest text.
    """

    network: str
    publications: list[UUID]
    texts: list[str]
    stage: str = "approved"
    given: set[str] = field(default_factory=set)

    @property
    def id(self) -> UUID:
        return self.publications[-1]

    def live(self, book: dict[str, str]) -> dict[str, str]:
        """What a network has of all that it ever said."""
        return {id_: text for id_, text in book.items() if text in self.texts}

    def write(self, text: str) -> None:
        """Other words, which nobody has approved."""
        self.texts.append(text)
        self.stage, self.given = "draft", set()


@dataclass(frozen=True)
class Recurring:
    """A recurring post, and where it goes."""

    id: UUID
    network: str


class Publishing(RuleBasedStateMachine):
    desk: Desk
    # The sandbox's, kept open.
    door: httpx.Client
    accounts: dict[str, UUID]
    # By side: a colleague of the author, and the client.
    reviewers: dict[str, Reviewer]
    runner: asyncio.Runner
    environment: pytest.MonkeyPatch
    intents = Bundle("intents")
    recurring = Bundle("recurring")

    def __init__(self) -> None:
        super().__init__()
        self.known: list[Intent] = []
        # Of recurring posts; no rule knows them yet.
        self.discovered: list[Intent] = []
        # What the networks' books have as live, by id; read anew once anything may have called a network.
        self.books: dict[str, dict[str, str]] = {}
        self.asked = "none"
        self._end_limits()
        self._do(lambda session: reviews.choose(session, self.desk.workspace.id, self.asked))
        for table in ("posts", "recurrences"):
            self.desk.sql(f"delete from app.{table} where workspace_id = %s", self.desk.workspace.id)

    @initialize(approval=APPROVALS)
    def begins(self, approval: str) -> None:
        self.asks_for(approval)

    @rule(target=intents, network=st.sampled_from(NETWORKS), hours=st.integers(0, 100))
    def publishes(self, network: str, hours: int = 0) -> Any:
        """Now, or at a moment; refused where posts are approved first."""
        text, moments = _words(), Moments(_in(hours) if hours else None)
        wanted = drafted(text, self.accounts[network])
        desk = self.desk.workspace
        made = self._done(lambda session: service.publish(session, desk.id, desk.user_id, wanted, moments))
        assert (made is not None) == (self.asked == "none")
        return multiple(*([self._means(network, made[0].id, text)] if made else []))

    @rule(target=intents, network=st.sampled_from(NETWORKS), submits=st.booleans(), goes=st.booleans())
    def writes(self, network: str, submits: bool = False, goes: bool = False) -> Intent:
        text, desk = _words(), self.desk.workspace
        wanted = drafted(text, self.accounts[network])
        _, (made,) = self._do(lambda session: content.create(session, desk.id, desk.user_id, wanted))
        intent = self._means(network, made.id, text, "draft")
        if submits:
            self.submits(intent)
        if goes:
            self.goes_all_the_way(intent, 0)
        return intent

    @rule(target=intents, intent=consumes(intents))
    def writes_anew(self, intent: Intent) -> Intent:
        """A draft stays what it is; what was cancelled becomes something else."""
        text, status = _words(), self._status(intent)
        wanted = drafted(text, self.accounts[intent.network])
        author = self.desk.workspace.user_id
        done = self._done(lambda session: content.change(session, self._post(intent), author, wanted))
        assert (done is not None) == (status in ("draft", "cancelled"))
        if done and status == "cancelled":
            self.known.remove(intent)
            return self._means(intent.network, intent.id, text, "draft")
        if done:
            intent.write(text)
        return intent

    @rule(approval=APPROVALS)
    def asks_for(self, approval: str) -> None:
        self.asked = approval
        self._do(lambda session: reviews.choose(session, self.desk.workspace.id, approval))

    @rule(intent=intents)
    def submits(self, intent: Intent) -> None:
        """What is approved must be so again only where it has not gone, and more is asked for since."""
        lapsed = intent.stage == "approved" and self._status(intent) == "draft" and not self._is_approved(intent)
        author = self.desk.workspace.user_id
        done = self._done(lambda session: reviews.submit(session, self._post(intent), author))
        assert (done is not None) == (intent.stage == "draft" or lapsed)
        if done:
            intent.stage, intent.given = "in_review" if SIDES[self.asked] else "approved", set()

    @rule(intent=intents, side=st.sampled_from(SIDES["client"]))
    def approves(self, intent: Intent, side: str) -> None:
        wanting = [one for one in SIDES[self.asked] if one not in intent.given]
        may = intent.stage == "in_review" and (not wanting or wanting[0] == side)
        assert self._reviews(intent, lambda session, post: reviews.approve(session, post, self.reviewers[side])) == may
        if may:
            intent.given.add(side)
            intent.stage = "approved" if len(wanting) <= 1 else "in_review"

    @rule(intent=intents, side=st.sampled_from(SIDES["client"]), by_author=st.booleans())
    def is_put_back(self, intent: Intent, side: str, by_author: bool) -> None:
        """A reviewer returns it, or its author takes it out of review."""
        one, author = self.reviewers[side], self.desk.workspace.user_id
        if by_author:
            done = self._reviews(intent, lambda session, post: reviews.withdraw(session, post, author))
        else:
            done = self._reviews(
                intent, lambda session, post: reviews.give_back(session, post, one, "Shorter, please.")
            )
        assert done == (intent.stage == "in_review")
        if done:
            intent.stage, intent.given = "draft", set()

    @rule(intent=intents)
    def is_talked_about(self, intent: Intent) -> None:
        """A remark changes nothing, and no author approves their own words."""
        own = Reviewer(self.desk.workspace.user_id, "editor")
        assert self._reviews(intent, lambda session, post: reviews.remark(session, post, own.person_id, "Nice."))
        assert not self._reviews(intent, lambda session, post: reviews.approve(session, post, own))

    @rule(intent=intents, hours=st.integers(0, 3))
    def lets_go(self, intent: Intent, hours: int) -> None:
        """Only what is a draft, and approved as it stands."""
        may = self._status(intent) == "draft" and self._is_approved(intent)
        moments = Moments(_in(hours) if hours else None)
        done = self._done(lambda session: service.publish_draft(session, self._post(intent), moments))
        assert (done is not None) == may
        if may:
            intent.stage = "approved"

    @rule(intent=intents, hours=st.integers(0, 3))
    def goes_all_the_way(self, intent: Intent, hours: int) -> None:
        self.submits(intent)
        for side in SIDES[self.asked]:
            self.approves(intent, side)
        self.lets_go(intent, hours)

    @rule(intent=intents)
    def rewrites(self, intent: Intent) -> None:
        text, status = _words(), self._status(intent)
        done = self._done(lambda session: changes.rewrite(session, intent.id, {"text": text}, {}))
        assert (done is not None) == (status == "scheduled" and self.asked == "none")
        if done:
            intent.texts.append(text)

    @rule(intent=intents, hours=st.integers(0, 50))
    def moves(self, intent: Intent, hours: int) -> None:
        self._done(lambda session: changes.move(session, intent.id, _in(hours) if hours else None))

    @rule(intent=intents)
    def cancels(self, intent: Intent) -> None:
        self._done(lambda session: changes.cancel(session, intent.id))

    @rule(intent=intents)
    def looks_and_says(self, intent: Intent) -> None:
        """A person looks at the account, and tells the truth."""
        status, user = self._status(intent), self.desk.workspace.user_id
        if status not in ("needs_person", "failed"):
            return
        if status == "needs_person" and intent.live(self._book(intent.network)):
            self._done(lambda session: changes.mark(session, intent.id, user, live=True, permalink=None))
        else:
            self._done(lambda session: changes.retry(session, intent.id, user, not_live=True))

    @rule(target=recurring, network=st.sampled_from(NETWORKS), hours=st.integers(1, 200))
    def has_it_recur(self, network: str, hours: int) -> Recurring:
        plan, desk = self._plan(network, hours), self.desk.workspace
        made = self._do(lambda session: recurrences.add(session, desk.id, desk.user_id, plan))
        return Recurring(made.id, network)

    @rule(recurring=recurring, hours=st.integers(1, 200))
    def changes_what_recurs(self, recurring: Recurring, hours: int) -> None:
        plan = self._plan(recurring.network, hours)
        self._done(lambda session: recurrences.change(session, recurring.id, plan))

    @rule(recurring=recurring, do=st.sampled_from((recurrences.pause, recurrences.resume, recurrences.end)))
    def stops_or_goes_on(self, recurring: Recurring, do: Callable[[AsyncSession, UUID], Awaitable[Any]]) -> None:
        self._done(lambda session: do(session, recurring.id))

    @rule(target=intents)
    def makes_what_recurs(self) -> Any:
        """From here on people may do something to what was made of it."""
        assert self.runner.run(upkeep.make_all()).failed == 0
        self._discover()
        found, self.discovered = self.discovered, []
        return multiple(*found)

    @rule(network=st.sampled_from(NETWORKS), kind=st.sampled_from(FAULTS), times=st.integers(1, 3))
    def goes_wrong(self, network: str, kind: str, times: int) -> None:
        fault = {"network": network, "kind": kind, "times": times}
        self.door.post("/faults", json=fault).raise_for_status()

    @rule()
    def works(self) -> None:
        self.runner.run(_worked_off())
        self.books.clear()

    @rule()
    def time_passes(self) -> None:
        self._hurry()
        self._turn_the_clock("PT2M")
        self.works()

    @rule(days=DAYS)
    def days_pass(self, days: int) -> None:
        """Everything that was to come comes nearer."""
        for table, columns in (
            ("recurrences", ("starts_at", "since")),
            ("occurrences", ("local", "at")),
            ("wishes", ("local", "at")),
            ("publications", ("scheduled_at", "scheduled_local", "due_at")),
        ):
            nearer = ", ".join(f"{column} = {column} - interval '{days} days'" for column in columns)
            self.desk.sql(f"update app.{table} set {nearer} where workspace_id = %s", self.desk.workspace.id)

    @invariant()
    def what_is_promised_holds(self) -> None:
        self._discover()
        _none(self.broken())

    def teardown(self) -> None:
        for network in NETWORKS:
            self.door.delete("/faults", params={"network": network}).raise_for_status()
        for _ in range(40):
            self.works()
            if not list(self.unended()):
                break
            self._hurry()
            self._turn_the_clock("PT15M")
        _none((*self.unended(), *self.broken()))

    def broken(self) -> Iterator[str]:
        """Every promise that does not hold now, by its name, with what is seen."""
        rows = {row["id"]: row for row in _rows(self.desk, self.known)}
        for intent in self.known:
            row, live = rows[intent.id], intent.live(self._book(intent.network))
            if len(live) > 1:
                yield f"I1 {row} {live}"
            if row["stands_still"]:
                yield f"I2 {row}"
            if not _agrees(row, live, intent):
                yield f"I3 {row} {live} {intent}"
        for table in LEDGER:
            kept = str(self.desk.sql(f"select * from app.{table} where workspace_id = %s", self.desk.workspace.id))
            if any(self.desk.token(network) in kept for network in NETWORKS):
                yield f"I4 {table}"

    def unended(self) -> Iterator[str]:
        """What has been let go and has not ended."""
        for row in _rows(self.desk, self.known):
            if row["status"] not in (*ENDS, UNSAID):
                yield f"I2 {row}"

    def _book(self, network: str) -> dict[str, str]:
        if network not in self.books:
            found = self.door.get("/ledger", params={"network": network}).raise_for_status().json()
            self.books[network] = {post["external_id"]: post["text"] for post in found["posts"]}
        return self.books[network]

    def _do(self, work: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        async def done() -> Any:
            async with unit_of_work(workspace_id=self.desk.workspace.id) as session:
                return await work(session)

        return self.runner.run(done())

    def _done(self, work: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        """What came of it, None where it could not be done any more."""
        try:
            return self._do(work)
        except (Conflict, Forbidden):
            return None

    def _reviews(self, intent: Intent, work: Callable[[AsyncSession, Any], Awaitable[Any]]) -> bool:
        """Whether that could be done to its post."""

        async def done(session: AsyncSession) -> Any:
            return await work(session, await repository.held(session, self._post(intent)))

        return self._done(done) is not None

    def _is_approved(self, intent: Intent) -> bool:
        return set(SIDES[self.asked]) <= intent.given

    def _plan(self, network: str, hours: int) -> Plan:
        starts_at = (datetime.now(UTC) + timedelta(hours=hours)).replace(tzinfo=None)
        wanted = drafted(f"{_words()}, {{n}}", self.accounts[network])
        return Plan("FREQ=DAILY;INTERVAL=5;COUNT=4", starts_at, "UTC", wanted)

    def _means(self, network: str, publication: UUID, text: str, stage: str = "approved") -> Intent:
        self.known.append(Intent(network, [publication], [text], stage))
        return self.known[-1]

    def _discover(self) -> None:
        """What recurring posts have made since."""
        rows = self.desk.sql(
            "select p.id, a.platform, t.text, t.stage from app.publications p join app.posts t on t.id = p.post_id "
            "join app.accounts a on a.id = p.account_id join app.occurrences o on o.post_id = t.id "
            "where p.workspace_id = %s and not p.id = any(%s) order by t.created_at",
            self.desk.workspace.id,
            [id_ for intent in self.known for id_ in intent.publications],
        )
        for row in rows:
            same = next((one for one in self.known if row["text"] in one.texts), None)
            if same is None:
                self.discovered.append(self._means(row["platform"], row["id"], row["text"], row["stage"]))
            else:
                same.publications.append(row["id"])
                same.write(row["text"])
                same.stage = row["stage"]

    def _status(self, intent: Intent) -> str:
        return str(self.desk.publication(intent.id)["status"])

    def _post(self, intent: Intent) -> UUID:
        found: UUID = self.desk.publication(intent.id)["post_id"]
        return found

    def _turn_the_clock(self, span: str) -> None:
        """The networks'."""
        self.door.post("/clock", json={"advance": span}).raise_for_status()
        self._end_limits()

    def _end_limits(self) -> None:
        """Our clients remember them by a clock that nobody turns: another registration knows of none."""
        for network in NETWORKS:
            self.environment.setenv(f"NEST_PLATFORMS__{network.upper()}__CLIENT_ID", uuid4().hex)
        installation.cache_clear()

    def _hurry(self) -> None:
        for intent in self.known:
            self.desk.time_passes(intent.id)


def _none(broken: Iterable[str]) -> None:
    found = "\n".join(broken)
    assert not found, found


def _rows(desk: Desk, known: Iterable[Intent]) -> list[dict[str, Any]]:
    """The newest publication of each; one `stands_still` that no worker looks at within a day of its moment."""
    return desk.sql(
        "select *, status in ('scheduled', 'publishing') and greatest(due_at, leased_until) "
        "> greatest(now(), scheduled_at) + interval '1 day' as stands_still from app.publications where id = any(%s)",
        [intent.id for intent in known],
    )


def _agrees(row: dict[str, Any], live: dict[str, str], intent: Intent) -> bool:
    """Whether the ledger may say so of what is live."""
    if row["status"] == "published":
        return list(live.values()) == intent.texts[-1:] and row["external_id"] in (None, *live)
    return not live or row["status"] in ("publishing", "needs_person")


def _words() -> str:
    return f"Beans {uuid4().hex[:12]} are here"


def _in(hours: int) -> Moment:
    now = datetime.now(UTC)
    return meant(now + timedelta(hours=hours), None, now=now)


async def _worked_off() -> None:
    while await work_one():
        pass


@pytest.fixture
def machine(desk: Desk) -> Iterator[type[Publishing]]:
    """The machine at a desk with an account on each network, and people who review."""
    with (
        pytest.MonkeyPatch.context() as environment,
        httpx.Client(base_url=desk.stage.control, trust_env=False) as door,
        asyncio.Runner() as runner,
    ):
        Publishing.desk, Publishing.door, Publishing.runner = desk, door, runner
        Publishing.environment = environment
        Publishing.accounts = {network: runner.run(desk.connect(network)) for network in NETWORKS}
        Publishing.reviewers = {"internal": Reviewer(uuid4(), "editor"), "client": Reviewer(uuid4(), "client")}
        for one in Publishing.reviewers.values():
            desk.sql(
                "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Reviewer', 'no sign-in')",
                one.person_id,
                f"{one.person_id}@example.com",
            )
        yield Publishing
        runner.run(close())


def test_whatever_happens_what_is_promised_holds(machine: type[Publishing]) -> None:
    quick = settings(max_examples=24, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_machine(machine, settings=quick)


def test_what_nobody_had_to_approve_is_submitted_again_once_somebody_must(machine: type[Publishing]) -> None:
    at = machine()
    at.writes("x", submits=True)
    (intent,) = at.known
    at.asks_for("client")
    at.goes_all_the_way(intent, 0)
    at.works()
    at.what_is_promised_holds()
    assert at.desk.publication(intent.id)["status"] == "published"


def _asks_bluesky(at: Publishing, what: str, **told: Any) -> None:
    """With the account's own token, and nothing of ours between."""
    with at.desk.stage.http("bluesky") as http:
        told |= {"repo": at.desk.stage.account("bluesky"), "collection": POSTS}
        http.post(f"/xrpc/com.atproto.repo.{what}", json=told).raise_for_status()
    at.books.clear()


def _the_ledger_forgets(at: Publishing, intent: Intent) -> None:
    """The attempt is gone, and a worker sends it again."""
    at.desk.sql("delete from app.attempts where publication_id = %s", intent.id)
    at.desk.sql(
        "update app.publications set status = 'scheduled', due_at = now(), external_id = null where id = %s", intent.id
    )
    at.works()


def _somebody_posts_it_too(at: Publishing, intent: Intent) -> None:
    record = {"$type": POSTS, "text": intent.texts[-1], "createdAt": datetime.now(UTC).isoformat()}
    _asks_bluesky(at, "createRecord", record=record)


def _a_lease_never_ends(at: Publishing, _: Intent) -> None:
    at.publishes("bluesky")
    held = "status = 'publishing', leased_until = now() + interval '9 years'"
    at.desk.sql(f"update app.publications set {held} where id = %s", at.known[-1].id)


def _no_worker_looks(at: Publishing, _: Intent) -> None:
    at.publishes("bluesky", 3)
    at.desk.sql("update app.publications set due_at = now() + interval '9 years' where id = %s", at.known[-1].id)


def _the_ledger_lies(at: Publishing, intent: Intent) -> None:
    at.desk.sql("update app.publications set status = 'failed' where id = %s", intent.id)


def _the_network_forgets(at: Publishing, intent: Intent) -> None:
    _asks_bluesky(at, "deleteRecord", rkey=at.desk.publication(intent.id)["external_id"].rpartition("/")[2])


def _an_edit_is_lost(at: Publishing, _: Intent) -> None:
    at.publishes("bluesky", 3)
    other = at.known[-1]
    at.rewrites(other)
    at.desk.sql("update app.publications set variant = '{}', due_at = now() where id = %s", other.id)
    at.works()


def _a_token_is_written_down(at: Publishing, intent: Intent) -> None:
    at.desk.sql(
        "update app.attempts set evidence = jsonb_build_object('asked', %s::text) where publication_id = %s",
        f"/me?access_token={at.desk.token(intent.network)}",
        intent.id,
    )


def _a_token_is_an_event(at: Publishing, intent: Intent) -> None:
    at.desk.sql(
        "update app.events set payload = payload || jsonb_build_object('problem', %s::text) "
        "where payload->>'publication_id' = %s",
        at.desk.token("x"),
        str(intent.id),
    )


@pytest.mark.parametrize(
    ("promise", "breaks"),
    [
        ("I1", _the_ledger_forgets),
        ("I1", _somebody_posts_it_too),
        ("I2", _a_lease_never_ends),
        ("I2", _no_worker_looks),
        ("I3", _the_ledger_lies),
        ("I3", _the_network_forgets),
        ("I3", _an_edit_is_lost),
        ("I4", _a_token_is_written_down),
        ("I4", _a_token_is_an_event),
    ],
)
def test_a_promise_that_is_broken_is_named(
    machine: type[Publishing], promise: str, breaks: Callable[[Publishing, Intent], None]
) -> None:
    at = machine()
    at.publishes("bluesky")
    (intent,) = at.known
    at.works()
    at.what_is_promised_holds()
    breaks(at, intent)
    with pytest.raises(AssertionError, match=f"^{promise} "):
        at.what_is_promised_holds()
