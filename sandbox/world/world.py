"""The world: who is there, what was posted, and what it came to at any moment.

Everything is a function of the seed and the day on which the world was made; what is published through the
networks is added to it and engages people by the same rules.
"""

import dataclasses
import hashlib
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.tokens import Tokens
from sandbox.world import identifiers
from sandbox.world.effects import Effects, finals, plant
from sandbox.world.model import Account, App, Media, Post
from sandbox.world.networks import BEYOND, NATURES, Nature
from sandbox.world.people import Followers, demographics
from sandbox.world.plants import Plant, Plants
from sandbox.world.posts import FUTURE_DAYS, PAST_DAYS, history, make_accounts

_REMEMBERED = 10_000


class World:
    """One world. `state` is a folder where what happens is kept; `origin` the address where its pictures are."""

    def __init__(self, seed: int, state: Path | None = None, origin: str = "http://127.0.0.1") -> None:
        self.seed = seed
        self.origin = origin
        self.clock = Clock()
        self._journal = Journal(state, seed)
        self._notes: dict[tuple[str, str], dict[str, Any]] = {}
        entries = list(self._journal.entries())
        self._made_on = date.fromisoformat(entries[0]["on"]) if entries else datetime.now(UTC).date()
        if not entries:
            self._journal.append("made", on=self._made_on.isoformat())
        self._plants = Plants(self.clock)
        self.tokens = Tokens(self.clock, self._journal, seed)
        self._accounts: dict[str, list[Account]] = {}
        self._effects: dict[tuple[str, str], Effects] = {}
        self._followers: dict[tuple[str, str], Followers] = {}
        self._posts: dict[tuple[str, str], list[Post]] = {}
        self._by_id: dict[tuple[str, str], Post] = {}
        # What a span brought an account; forgotten when a post comes or goes.
        self._between: dict[tuple[str, str, datetime, datetime], dict[str, int]] = {}
        for network, nature in NATURES.items():
            self._populate(network, nature)
        for entry in entries[1:]:
            self._replay(entry)

    @staticmethod
    def forget(seed: int, state: Path | None) -> None:
        """Let the world of a seed begin anew."""
        Journal.forget(state, seed)

    def _populate(self, network: str, nature: Nature) -> None:
        self._accounts[network] = make_accounts(self.seed, network, nature, self._made_on, self.origin)
        first = self._made_on - timedelta(days=PAST_DAYS)
        for account in self._accounts[network]:
            key = (network, account.external_id)
            self._effects[key] = plant(self.seed, account, nature)
            self._followers[key] = Followers(self.seed, account, first, PAST_DAYS + FUTURE_DAYS)
            self._posts[key] = []
            for post in history(self.seed, account, nature, self._effects[key], self._made_on):
                self._place(post)

    def _place(self, post: Post) -> None:
        self._between.clear()
        posts = self._posts[post.network, post.account_id]
        posts.append(post)
        posts.sort(key=lambda one: (one.created_at, one.external_id), reverse=True)
        self._by_id[post.network, post.external_id] = post

    def now(self) -> datetime:
        return self.clock.now()

    def advance(self, span: timedelta) -> None:
        """Move the clock forward."""
        self.clock.advance(span)
        self._journal.append("clock", offset_s=self.clock.offset.total_seconds())

    def app(self, network: str) -> App:
        """The product's registration, the same for the same seed."""
        secret = hashlib.sha256(f"app {self.seed} {network}".encode()).hexdigest()
        return App(client_id=f"{network}-{secret[:16]}", client_secret=secret[16:])

    def accounts(self, network: str) -> list[Account]:
        """The brand first, then its rivals."""
        return list(self._accounts[network])

    def account(self, network: str, external_id: str) -> Account | None:
        return next((one for one in self._accounts[network] if one.external_id == external_id), None)

    def posts(
        self, network: str, account_id: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[Post]:
        """Live posts with since <= created_at < until, newest first."""
        now = self.now()
        return [
            post
            for post in self._posts[network, account_id]
            if _live(post, now)
            and (since is None or post.created_at >= since)
            and (until is None or post.created_at < until)
        ]

    def post(self, network: str, external_id: str) -> Post | None:
        """The post while it is live."""
        found = self._by_id.get((network, external_id))
        return found if found is not None and _live(found, self.now()) else None

    def live_at(self, network: str, at: datetime) -> list[Post]:
        """Every post of a network that was live at a moment, newest first."""
        posts = [post for (name, _), some in self._posts.items() if name == network for post in some]
        return sorted((post for post in posts if _live(post, at)), key=lambda post: post.created_at, reverse=True)

    def counters(self, post: Post, at: datetime) -> dict[str, int]:
        """Lifetime counters at a moment; they go up by whole minutes and never fall."""
        nature, found = NATURES[post.network], self._reached(post, at)
        shown = {name: found[name] for name in (nature.exposed, *nature.shares)}
        return shown | {name: sum(found[part] for part in parts) for name, parts in nature.sums.items()}

    def counters_between(self, post: Post, start: datetime, end: datetime) -> dict[str, int]:
        before = self.counters(post, start)
        return {name: value - before[name] for name, value in self.counters(post, end).items()}

    def _reached(self, post: Post, at: datetime) -> dict[str, int]:
        if post.deleted_at is not None:
            at = min(at, post.deleted_at)
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        hours = (minute - post.created_at).total_seconds() / 3600
        share = post.share(hours)
        return {name: math.floor(value * share) for name, value in post.final.items()}

    def account_counters(self, account: Account, at: datetime) -> dict[str, int]:
        """Followers, following, posts, and the sums of its posts' counters since the world began."""
        followers = self._followers[account.network, account.external_id]
        posts = [post for post in self._posts[account.network, account.external_id] if _live(post, at)]
        found = {"followers": followers.at(at), "following": 100 + account.followers % 400, "posts": len(posts)}
        for post in posts:
            for name, value in {**self.counters(post, at), **self._beyond(post, at)}.items():
                found[name] = found.get(name, 0) + value
        return found

    def account_between(self, account: Account, start: datetime, end: datetime) -> dict[str, int]:
        """What a span brought: its posts' counters, followers gained and lost, visits, clicks and purchases."""
        key = (account.network, account.external_id, start, end)
        if key not in self._between:
            if len(self._between) > _REMEMBERED:
                self._between.clear()
            self._between[key] = self._brought(account, start, end)
        return self._between[key]

    def _brought(self, account: Account, start: datetime, end: datetime) -> dict[str, int]:
        followers = self._followers[account.network, account.external_id]
        found = {
            "followers_gained": followers.until("gained", end) - followers.until("gained", start),
            "followers_lost": followers.until("lost", end) - followers.until("lost", start),
            "profile_visits": followers.until("visits", end) - followers.until("visits", start),
        }
        nature = NATURES[account.network]
        summed = dict.fromkeys((nature.exposed, *nature.shares, *nature.sums, *BEYOND, "revenue_cents"), 0)
        for post in self._posts[account.network, account.external_id]:
            if post.created_at >= end or (post.deleted_at and post.deleted_at <= start):
                continue
            if post.created_at + post.lively <= start:
                continue
            before, after = ({**self.counters(post, at), **self._beyond(post, at)} for at in (start, end))
            for name in summed:
                summed[name] += after[name] - before[name]
        # Visits that a post led to, and those that came by themselves.
        return summed | found | {"profile_visits": found["profile_visits"] + summed.get("profile_visits", 0)}

    def _beyond(self, post: Post, at: datetime) -> dict[str, int]:
        """Link clicks, purchases and their worth."""
        reached = self._reached(post, at)
        found = {name: reached[name] for name in BEYOND}
        return found | {"revenue_cents": found["purchases"] * post.basket_cents}

    def demographics(self, account: Account, at: datetime) -> dict[str, dict[str, int]]:
        """Followers by dimension and value."""
        followers = self._followers[account.network, account.external_id].at(at)
        return demographics(self.seed, account, followers)

    def note(self, network: str, name: str, about: dict[str, Any]) -> None:
        """Keep what a network holds besides posts, such as media that were uploaded and not published yet."""
        self._journal.append("note", network=network, name=name, about=about)
        self._notes[network, name] = about

    def noted(self, network: str, name: str) -> dict[str, Any] | None:
        """What was kept under a name."""
        return self._notes.get((network, name))

    def notes(self, network: str) -> list[dict[str, Any]]:
        """Everything that a network keeps."""
        return [about for (owner, _), about in self._notes.items() if owner == network]

    def plant(self, kind: str, network: str, at: datetime, **about: Any) -> Plant:
        """Let something happen to the world at a moment."""
        self._journal.append("planted", plant=kind, network=network, at=at.isoformat(), about=about)
        return self._plants.add({"kind": kind, "network": network, "at": at, **about})

    def planted(self, kind: str, network: str) -> list[Plant]:
        """What is planted and has come: `at` is an aware datetime, the rest as it was given."""
        return self._plants.due(kind, network)

    def truth(self) -> dict[str, Any]:
        """The planted effects by network and account."""
        found: dict[str, Any] = {}
        for (network, account_id), effects in self._effects.items():
            account = self.account(network, account_id)
            shown = {"timezone": account.timezone if account else None, **effects.shown()}
            found.setdefault(network, {"accounts": {}})["accounts"][account_id] = shown
        return {"seed": self.seed, "networks": found, "beyond": BEYOND}

    def create_post(
        self,
        network: str,
        account_id: str,
        *,
        kind: str,
        text: str,
        title: str | None = None,
        media: Sequence[Media] = (),
        link: str | None = None,
        external_id: str | None = None,
        at: datetime | None = None,
    ) -> Post:
        """A post made through the network, live now or from `at` on; taken away before then it never was."""
        at = at or self.now()
        key = uuid4().hex
        entry = {
            "network": network,
            "account_id": account_id,
            "post_kind": kind,
            "text": text,
            "title": title,
            "media": [dataclasses.asdict(one) for one in media],
            "link": link,
            "external_id": external_id or identifiers.post_id(network, account_id, at, key),
            "at": at.isoformat(),
            "key": key,
        }
        self._journal.append("posted", **entry)
        return self._posted(entry)

    def _posted(self, entry: dict[str, Any]) -> Post:
        network, account_id, at = entry["network"], entry["account_id"], datetime.fromisoformat(entry["at"])
        account = self.account(network, account_id)
        if account is None:
            raise LookupError(f"{network} has no account {account_id}")
        hashtags = tuple(word[1:].lower() for word in entry["text"].split() if word.startswith("#"))
        effects, nature, kind = self._effects[network, account_id], NATURES[network], entry["post_kind"]
        final, tau, pace = finals(
            self.seed, entry["key"], account, effects, nature, kind=kind, hashtags=hashtags, at=at
        )
        post = Post(
            network=network,
            external_id=entry["external_id"],
            account_id=account_id,
            kind=kind,
            text=entry["text"],
            title=entry["title"],
            created_at=at,
            permalink=identifiers.permalink(network, account.username, entry["external_id"]),
            hashtags=hashtags,
            link=entry["link"],
            media=[Media(**one) for one in entry["media"]],
            final=final,
            tau_hours=tau,
            pace=pace,
        )
        self._place(post)
        return post

    def delete_post(self, network: str, external_id: str) -> None:
        at = self.now()
        self._journal.append("deleted", network=network, external_id=external_id, at=at.isoformat())
        self._by_id[network, external_id].deleted_at = at
        self._between.clear()

    def edit_post(self, network: str, external_id: str, text: str) -> None:
        """Another text; what it reaches stays as it was."""
        self._journal.append("edited", network=network, external_id=external_id, text=text)
        self._by_id[network, external_id].text = text

    def _replay(self, entry: dict[str, Any]) -> None:
        match entry["kind"]:
            case "posted":
                self._posted(entry)
            case "edited":
                self._by_id[entry["network"], entry["external_id"]].text = entry["text"]
            case "deleted":
                post = self._by_id[entry["network"], entry["external_id"]]
                post.deleted_at = datetime.fromisoformat(entry["at"])
            case "note":
                self._notes[entry["network"], entry["name"]] = entry["about"]
            case "planted":
                at = datetime.fromisoformat(entry["at"])
                self._plants.add({"kind": entry["plant"], "network": entry["network"], "at": at, **entry["about"]})
            case "clock":
                self.clock.offset = timedelta(seconds=entry["offset_s"])
            case _:
                self.tokens.replay(entry)


def _live(post: Post, at: datetime) -> bool:
    return post.created_at <= at and (post.deleted_at is None or post.deleted_at > at)
