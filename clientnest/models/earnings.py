"""What posts cost and what they earned: campaigns, tracked links and their clicks, visits, conversions, costs, rates.

Amounts are decimal numbers in whole units of an ISO 4217 currency. Nothing here holds an address of a person's
machine: a visitor is a digest that nobody can turn back.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from clientnest.models.record import Identified, InWorkspace, Record

CONVERSION_SOURCES = ("webhook", "stripe", "paypal", "server", "csv")
COST_KINDS = ("production", "boost", "ads", "tools", "other")


class Campaign(Identified, InWorkspace, Record):
    """Posts that belong together, with what may be spent on them."""

    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    name: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    budget: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    currency: Mapped[str | None]


class Link(Identified, InWorkspace, Record):
    """An address that a post leads to, as it goes out. With a `slug` it is reached by `/l/{slug}`, and clicks count.

    `destination` is what the author wrote, `target` the same with UTM parameters, `address` what stands in the post:
    the target, or the short link.
    """

    __tablename__ = "links"
    slug: Mapped[str | None] = mapped_column(unique=True)
    destination: Mapped[str]
    target: Mapped[str]
    address: Mapped[str]
    publication_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("app.publications.id", ondelete="CASCADE"), index=True
    )
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.campaigns.id", ondelete="SET NULL"), index=True)


class LinkClick(Identified, InWorkspace, Record):
    """Somebody, or something, followed a short link. `visitor` is a digest under a salt that is gone after a day."""

    __tablename__ = "link_clicks"
    __table_args__ = (Index("ix_link_clicks_link", "link_id", "clicked_at"),)
    link_id: Mapped[UUID] = mapped_column(ForeignKey("app.links.id", ondelete="CASCADE"))
    clicked_at: Mapped[datetime]
    visitor: Mapped[str]
    # What a bot was known by; NULL is a person as far as anybody can tell.
    bot: Mapped[str | None]
    referrer_host: Mapped[str | None]


class ClickSalt(Record):
    """The salt of one UTC day's visitors; a salt of an earlier day is deleted, and with it what it could tell."""

    __tablename__ = "click_salts"
    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[bytes]


class Visit(Identified, InWorkspace, Record):
    """Somebody came to the brand's site, as its server told us. `visitor` is the site's own name for them, digested.

    `click_id` is the click that brought them (`cn_click` in the address), the UTM parameters what the address said.
    """

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("workspace_id", "event_id"),
        Index("ix_visits_visitor", "workspace_id", "visitor", "visited_at"),
    )
    source_id: Mapped[UUID] = mapped_column(ForeignKey("app.conversion_sources.id", ondelete="CASCADE"))
    event_id: Mapped[str]
    visited_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    visitor: Mapped[str]
    click_id: Mapped[UUID | None]
    utm_source: Mapped[str | None]
    utm_medium: Mapped[str | None]
    utm_campaign: Mapped[str | None]
    utm_content: Mapped[str | None]
    landing_path: Mapped[str | None]


class VisitorKey(Record):
    """What a workspace's visitors are digested with, sealed by the vault; made when the first visitor is told."""

    __tablename__ = "visitor_keys"
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("app.workspaces.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[bytes]


class ConversionSource(Identified, InWorkspace, Record):
    """A door that conversions come in by. `secret` (sealed by the vault) signs what is sent; a file has none."""

    __tablename__ = "conversion_sources"
    __table_args__ = (CheckConstraint(f"kind in {CONVERSION_SOURCES}", name="kind"),)
    kind: Mapped[str]
    name: Mapped[str]
    secret: Mapped[bytes | None]
    is_enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    last_received_at: Mapped[datetime | None]


class Conversion(Identified, InWorkspace, Record):
    """Something the brand wanted happened, once per `event_id` of its source. A refund has a negative amount.

    `amount` is NULL where a conversion has no worth in money. `order_id` names what a refund takes back.
    """

    __tablename__ = "conversions"
    __table_args__ = (
        UniqueConstraint("workspace_id", "source_id", "event_id"),
        CheckConstraint("(amount is null) = (currency is null)", name="currency"),
        Index("ix_conversions_occurred_at", "workspace_id", "occurred_at"),
    )
    source_id: Mapped[UUID] = mapped_column(ForeignKey("app.conversion_sources.id", ondelete="CASCADE"))
    event_id: Mapped[str]
    # Such as `purchase`, `lead`, `signup`, `refund`.
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    currency: Mapped[str | None]
    visitor: Mapped[str | None]
    click_id: Mapped[UUID | None]
    utm_source: Mapped[str | None]
    utm_medium: Mapped[str | None]
    utm_campaign: Mapped[str | None]
    utm_content: Mapped[str | None]
    order_id: Mapped[str | None]


class Cost(Identified, InWorkspace, Record):
    """Money spent, on a campaign, on one post of an account, or on neither (then on everything of its days).

    `amount` is hours times rate where both are given. A cost of several days runs from `incurred_on` to `until`.
    """

    __tablename__ = "costs"
    __table_args__ = (
        UniqueConstraint("workspace_id", "external_key"),
        CheckConstraint(f"kind in {COST_KINDS}", name="kind"),
        CheckConstraint("(account_id is null) = (post_external_id is null)", name="post"),
        Index("ix_costs_incurred_on", "workspace_id", "incurred_on"),
    )
    kind: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    currency: Mapped[str]
    hours: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    hourly_rate: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    incurred_on: Mapped[date]
    until: Mapped[date | None]
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.campaigns.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.accounts.id", ondelete="CASCADE"))
    post_external_id: Mapped[str | None]
    note: Mapped[str | None]
    # What a row of an imported file is known by, so that it counts once; with what ads told beside their price.
    external_key: Mapped[str | None]
    impressions: Mapped[int | None]
    clicks: Mapped[int | None]
    conversions: Mapped[int | None]


class ExchangeRate(Record):
    """What one euro was worth in a currency on a day; days without a rate take the last one before, for a week."""

    __tablename__ = "exchange_rates"
    currency: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    per_euro: Mapped[Decimal] = mapped_column(Numeric(18, 8))
    source: Mapped[str]


class Trial(Identified, InWorkspace, Record):
    """A randomised trial: who was in which arm and what they did afterwards lie in the lake, one row per person."""

    __tablename__ = "trials"
    name: Mapped[str]
    control: Mapped[str]
    arms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    outcomes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    people: Mapped[int]
    lake_path: Mapped[str]
    # Per arm and outcome: control and treated mean, lift and its interval.
    result: Mapped[dict[str, Any]]
