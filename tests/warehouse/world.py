"""A world of networks that goes on while it is read, and what each reading must have been shown, by its ledger."""

import contextlib
import functools
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from psycopg.types.json import Jsonb

from benchmarks.ground import ground
from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import libpq_url, run, system_unit_of_work
from ingestion.load import ingest_workspaces
from platforms import PLATFORMS
from platforms.platform import Window
from tests.dbt.conftest import Dbt
from tests.sandbox.stage import Stage, running
from tests.warehouse.reading import Place, new_place

# Our name of each lifetime figure that a network tells of a post, and the ledger's counter behind it.
FIGURES: dict[str, dict[str, str]] = {
    "bluesky": {"likes": "likes", "comments": "comments", "shares": "shares", "saves": "saves"},
    "facebook": {
        **{"views": "views", "reach": "reach", "reactions": "reactions", "likes": "reactions_like"},
        **{"comments": "comments", "shares": "shares", "clicks": "clicks"},
    },
    "instagram": {name: name for name in ("views", "reach", "likes", "comments", "shares", "saves")},
    "linkedin": {name: name for name in ("impressions", "reach", "likes", "comments", "shares", "clicks")},
    "tiktok": {name: name for name in ("views", "likes", "comments", "shares")},
    "x": {name: name for name in ("impressions", "likes", "comments", "shares", "saves", "clicks")},
    "youtube": {name: name for name in ("views", "likes", "comments")},
}
METRICS = ("impressions", "reach", "views", "reactions", "likes", "comments", "shares", "saves", "clicks")
# Figures of posts are asked for so long after publishing; a listing looks back so far, the first one further.
MOVING, LOOK_BACK, FIRST_LOOK = timedelta(days=28), timedelta(days=3), timedelta(days=20)
_MINUTE = timedelta(minutes=1)
# Days that no history reaches.
_EVER = 10_000
Figures = dict[str, int | None]
Post = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a network showed of a post in the minute `at`."""

    at: datetime
    figures: Figures


@dataclass(slots=True)
class World:
    """The networks, our workspace in them, and everything that readings were shown."""

    stage: Stage
    place: Place
    dbt: Dbt
    began: datetime
    # Per post every reading that asked about it, oldest first; per network and minute the account's followers.
    shown: dict[Post, list[Shown]] = field(default_factory=dict)
    followers: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)
    # Per network the minutes in which it was read, each with when the oldest posts that it was asked about were made.
    asked: dict[str, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    posts: dict[Post, dict[str, Any]] = field(default_factory=dict)
    # Metrics that died at a network, hours that it is behind, networks whose tokens have ended.
    dead: set[tuple[str, str]] = field(default_factory=set)
    late: dict[str, int] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    planted: list[dict[str, Any]] = field(default_factory=list)
    # When the network said that a post is gone.
    gone: dict[Post, datetime] = field(default_factory=dict)
    read_until: datetime | None = None

    def ledger(self, network: str, at: datetime, known: datetime | None = None) -> dict[str, Any]:
        """What was true at a moment, as it is told at another."""
        return _ledger(self.stage.control, network, at, known or at)

    def own(self, network: str, at: datetime) -> dict[str, dict[str, Any]]:
        """Posts of our account that were live at a moment, with their counters, by external id."""
        found = self.ledger(network, at)["posts"]
        return {post["external_id"]: post for post in found if post["account"] == self.stage.account(network)}

    def plant(self, kind: str, network: str, **about: Any) -> None:
        """Let something happen now."""
        about = {"kind": kind, "network": network, "at": self.stage.now().isoformat(), **about}
        httpx.post(f"{self.stage.control}/world", json=about, trust_env=False).raise_for_status()
        self.planted.append(about)

    def tell_gone(self, network: str, external_id: str) -> None:
        """The network's own word that a post is gone, as the door keeps it; of networks that say so."""
        kinds = {"facebook": "feed", "x": "post.delete"}
        if network not in kinds:
            return
        at = self.stage.now()
        body = {"item": "post", "verb": "remove", "post_id": external_id}
        with psycopg.connect(libpq_url()) as connection:
            connection.execute(
                "insert into app.inbound_events (id, platform, event_id, kind, account_external_id,"
                " subject_external_id, occurred_at, body) values (%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    *(uuid4(), network, str(uuid4()), kinds[network], self.stage.account(network), external_id, at),
                    Jsonb(body),
                ],
            )
        self.gone[network, external_id] = at

    def advance(self, span: timedelta) -> None:
        self.stage.advance(f"PT{round(span.total_seconds())}S")

    def read(self) -> None:
        """One reading of every network, each within one minute of its clock, on which counters stand still."""
        now = self.stage.now()
        start = (self.read_until - LOOK_BACK) if self.read_until else now - FIRST_LOOK
        for network in self.place.accounts:
            self._read(network, start)
        self.read_until = now

    def _read(self, network: str, start: datetime) -> None:
        while True:
            self._begin_minute()
            now = self.stage.now()
            results = ingest_workspaces(network, None, Window(start, now), workspace_ids=[self.place.workspace_id])
            minute = now.replace(second=0, microsecond=0)
            if self.stage.now() < minute + _MINUTE:
                break
        failed = {result.resource: result.problem for result in results if result.status != "done"}
        if network in self.revoked:
            return
        if failed:
            raise RuntimeError(f"{network} was not read: {failed}")
        self._note(network, minute, start)

    def _begin_minute(self) -> None:
        """Go to the next minute where not enough of this one is left."""
        second = self.stage.now().second
        if second > 20:
            self.advance(timedelta(seconds=60 - second))

    def _note(self, network: str, minute: datetime, start: datetime) -> None:
        """What the reading of this minute must have been shown."""
        listed, there = self._listed(network), self.own(network, minute)
        oldest = max(start - MOVING, _oldest(network))
        self.asked.setdefault(network, []).append((minute, oldest))
        lag = timedelta(hours=self.late.get(network, 0))
        told = self.ledger(network, minute - lag, minute)
        counters = {post["external_id"]: post["counters"] for post in told["posts"]}
        for external_id, post in there.items():
            key = (network, external_id)
            if external_id not in listed:
                continue
            self.posts[key] = post
            if datetime.fromisoformat(post["created_at"]) >= oldest:
                # Before a lag is over nothing has happened to a post.
                found = counters.get(external_id, dict.fromkeys(post["counters"], 0))
                self.shown.setdefault(key, []).append(Shown(minute, self._figures(key, found)))
        account = next(one for one in told["accounts"] if one["external_id"] == self.stage.account(network))
        self.followers.setdefault(network, []).append((minute, _shown_followers(network, account["counters"])))

    def _figures(self, key: Post, counters: dict[str, int]) -> Figures:
        network = key[0]
        figures: Figures = dict.fromkeys(METRICS)
        figures |= {name: counters[counter] for name, counter in FIGURES[network].items()}
        if network == "facebook" and not figures["shares"]:
            # Facebook leaves the counter out where nobody shared.
            figures["shares"] = None
        if network == "linkedin" and not any(figures.values()):
            # LinkedIn leaves a post out that nobody did anything with.
            figures = dict.fromkeys(METRICS)
        before: Figures = self.shown[key][-1].figures if self.shown.get(key) else {}
        for name in METRICS:
            # What is not told any more stays as it was last told.
            if (network, name) in self.dead or figures[name] is None:
                figures[name] = before.get(name)
        if network == "x" and datetime.fromisoformat(self.posts[key]["created_at"]) < self.began - FIRST_LOOK:
            # Made of days, of which the first ones were never told.
            figures["clicks"] = None
        return figures

    def _listed(self, network: str) -> set[str]:
        with psycopg.connect(libpq_url()) as connection:
            query = f"select distinct external_id from raw.{network}_posts where account_id = %s"
            return {id_ for (id_,) in connection.execute(query.encode(), [self.place.accounts[network]])}


