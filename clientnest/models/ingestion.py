"""The record of what came in: every load, every imported file, what networks told by themselves; and what to ask."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from clientnest.models.record import Identified, InWorkspace, Record


class Load(Identified, InWorkspace, Record):
    """One resource of one account over one window: lake file, counts, outcome. `created_at` is its start."""

    __tablename__ = "loads"
    __table_args__ = (
        CheckConstraint("status in ('running', 'done', 'failed', 'not_granted')", name="status"),
        Index("ix_loads_account_resource", "account_id", "resource", "created_at"),
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("app.accounts.id", ondelete="CASCADE"))
    platform: Mapped[str]
    # The raw table's name without the network, such as `post_metrics_daily`.
    resource: Mapped[str]
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    status: Mapped[str] = mapped_column(default="running")
    # Relative to the lake.
    lake_path: Mapped[str | None]
    pages: Mapped[int] = mapped_column(default=0)
    records: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    # When its file in the lake was written, on our clock; the rows that it brought say the same.
    kept_at: Mapped[datetime | None]
    # The network's clock on the newest page.
    observed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    # What the calls cost, by unit: {"USD": "0.0150"}.
    cost: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    # How many posts were asked about.
    posts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # Of what it said, where the newest rows of `raw` said exactly that when it had landed.
    fingerprint: Mapped[str | None]
    # Before this moment the network wants no further call of the kind.
    retry_at: Mapped[datetime | None]


class PostReading(InWorkspace, Record):
    """When the figures of a post were last asked for."""

    __tablename__ = "post_readings"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("app.accounts.id", ondelete="CASCADE"), primary_key=True)
    resource: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    read_at: Mapped[datetime]


class ParkedMetric(InWorkspace, Record):
    """A metric that the network refuses to an account, with its words; it is asked for again after `until`."""

    __tablename__ = "parked_metrics"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("app.accounts.id", ondelete="CASCADE"), primary_key=True)
    resource: Mapped[str] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]


class Competitor(Identified, InWorkspace, Record):
    """An account of somebody else whose public figures a workspace follows. `created_at` is when it was added."""

    __tablename__ = "competitors"
    __table_args__ = (UniqueConstraint("workspace_id", "platform", "handle"),)
    platform: Mapped[str]
    handle: Mapped[str]


class InboundEvent(Identified, Record):
    """Something that a network told by itself, once. Whose it is says `account_external_id`: it belongs to every
    workspace that connected the account, so only the system reads it."""

    __tablename__ = "inbound_events"
    __table_args__ = (
        UniqueConstraint("platform", "event_id", "signed_for", postgresql_nulls_not_distinct=True),
        Index("ix_inbound_events_account", "platform", "account_external_id", "received_at"),
    )
    platform: Mapped[str]
    event_id: Mapped[str]
    # The workspace whose own app signed it, which it is about alone; NULL where it was the installation's.
    signed_for: Mapped[UUID | None] = mapped_column(ForeignKey("app.workspaces.id", ondelete="CASCADE"))
    kind: Mapped[str]
    account_external_id: Mapped[str | None]
    subject_external_id: Mapped[str | None]
    # The network's word for when; `received_at` is ours.
    occurred_at: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    body: Mapped[dict[str, Any]]


class Subscription(InWorkspace, Record):
    """That a network was asked to call us about an account, and what came of it."""

    __tablename__ = "subscriptions"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("app.accounts.id", ondelete="CASCADE"), primary_key=True)
    # The address of ours that it calls.
    callback_url: Mapped[str]
    tried_at: Mapped[datetime]
    # From when on the network is asked again.
    renew_at: Mapped[datetime]
    # When the network last took it, and until when it holds; None: until it is ended.
    subscribed_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    # Why the last try failed.
    problem: Mapped[str | None]


class FileImport(Identified, InWorkspace, Record):
    """One export that a person brought in; the same bytes twice are the same import."""

    __tablename__ = "file_imports"
    __table_args__ = (UniqueConstraint("workspace_id", "sha256", "report"),)
    filename: Mapped[str]
    sha256: Mapped[str]
    report: Mapped[str]
    platform: Mapped[str]
    understood: Mapped[list[str]] = mapped_column(ARRAY(Text))
    lake_path: Mapped[str]
    records: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    imported_at: Mapped[datetime]
