"""A brand's money in the app's own tables, as the doors write it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from tests.dbt.conftest import Warehouse, new_warehouse

# A conversion of every journey happens then.
SOLD = datetime(2026, 11, 20, 12, tzinfo=UTC)


def before(**ago: float) -> datetime:
    return SOLD - timedelta(**ago)


def insert(url: str, table: str, **values: object) -> None:
    """One row of a table of the app."""
    statement = sql.SQL("insert into app.{} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    with psycopg.connect(url) as connection:
        connection.execute(statement, list(values.values()))


@dataclass(frozen=True, slots=True)
class Brand:
    """A workspace of its own with one account and one door for conversions."""

    warehouse: Warehouse
    source_id: UUID
    author_id: UUID
    account_id: UUID

    @classmethod
    def new(cls, url: str, *, sells: bool = True, currency: str = "EUR", days: int = 30) -> "Brand":
        warehouse = new_warehouse(url)
        made = cls(warehouse, uuid4(), uuid4(), warehouse.connect("linkedin"))
        warehouse.rows(
            "update app.workspaces set currency = %s, attribution_days = %s where id = %s returning id",
            currency,
            days,
            made.workspace_id,
        )
        insert(url, "users", id=made.author_id, email=f"{made.author_id}@example.com", name="A", password_hash="")
        if sells:
            made.door("webhook", made.source_id)
        return made

    @property
    def workspace_id(self) -> UUID:
        return self.warehouse.workspace_id

    def put(self, table: str, **values: object) -> UUID:
        """A row of the workspace; gives back its id."""
        made = {"id": uuid4(), **values}
        insert(self.warehouse.url, table, workspace_id=self.workspace_id, **made)
        return UUID(str(made["id"]))

    def door(self, kind: str, source_id: UUID | None = None) -> UUID:
        return self.put("conversion_sources", id=source_id or uuid4(), kind=kind, name=kind)

    def campaign(self, name: str = "Autumn") -> UUID:
        return self.put("campaigns", name=name)

    def post(self, external_id: str, campaign_id: UUID | None = None) -> UUID:
        """A publication that the network took."""
        post_id = self.put("posts", author_id=self.author_id, text=external_id, campaign_id=campaign_id)
        return self.put(
            "publications",
            post_id=post_id,
            account_id=self.account_id,
            status="published",
            scheduled_at=before(days=60),
            due_at=before(days=60),
            attempt=1,
            scheduled_zone="UTC",
            external_id=external_id,
            published_at=before(days=60),
        )

    def link(self, publication_id: UUID | None = None, *, target: str = "https://shop.example/", **values: Any) -> UUID:
        slug = values.pop("slug", uuid4().hex[:8])
        return self.put(
            "links",
            slug=slug,
            destination=target,
            target=target,
            address=target,
            publication_id=publication_id,
            **values,
        )

    def click(self, link_id: UUID, at: datetime = SOLD, *, bot: str | None = None, visitor: str = "day digest") -> UUID:
        return self.put("link_clicks", link_id=link_id, clicked_at=at, visitor=visitor, bot=bot)

    def visit(self, visitor: str, at: datetime, click_id: UUID | None = None, **utm: str) -> UUID:
        return self.put(
            "visits",
            source_id=self.source_id,
            event_id=uuid4().hex,
            visited_at=at,
            visitor=visitor,
            click_id=click_id,
            **utm,
        )

    def comes(self, visitor: str, at: datetime, link_id: UUID) -> UUID:
        """A click, and the visit that it brought."""
        return self.visit(visitor, at, self.click(link_id, at))

    def sells(self, amount: str | None, visitor: str | None = None, at: datetime = SOLD, **values: Any) -> UUID:
        kind = values.pop("kind", "purchase")
        currency = values.pop("currency", "EUR" if amount is not None else None)
        return self.put(
            "conversions",
            source_id=values.pop("source_id", self.source_id),
            event_id=values.pop("event_id", uuid4().hex),
            kind=kind,
            occurred_at=at,
            amount=Decimal(amount) if amount is not None else None,
            currency=currency,
            visitor=visitor,
            **values,
        )

    def pays(self, amount: str, on: date = date(2026, 11, 20), currency: str = "EUR", **values: Any) -> UUID:
        return self.put(
            "costs",
            kind=values.pop("kind", "boost"),
            amount=Decimal(amount),
            currency=currency,
            incurred_on=on,
            **values,
        )

    def credit(self, conversion_id: UUID, model: str) -> list[tuple[float, Decimal | None]]:
        """Share and revenue of each touch in order; one pair without a touch for what is unattributed."""
        return self.warehouse.rows(
            "select share, revenue from marts.attribution where conversion_id = %s and model = %s order by place",
            conversion_id,
            model,
        )

    def returns(self, external_id: str, columns: str, model: str = "last_touch") -> Any:
        """Of one post."""
        return self.warehouse.one(
            f"select {columns} from marts.roi_posts where workspace_id = %s and model = %s"
            " and post_key = md5(%s || '/' || %s)",
            self.workspace_id,
            model,
            str(self.account_id),
            external_id,
        )


def rate(url: str, currency: str, day: date, per_euro: str) -> None:
    """What one euro was worth."""
    insert(url, "exchange_rates", currency=currency, day=day, per_euro=Decimal(per_euro), source="test")
