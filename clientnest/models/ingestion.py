"""The record of what came in: every load of a resource, and every imported file."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from clientnest.models.record import Identified, InWorkspace, Record


class Load(Identified, InWorkspace, Record):
    """One resource of one account over one window: lake file, counts, outcome. `created_at` is its start."""

    __tablename__ = "loads"
    __table_args__ = (
        CheckConstraint("status in ('running', 'done', 'failed')", name="status"),
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
    # The network's clock on the newest page.
    observed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
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
