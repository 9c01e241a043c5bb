"""What is planned ahead: usual times, wishes of drafts, templates, recurring posts, and uploaded plans."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Text,
    Time,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from clientnest.models.record import Identified, InWorkspace, Record

RECURRENCE_STATUSES = ("active", "paused", "ended")


class QueueSlot(Identified, InWorkspace, Record):
    """A wall clock of every week in an IANA zone; `weekday` 0 is Monday."""

    __tablename__ = "queue_slots"
    __table_args__ = (
        UniqueConstraint("account_id", "weekday", "local_time", "zone"),
        CheckConstraint("weekday between 0 and 6", name="weekday"),
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("app.accounts.id", ondelete="CASCADE"))
    weekday: Mapped[int] = mapped_column(SmallInteger)
    local_time: Mapped[time] = mapped_column(Time(timezone=False))
    zone: Mapped[str]


class Wish(InWorkspace, Record):
    """When a draft should go out, if it is let. `local` is the wall clock in `zone`, NULL where a moment was meant."""

    __tablename__ = "wishes"
    __table_args__ = (Index("ix_wishes_calendar", "workspace_id", "at"),)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("app.posts.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    local: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    zone: Mapped[str]


class BulkLine(InWorkspace, Record):
    """A line of an uploaded plan that became a post: it never becomes another one. NULL where the post was deleted."""

    __tablename__ = "bulk_lines"
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("app.workspaces.id", ondelete="CASCADE"), primary_key=True)
    file_sha256: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.posts.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Template(Identified, InWorkspace, Record):
    """Words with variables such as {product}, to write posts from."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    name: Mapped[str]
    text: Mapped[str]
    title: Mapped[str | None]
    link: Mapped[str | None]
    first_comment: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    # Settings of networks, as in a post.
    options: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Recurrence(Identified, InWorkspace, Record):
    """A post that comes again by a rule of RFC 5545, on the wall clock of a zone."""

    __tablename__ = "recurrences"
    __table_args__ = (
        CheckConstraint(f"status in {RECURRENCE_STATUSES}", name="status"),
        Index("ix_recurrences_active", "id", postgresql_where=text("status = 'active'")),
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app.users.id"))
    name: Mapped[str]
    status: Mapped[str] = mapped_column(default="active", server_default="active")
    # The first time, and such as FREQ=WEEKLY;BYDAY=MO,TH from there on.
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    zone: Mapped[str]
    rule: Mapped[str]
    # What is written, and for which accounts; `publishing.planning.recurrences` says how it is kept.
    draft: Mapped[dict[str, Any]]
    # As it stands now it holds from then on: what was to come before is not missed.
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Occurrence(InWorkspace, Record):
    """One time of a recurring post, made once. `problem` says why there is no post of it."""

    __tablename__ = "occurrences"
    recurrence_id: Mapped[UUID] = mapped_column(ForeignKey("app.recurrences.id", ondelete="CASCADE"), primary_key=True)
    local: Mapped[datetime] = mapped_column(DateTime(timezone=False), primary_key=True)
    # The how manieth by the rule, from 1.
    number: Mapped[int]
    at: Mapped[datetime]
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.posts.id", ondelete="SET NULL"), index=True)
    problem: Mapped[str | None]
