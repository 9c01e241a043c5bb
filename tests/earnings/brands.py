"""Brands whose people are known, as the app's tables hold them: one workspace per seed, written by COPY."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql

from publishing.links.bots import bot
from sandbox.networks import NATURES
from sandbox.shop import brand, journeys, plant
from sandbox.shop.habits import Habits
from sandbox.shop.story import PERSON, PREFETCH, Click, Happening, Order, Refund, Visit
from sandbox.world import Post

FIRST = date(2026, 9, 1)
DAYS = 14
UNTIL = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=60)
WINDOW = timedelta(days=30)
NETWORKS = ("facebook", "x")
_NAMES = UUID("53b7d9c2-5b5e-4c39-9a36-bb0f3a1c7d55")


@dataclass(frozen=True, slots=True)
class Brand:
    """One seed: its posts, and what people did. Names are those of the rows, the same every time."""

    seed: int
    habits: Habits
    posts: dict[str, Post]
    story: list[Happening] = field(repr=False)

    @classmethod
    def of(cls, seed: int) -> "Brand":
        followed = brand(seed, {name: NATURES[name] for name in NETWORKS}, FIRST, DAYS)
        opened = datetime.combine(FIRST, datetime.min.time(), UTC)
        posts = {one.post.external_id: one.post for one in followed}
        return cls(seed, plant(seed), posts, journeys(seed, followed, opened, UNTIL))

    def name(self, what: str, of: object = "") -> UUID:
        return uuid5(_NAMES, f"{self.seed} {what} {of}")

    def post_key(self, post: str) -> str:
        """As the marts name a post."""
        account = self.name("account", self.posts[post].network)
        return hashlib.md5(f"{account}/{post}".encode()).hexdigest()

    @property
    def workspace_id(self) -> UUID:
        return self.name("workspace")

    def clicks(self) -> Iterator[Click]:
        return (one for one in self.story if isinstance(one, Click))

    def orders(self) -> Iterator[Order]:
        return (one for one in self.story if isinstance(one, Order))

    def refunds(self) -> Iterator[Refund]:
        return (one for one in self.story if isinstance(one, Refund))

    def visits(self) -> Iterator[Visit]:
        return (one for one in self.story if isinstance(one, Visit))

    def euros(self, amount: Decimal, currency: str) -> Decimal:
        """At the rate that the shop's prices were made with, to the cent."""
        rate = Decimal(1) if currency == "EUR" else Decimal(str(self.habits.price))
        return (amount / rate).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def touches(self) -> dict[str, list[str]]:
        """By order: the posts that led its buyer to the shop within the window before, oldest first."""
        of_click = {one.id: one.post for one in self.clicks()}
        seen: dict[str, list[Visit]] = {}
        found = {}
        for one in self.story:
            if isinstance(one, Visit) and one.click is not None:
                seen.setdefault(one.person, []).append(one)
            elif isinstance(one, Order):
                before = [visit for visit in seen.get(one.person, ()) if visit.at >= one.at - WINDOW]
                before.sort(key=lambda visit: (visit.at, self.name("visit", visit.id)))
                found[one.id] = [of_click[visit.click] for visit in before if visit.click]
        return found

    def earned(self, place: int) -> dict[str, Decimal]:
        """Euros by post where all credit is for the first touch (0) or the last (-1); without any, by an empty name."""
        touches = self.touches()
        found: dict[str, Decimal] = defaultdict(Decimal)
        moves = [(one, one.amount, 1) for one in self.orders()]
        moves += [(one.order, one.amount, -1) for one in self.refunds()]
        for order, amount, sign in moves:
            led = touches[order.id]
            found[led[place] if led else ""] += sign * self.euros(amount, order.currency)
        return dict(found)

    def expected_rate(self) -> float:
        """Planted: orders per click of a person, over the clicks that were."""
        return self._mean(self.order_rate)

    def expected_revenue(self) -> float:
        """Planted: euros per click of a person, refunds taken off."""
        return self._mean(lambda post: self.habits.revenue(post.network, post.account_id, post.kind) / 100)

    def order_rate(self, post: Post) -> float:
        """Planted: orders per click of a person at a post."""
        return (1 - self.habits.bounces) * self.habits.rate(post.network, post.account_id, post.kind)

    def _mean(self, planted: Callable[[Post], float]) -> float:
        values = [planted(self.posts[one.post]) for one in self.clicks() if one.who == PERSON]
        return float(sum(values) / len(values))


