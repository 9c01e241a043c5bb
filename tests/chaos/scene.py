"""A workspace with accounts on the networks of a sandbox, many posts of every kind that are due, and their fate."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import libpq_url, unit_of_work
from clientnest.models import Account
from publishing.publications import service
from tests.publishing.drafting import drafted
from tests.sandbox.stage import Stage

Kind = tuple[str, str | None]
# What each network takes: a network, and the picture or film of its post.
KINDS: tuple[Kind, ...] = (
    ("facebook", None),
    ("facebook", "sample.jpg"),
    ("instagram", "sample.jpg"),
    ("linkedin", None),
    ("linkedin", "sample.jpg"),
    ("tiktok", "sample.mp4"),
    ("x", None),
    ("x", "sample.jpg"),
    ("youtube", "sample.mp4"),
    ("bluesky", None),
)


@dataclass(frozen=True, slots=True)
class Intent:
    """A post on one account. No other post says its `text`."""

    id: UUID
    network: str
    text: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an intent: in our ledger, and which posts the network knows."""

    intent: Intent
    status: str
    external_id: str | None
    live: tuple[str, ...]

    @property
    def doubled(self) -> bool:
        return len(self.live) > 1

    @property
    def lost(self) -> bool:
        """Forgotten, or told otherwise than it is: our ledger and the network's differ."""
        match self.status:
            case "published":
                return self.external_id not in self.live
            case "failed":
                return bool(self.live)
            case "needs_person":
                return False
        return True

    @property
    def unknown(self) -> bool:
        return self.status == "needs_person"


def environment(stage: Stage) -> dict[str, str]:
    """What the settings of a process are told, so that the networks are the sandbox's."""
    names = {"NEST_OUTBOUND_ALLOW": urlsplit(stage.control).netloc}
    for network, told in stage.networks.items():
        for key in ("client_id", "client_secret", "base_url"):
            names[f"NEST_PLATFORMS__{network.upper()}__{key.upper()}"] = told[key]
    return names