@contextlib.contextmanager
def world(seed: int, days: int, networks: Collection[str] = tuple(PLATFORMS)) -> Iterator[World]:
    """A world whose clock begins so many days ago, with a workspace that is connected to these networks."""
    with running(seed, ago=f"P{days}D") as stage:
        apps = {
            f"NEST_PLATFORMS__{name.upper()}__{key.upper()}": network[key]
            for name, network in stage.networks.items()
            for key in ("client_id", "client_secret", "base_url")
        }
        # A year passes in minutes: what a month may cost does not bind it.
        with ground(NEST_MONTHLY_USD_PER_ACCOUNT="none", **apps) as home:
            place = new_place()
            for network in networks:
                _connect(place, network, stage.networks[network]["accounts"][0])
            yield World(stage, place, Dbt(libpq_url(), home / "dbt" / "target"), stage.now())


def _connect(place: Place, network: str, account: dict[str, Any]) -> None:
    account_id = place.connect(network, account["external_id"])

    async def keep() -> None:
        async with system_unit_of_work() as session:
            token = Credential(account["access_token"], None, None, None, ())
            await credentials.store(session, place.workspace_id, account_id, token)

    run(keep())


@functools.lru_cache(maxsize=512)
def _ledger(control: str, network: str, at: datetime, known: datetime) -> dict[str, Any]:
    asked = {"network": network, "at": at.isoformat(), "known": known.isoformat()}
    found = httpx.get(f"{control}/ledger", params=asked, trust_env=False, timeout=30).raise_for_status()
    told: dict[str, Any] = found.json()
    return told


def _oldest(network: str) -> datetime:
    """Posts from before are never asked about: by our clock, which is not set back, the network no longer answers."""
    spans = [one.history_days for one in PLATFORMS[network].resources if one.name == "post_metrics"]
    return datetime.now(UTC) - timedelta(days=min((days for days in spans if days), default=_EVER))


def _shown_followers(network: str, counters: dict[str, int]) -> int:
    """YouTube rounds to three figures, downwards."""
    followers = counters["followers"]
    step: int = 10 ** max(0, len(str(followers)) - 3) if network == "youtube" else 1
    return followers // step * step
