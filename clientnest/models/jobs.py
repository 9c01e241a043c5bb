"""Work that can be done later and more than once, and whose queues stand still."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Identity, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from clientnest.models.record import Record

JOB_STATES = ("waiting", "running", "done", "parked", "cancelled")
_NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"


class Job(Record):
    """One piece of work. Without a workspace it is the installation's own, and no workspace sees it.

    `attempt` is the number of the last claim and fences every write; `excused` claims do not count against the
    kind's attempts, and `crashes` ended with their worker.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(f"state in {JOB_STATES}", name="state"),
        CheckConstraint("octet_length(payload::text) <= 4096", name="payload"),
        Index("ix_jobs_waiting", "tenant", text("priority desc"), "run_at", "id", postgresql_where="state = 'waiting'"),
        Index("ix_jobs_run_at", "run_at", postgresql_where="state = 'waiting'"),
        Index("ix_jobs_running", "leased_until", postgresql_where="state = 'running'"),
        Index("ix_jobs_ended", "ended_at", postgresql_where="ended_at is not null"),
        Index("ix_jobs_listed", "workspace_id", "queue", "id"),
        Index(
            "uq_jobs_key",
            *("queue", "tenant", "key"),
            unique=True,
            postgresql_where="key is not null and state in ('waiting', 'running')",
        ),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.workspaces.id", ondelete="CASCADE"))
    # Never NULL, so that rows of no workspace are one party among the others, in indexes and in what is fair.
    tenant: Mapped[UUID] = mapped_column(Computed(f"coalesce(workspace_id, {_NOBODY})", persisted=True))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.accounts.id", ondelete="CASCADE"), index=True)
    queue: Mapped[str]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    key: Mapped[str | None]
    priority: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    run_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempt: Mapped[int] = mapped_column(default=0, server_default="0")
    excused: Mapped[int] = mapped_column(default=0, server_default="0")
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    leased_until: Mapped[datetime | None]
    # Why the last attempt that failed did, and when.
    problem: Mapped[str | None]
    failed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class QueuePause(Record):
    """A queue from which nothing is taken: for one workspace, or for all where `workspace_id` is NULL."""

    __tablename__ = "queue_pauses"
    __table_args__ = (
        Index("uq_queue_pauses_queue", "queue", "workspace_id", unique=True, postgresql_nulls_not_distinct=True),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    queue: Mapped[str]
    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.workspaces.id", ondelete="CASCADE"), index=True)
    paused_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # NULL where the installation's own people did.
    paused_by: Mapped[UUID | None] = mapped_column(ForeignKey("app.users.id", ondelete="SET NULL"))