class Scene:
    """One workspace and what it publishes."""

    def __init__(self, stage: Stage, workspace_id: UUID, user_id: UUID) -> None:
        self.stage, self._workspace_id, self._user_id = stage, workspace_id, user_id
        self.intents: list[Intent] = []

    async def queue(self, kind: Kind, many: int) -> list[Intent]:
        """So many posts of a kind, all due: the first by the door of publishing, the rest are copies of its rows."""
        network, media = kind
        account = await self._connect(network)
        text = _words()
        media_url = f"{self.stage.control}/{media}" if media else None
        async with unit_of_work(workspace_id=self._workspace_id) as session:
            draft = drafted(text, account, media_url=media_url)
            (first,) = await service.publish(session, self._workspace_id, self._user_id, draft)
            made = [Intent(first.id, network, text)]
        with _connection() as connection:
            made += [_copied(connection, made[0], _words()) for _ in range(many - 1)]
        self.intents += made
        return made

    async def _connect(self, network: str) -> UUID:
        told = self.stage.networks[network]["accounts"][0]
        with _connection() as connection:
            query = "select id from app.accounts where workspace_id = %s and platform = %s"
            known = connection.execute(query, [self._workspace_id, network]).fetchone()
        if known is not None:
            return UUID(str(known["id"]))
        account = Account(
            workspace_id=self._workspace_id, platform=network, external_id=told["external_id"], name=told["name"]
        )
        async with unit_of_work(workspace_id=self._workspace_id) as session:
            session.add(account)
            await session.flush()
            await credentials.store(
                session, self._workspace_id, account.id, Credential(told["access_token"], None, None, None, ())
            )
        return account.id

    def time_passes(self) -> None:
        """Minutes, at once: here the pauses and the leases of the dead are over, at the networks their waits."""
        with _connection() as connection:
            # A worker that stands still may hold its row: time passes for it when it lets go.
            connection.execute(
                "update app.publications set due_at = least(due_at, now()) - interval '1 second', "
                "leased_until = leased_until - interval '1 hour' where id in (select id from app.publications "
                "where id = any(%s) and (status in ('scheduled', 'publishing') "
                "or (status = 'published' and external_id is null)) for update skip locked)",
                [[intent.id for intent in self.intents]],
            )
        self.stage.advance("PT2M")

    def day_passes(self) -> None:
        """At the networks, where limits of a day begin anew."""
        self.stage.advance("P1D")

    def hurry(self, intent: Intent) -> None:
        """It is due longer than everything else."""
        with _connection() as connection:
            moved = "update app.publications set due_at = now() - interval '1 day' where id = %s"
            connection.execute(moved, [intent.id])

    def status(self, intent: Intent) -> str:
        """By our ledger, now."""
        with _connection() as connection:
            row = connection.execute("select status from app.publications where id = %s", [intent.id]).fetchone()
        return str(row["status"]) if row else ""

    def plant(self, network: str, kind: str, after: int) -> None:
        """Have a network do this once, when so many calls have passed."""
        told = {"network": network, "operation": "*", "kind": kind, "times": 1, "after": after}
        httpx.post(f"{self.stage.control}/faults", json=told, timeout=30).raise_for_status()

    def planted(self, network: str) -> bool:
        """Whether what was planted there happened; it is forgotten."""
        address = f"{self.stage.control}/faults"
        asked = {"network": network}
        found = httpx.get(address, params=asked, timeout=30).raise_for_status().json()
        httpx.delete(address, params=asked, timeout=30).raise_for_status()
        return any(one["done"] for one in found["faults"])

    def open(self) -> int:
        """How many have no end yet, or are live without an id."""
        with _connection() as connection:
            row = connection.execute(
                "select count(*) as many from app.publications where id = any(%s) and (status in "
                "('scheduled', 'publishing') or (status = 'published' and external_id is null))",
                [[intent.id for intent in self.intents]],
            ).fetchone()
        return int(row["many"]) if row else 0

    def fates(self) -> Iterator[Fate]:
        """By our ledger and the networks' own books."""
        with _connection() as connection:
            rows = connection.execute("select id, status, external_id from app.publications").fetchall()
        ours = {row["id"]: row for row in rows}
        books = {network: self._books(network) for network in {intent.network for intent in self.intents}}
        for intent in self.intents:
            row = ours[intent.id]
            yield Fate(intent, row["status"], row["external_id"], tuple(books[intent.network][intent.text]))

    def _books(self, network: str) -> Mapping[str, list[str]]:
        """The ids of posts by the words that ours begin with."""
        found: dict[str, list[str]] = defaultdict(list)
        for id_, post in self.stage.ledger(network).items():
            found[" ".join((post["text"] or "").split()[:2])].append(id_)
        return found

    def secrets(self) -> list[str]:
        """What no log may say."""
        told = self.stage.networks.values()
        return [one["client_secret"] for one in told] + [a["access_token"] for one in told for a in one["accounts"]]


def fresh(stage: Stage, seed: int) -> Scene:
    """The networks from their beginning, and a workspace that nobody has used."""
    described = httpx.post(f"{stage.control}/reset", json={"seed": seed}, timeout=60).raise_for_status().json()
    trade = {name: described[name] for name in ("shop", "stripe", "paypal")}
    organization, workspace, user = uuid4(), uuid4(), uuid4()
    with psycopg.connect(libpq_url(), autocommit=True) as owner:
        owner.execute("delete from app.publications")
        owner.execute("insert into app.organizations (id, name) values (%s, 'Chaos')", [organization])
        owner.execute(
            "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Chaos', 'no sign-in')",
            [user, f"{user}@example.com"],
        )
        owner.execute(
            "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Chaos', 'UTC')",
            [workspace, organization],
        )
    return Scene(Stage(described["control"], described["networks"], trade), workspace, user)


def _words() -> str:
    return f"Chaos {uuid4().hex}"


def _copied(connection: psycopg.Connection[dict[str, Any]], first: Intent, text: str) -> Intent:
    post, publication = uuid4(), uuid4()
    connection.execute(
        "insert into app.posts select (jsonb_populate_record(p, %s)).* from app.posts p "
        "join app.publications q on q.post_id = p.id where q.id = %s",
        [Jsonb({"id": str(post), "text": text}), first.id],
    )
    connection.execute(
        "insert into app.publications select (jsonb_populate_record(q, %s)).* from app.publications q where q.id = %s",
        [Jsonb({"id": str(publication), "post_id": str(post)}), first.id],
    )
    return Intent(publication, first.network, text)


def _connection() -> psycopg.Connection[dict[str, Any]]:
    return psycopg.connect(libpq_url("nest_system"), autocommit=True, row_factory=dict_row)
