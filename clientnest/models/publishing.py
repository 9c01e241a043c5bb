"""What the author wrote, its publication on each account, and every attempt at it. The ledger is the queue."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from clientnest.models.record import Identified, InWorkspace, Record

STATUSES = ("scheduled", "publishing", "published", "failed", "needs_person", "cancelled")


class Media(Identified, InWorkspace, Record):
    """A picture or video as it is kept; `sha256` names its file, `source_sha256` is what came in.

    `width` and `height` in pixels as it is shown, `seconds` of a video. A deleted one keeps its row for what it
    was published in, and no file.
    """

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("workspace_id", "sha256"),
        Index("ix_media_source", "workspace_id", "source_sha256"),
    )
    sha256: Mapped[str]
    source_sha256: Mapped[str | None]
    content_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    source_url: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    seconds: Mapped[float | None]
    codec: Mapped[str | None]
    has_audio: Mapped[bool | None]
    # Whether there is a small JPEG of it.
    thumbnail: Mapped[bool] = mapped_column(default=False, server_default=false())
    name: Mapped[str | None]
    alt_text: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    deleted_at: Mapped[datetime | None]


class Post(Identified, InWorkspace, Record):
    """What the author wrote."""

    __tablename__ = "posts"
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app.users.id"))
    text: Mapped[str]
    title: Mapped[str | None]
    link: Mapped[str | None]
    media_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.media.id"))
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.campaigns.id", ondelete="SET NULL"), index=True)
    # How its link is tracked, such as {"short": true, "utm": {"utm_source": "{platform}"}}; NULL leaves it as written.
    tracking: Mapped[dict[str, Any] | None]


class Publication(Identified, InWorkspace, Record):
    """A post on one account. `state` is what the network's client needs to go on after a crash."""

    __tablename__ = "publications"
    __table_args__ = (
        UniqueConstraint("post_id", "account_id"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        Index("ix_publications_due", "due_at", postgresql_where=text("status in ('scheduled', 'publishing')")),
        Index(
            "ix_publications_unnamed",
            "due_at",
            postgresql_where=text("status = 'published' and external_id is null"),
        ),
    )
    post_id: Mapped[UUID] = mapped_column(ForeignKey("app.posts.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("app.accounts.id"), index=True)
    status: Mapped[str] = mapped_column(default="scheduled")
    # The moment the author meant, and the zone they meant it in.
    scheduled_at: Mapped[datetime]
    scheduled_zone: Mapped[str] = mapped_column(default="UTC")
    # The moment the worker should look at it next.
    due_at: Mapped[datetime]
    # Fence: every write of an attempt names its number.
    attempt: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    state: Mapped[dict[str, Any] | None]
    external_id: Mapped[str | None]
    permalink: Mapped[str | None]
    published_at: Mapped[datetime | None]
    problem: Mapped[str | None]


class Attempt(Identified, InWorkspace, Record):
    """One try, written before the first byte leaves. `outcome` is empty while nobody knows."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("publication_id", "number"),)
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("app.publications.id", ondelete="CASCADE"))
    number: Mapped[int]
    # `prepare` has not written at the network and becomes `send`, which may have; `look` only reads.
    mode: Mapped[str]
    payload_sha256: Mapped[str]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    evidence: Mapped[dict[str, Any] | None]


class WorkerHeartbeat(Record):
    """A worker is alive while this is young."""

    __tablename__ = "worker_heartbeats"
    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    beat_at: Mapped[datetime] = mapped_column(server_default=func.now())
