"""Who is there, what was posted, and what it came to at any moment.

Everything is a function of the seed, the day on which the world was made, what joined it and what is planted in it.
Figures are asked for in two ways: by a network, which shows what it knows now, and by the ledger, which tells what
was true at a moment (`known`).
"""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.clock import Clock
from sandbox.world.effects import Effects, plant
from sandbox.world.model import Account, Post
from sandbox.world.nature import BEYOND, Nature
from sandbox.world.people import Followers, demographics
from sandbox.world.plants import Plants
from sandbox.world.posts import FUTURE_DAYS, PAST_DAYS, history, make_accounts

_REMEMBERED = 10_000
_Key = tuple[str, str]


class Figures:
    """Accounts and posts of all networks with their counters."""

    def __init__(self, seed: int, made_on: date, natures: Mapping[str, Nature], clock: Clock, origin: str) -> None:
        self.seed, self.natures, self.clock, self.origin = seed, natures, clock, origin
        self._plants = Plants(clock)
        self._accounts: dict[str, list[Account]] = {}
        # Who administers an account, by its key.
        self._owners: dict[_Key, Account] = {}
        self._effects: dict[_Key, Effects] = {}
        self._followers: dict[_Key, Followers] = {}
        self._posts: dict[_Key, list[Post]] = {}
        self._by_id: dict[_Key, Post] = {}
        # What a span brought an account; forgotten when a post comes or goes.
        self._between: dict[tuple[object, ...], dict[str, int]] = {}
        for network, nature in natures.items():
            self._accounts[network] = make_accounts(seed, network, nature, made_on, origin)
            for place, account in enumerate(self._accounts[network]):
                self._populate(account, nature, made_on)
                if nature.person is not None:
                    self._owners[network, account.external_id] = nature.person(account, place)
            for person in self.people(network):
                self._populate(person, nature, made_on)

    def now(self) -> datetime:
        """The world's time."""
        return self.clock.now()

    def _populate(self, account: Account, nature: Nature, made_on: date) -> None:
        key = (account.network, account.external_id)
        first = made_on - timedelta(days=PAST_DAYS)
        self._effects[key] = plant(self.seed, account, nature)
        self._followers[key] = Followers(self.seed, account, first, PAST_DAYS + FUTURE_DAYS)
        self._posts[key] = []
        for post in history(self.seed, account, nature, self._effects[key], made_on):
            self._place(post)

    def _place(self, post: Post) -> None:
        self._between.clear()
        posts = self._posts[post.network, post.account_id]
        posts.append(post)
        posts.sort(key=lambda one: (one.created_at, one.external_id), reverse=True)
        self._by_id[post.network, post.external_id] = post

    def accounts(self, network: str) -> list[Account]:
        """The brand first, then its rivals."""
        return list(self._accounts[network])

    def people(self, network: str) -> list[Account]:
        """Who administers the accounts, in their order, where people are accounts themselves."""
        return [person for (name, _), person in self._owners.items() if name == network]

    def owner(self, account: Account) -> Account:
        """Who administers an account. Raises KeyError where people are no accounts."""
        return self._owners[account.network, account.external_id]

    def account(self, network: str, external_id: str) -> Account | None:
        """One of the accounts or people."""
        everyone = (*self._accounts[network], *self.people(network))
        return next((one for one in everyone if one.external_id == external_id), None)

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

    def deleted_by(self, network: str, at: datetime) -> list[Post]:
        """Every post of a network that was live once and no more at a moment."""
        return [
            post
            for (name, _), post in self._by_id.items()
            if name == network and post.deleted_at is not None and post.created_at < post.deleted_at <= at
        ]

    def counters(self, post: Post, at: datetime, known: datetime | None = None) -> dict[str, int]:
        """Lifetime counters at a moment; they go up by whole minutes, and fall only where that is planted."""
        nature, found = self.natures[post.network], self._reached(post, at, known)
        shown = {name: found[name] for name in nature.counters}
        return shown | {name: sum(found[part] for part in parts) for name, parts in nature.sums.items()}

    def counters_between(self, post: Post, start: datetime, end: datetime) -> dict[str, int]:
        before = self.counters(post, start)
        return {name: value - before[name] for name, value in self.counters(post, end).items()}

    def _reached(self, post: Post, at: datetime, known: datetime | None) -> dict[str, int]:
        if known is None:
            at, known = self._plants.late(post.network, at), max(at, self.now())
        if post.deleted_at is not None:
            at = min(at, post.deleted_at)
        minute = at.astimezone(UTC).replace(second=0, microsecond=0)
        share = post.share((minute - post.created_at).total_seconds() / 3600)
        found = {name: math.floor(value * share) for name, value in post.final.items()}
        self._plants.changed(post.network, post.external_id, found, at, known)
        return found

    def account_counters(self, account: Account, at: datetime, known: datetime | None = None) -> dict[str, int]:
        """Followers, following, posts, and the sums of its posts' counters since the world began."""
        shown = self._plants.late(account.network, at) if known is None else at
        followers = self._followers[account.network, account.external_id].at(shown)
        posts = [post for post in self._posts[account.network, account.external_id] if _live(post, at)]
        found = {"followers": followers, "following": 100 + account.followers % 400, "posts": len(posts)}
        for post in posts:
            for name, value in {**self.counters(post, at, known), **self.beyond(post, at, known)}.items():
                found[name] = found.get(name, 0) + value
        return found

    def account_between(self, account: Account, start: datetime, end: datetime) -> dict[str, int]:
        """What a span brought: its posts' counters, followers gained and lost, visits, clicks and purchases."""
        start, end = (self._plants.late(account.network, at) for at in (start, end))
        key = (account.network, account.external_id, start, end, self._plants.known(max(end, self.now())))
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
        nature = self.natures[account.network]
        summed = dict.fromkeys((*nature.counters, *nature.sums, *BEYOND, "revenue_cents"), 0)
        for post in self._posts[account.network, account.external_id]:
            if post.created_at >= end or (post.deleted_at and post.deleted_at <= start):
                continue
            if post.created_at + post.lively <= start and not self._plants.concern(post.network, post.external_id):
                continue
            before, after = ({**self.counters(post, at), **self.beyond(post, at, None)} for at in (start, end))
            for name in summed:
                summed[name] += after[name] - before[name]
        # Visits that a post led to, and those that came by themselves.
        return summed | found | {"profile_visits": found["profile_visits"] + summed.get("profile_visits", 0)}

    def beyond(self, post: Post, at: datetime, known: datetime | None = None) -> dict[str, int]:
        """Link clicks, purchases and their worth."""
        reached = self._reached(post, at, known)
        found = {name: reached[name] for name in BEYOND}
        return found | {"revenue_cents": found["purchases"] * post.basket_cents}

    def demographics(self, account: Account, at: datetime) -> dict[str, dict[str, int]]:
        """Followers by dimension and value."""
        followers = self._followers[account.network, account.external_id].at(at)
        return demographics(self.seed, account, followers)

    def truth(self) -> dict[str, Any]:
        """The effects by network, and by account or person."""
        found: dict[str, Any] = {}
        for (network, account_id), effects in self._effects.items():
            account = self.account(network, account_id)
            shown = {"timezone": account.timezone if account else None, **effects.shown()}
            kind = "accounts" if account in self._accounts[network] else "people"
            found.setdefault(network, {"accounts": {}, "people": {}})[kind][account_id] = shown
        return {"seed": self.seed, "networks": found, "beyond": BEYOND}


def _live(post: Post, at: datetime) -> bool:
    return post.created_at <= at and (post.deleted_at is None or post.deleted_at > at)