def put(url: str, brands: Iterable[Brand]) -> None:
    """Write them into the tables of the app. The database holds none of them yet."""
    with psycopg.connect(url) as connection:
        rates = {one.habits.currency: one.habits.price for one in brands}
        days = [FIRST + timedelta(days=n) for n in range((UNTIL.date() - FIRST).days + 1)]
        told = [
            {"currency": currency, "day": day, "per_euro": price, "source": "the shop"}
            for currency, price in rates.items()
            for day in days
        ]
        _copy(connection, "exchange_rates", told)
        for one in brands:
            for table, rows in _tables(one):
                _copy(connection, table, rows)


def _copy(connection: psycopg.Connection[Any], table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    names = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    statement = sql.SQL("copy app.{} ({}) from stdin").format(sql.Identifier(table), names)
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row(list(row.values()))


def _tables(one: Brand) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    here, author, source = {"workspace_id": one.workspace_id}, one.name("author"), one.name("source")
    yield "organizations", [{"id": one.name("organization"), "name": "Planted"}]
    yield (
        "workspaces",
        [
            {
                "id": one.workspace_id, "organization_id": one.name("organization"), "name": f"Seed {one.seed}",
                "timezone": "UTC", "currency": "EUR", "attribution_days": WINDOW.days,
            }
        ],
    )  # fmt: skip
    yield "users", [{"id": author, "email": f"{author}@example.com", "name": "A", "password_hash": ""}]
    yield (
        "accounts",
        [
            {
                "id": one.name("account", network), **here, "platform": network, "external_id": network,
                "name": network, "source": "api", "status": "connected",
            }
            for network in NETWORKS
        ],
    )  # fmt: skip
    yield "campaigns", [{"id": one.name("campaign"), **here, "name": "Autumn"}]
    yield "conversion_sources", [{"id": source, **here, "kind": "server", "name": "Shop"}]
    yield from _published(one, here, author)
    yield "link_clicks", [_clicked(one, here, click) for click in one.clicks()]
    yield "visits", [_visited(one, here, source, visit) for visit in one.visits()]
    yield "conversions", [*_sold(one, here, source)]


def _published(one: Brand, here: dict[str, Any], author: UUID) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    posts, campaign = one.posts, one.name("campaign")
    yield (
        "posts",
        [
            {"id": one.name("post", key), **here, "author_id": author, "text": key, "campaign_id": campaign}
            for key in posts
        ],
    )
    yield (
        "publications",
        [
            {
                "id": one.name("publication", key), **here, "post_id": one.name("post", key),
                "account_id": one.name("account", post.network), "status": "published", "attempt": 1,
                "scheduled_at": post.created_at, "due_at": post.created_at, "scheduled_zone": "UTC",
                "external_id": key, "published_at": post.created_at,
            }
            for key, post in posts.items()
        ],
    )  # fmt: skip
    yield (
        "links",
        [
            {
                "id": one.name("link", key), **here, "slug": one.name("slug", key).hex, "destination": "https://s/",
                "target": "https://s/", "address": "https://s/", "publication_id": one.name("publication", key),
                "campaign_id": campaign,
            }
            for key in posts
        ],
    )  # fmt: skip


def _clicked(one: Brand, here: dict[str, Any], click: Click) -> dict[str, Any]:
    headers = {"user-agent": click.browser} | ({"sec-purpose": "prefetch"} if click.who == PREFETCH else {})
    return {
        "id": one.name("click", click.id), **here, "link_id": one.name("link", click.post), "clicked_at": click.at,
        "visitor": click.person or click.browser, "bot": bot(headers),
    }  # fmt: skip


def _visited(one: Brand, here: dict[str, Any], source: UUID, visit: Visit) -> dict[str, Any]:
    return {
        "id": one.name("visit", visit.id), **here, "source_id": source, "event_id": visit.id, "visited_at": visit.at,
        "visitor": visit.person, "click_id": one.name("click", visit.click) if visit.click else None,
        "utm_source": "newsletter" if visit.newsletter else None,
    }  # fmt: skip


def _sold(one: Brand, here: dict[str, Any], source: UUID) -> Iterator[dict[str, Any]]:
    for order in one.orders():
        yield {
            "id": one.name("conversion", order.id), **here, "source_id": source, "event_id": order.id,
            "kind": "purchase", "occurred_at": order.at, "amount": order.amount, "currency": order.currency,
            "visitor": order.person, "order_id": order.id,
        }  # fmt: skip
    for refund in one.refunds():
        yield {
            "id": one.name("conversion", refund.id), **here, "source_id": source, "event_id": refund.id,
            "kind": "refund", "occurred_at": refund.at, "amount": -refund.amount, "currency": refund.order.currency,
            "visitor": None, "order_id": refund.order.id,
        }  # fmt: skip
