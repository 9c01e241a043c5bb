"""What the author wrote, its publication on each account, and every attempt at it. The ledger is the queue."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from clientnest.models.record import Identified, InWorkspace, Record

STATUSES = ("draft", "scheduled", "publishing", "published", "failed", "needs_person", "cancelled")
STAGES = ("draft", "in_review", "approved")
REVIEW_ACTIONS = ("submitted", "approved", "returned", "commented", "withdrawn", "edited")


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
    """What the author wrote; `publishing.content.written` says what `media`, `parts` and `options` hold."""

    __tablename__ = "posts"
    __table_args__ = (
        CheckConstraint(f"stage in {STAGES}", name="stage"),
        Index("ix_posts_library", "workspace_id", "created_at", "id"),
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("app.users.id"))
    text: Mapped[str]
    title: Mapped[str | None]
    link: Mapped[str | None]
    media: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    # What the media do not say: a reel, a story, an article.
    format: Mapped[str | None]
    parts: Mapped[list[Any]] = mapped_column(JSONB, default=list, server_default="[]")
    options: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    first_comment: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    # How far the words are; what goes out of them is the publications' status.
    stage: Mapped[str] = mapped_column(default="approved", server_default="approved")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.campaigns.id", ondelete="SET NULL"), index=True)
    # How its link is tracked, such as {"short": true, "utm": {"utm_source": "{platform}"}}; NULL leaves it as written.
    tracking: Mapped[dict[str, Any] | None]


class Publication(Identified, InWorkspace, Record):
    """A post on one account. `state` is what the network's client needs to go on after a crash."""

    __tablename__ = "publications"
    __table_args__ = (
        UniqueConstraint("post_id", "account_id"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint(
            "status in ('draft', 'cancelled') or (scheduled_at is not null and due_at is not null)", name="moment"
        ),
        Index("ix_publications_calendar", "workspace_id", "scheduled_at"),
        Index("ix_publications_due", "due_at", postgresql_where=text("status in ('scheduled', 'publishing')")),
        Index("ix_publications_live", "account_id", "external_id", postgresql_where=text("external_id is not null")),
        Index(
            "ix_publications_unnamed",
            "due_at",
            postgresql_where=text("status = 'published' and external_id is null"),
        ),
    )
    post_id: Mapped[UUID] = mapped_column(ForeignKey("app.posts.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("app.accounts.id"), index=True)
    status: Mapped[str] = mapped_column(default="scheduled")
    # What is written otherwise for this account, by the field of the post; empty where nothing is.
    variant: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    # The moment the author meant, none while it is a draft; and as they meant it: a wall clock in an IANA zone, from
    # which the moment is made again when the zone's rules change. None where a moment itself was meant.
    scheduled_at: Mapped[datetime | None]
    scheduled_local: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    scheduled_zone: Mapped[str] = mapped_column(default="UTC")
    # The moment the worker should look at it next.
    due_at: Mapped[datetime | None]
    # A person puts it there: the network's API does not take it.
    assisted: Mapped[bool] = mapped_column(default=False, server_default=false())
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
    __table_args__ = (
        UniqueConstraint("publication_id", "number"),
        Index("ix_attempts_open", "publication_id", postgresql_where=text("outcome is null")),
    )
    publication_id: Mapped[UUID] = mapped_column(ForeignKey("app.publications.id", ondelete="CASCADE"))
    number: Mapped[int]
    # `prepare` has not written at the network and becomes `send`, which may have; `look` only reads.
    mode: Mapped[str]
    payload_sha256: Mapped[str]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    evidence: Mapped[dict[str, Any] | None]


class FirstComment(InWorkspace, Record):
    """A comment of the account under its own post, once that is live. `sending` may have been written."""

    __tablename__ = "first_comments"
    __table_args__ = (
        CheckConstraint("status in ('waiting', 'sending', 'posted', 'failed', 'needs_person')", name="status"),
        Index("ix_first_comments_open", "due_at", postgresql_where=text("status in ('waiting', 'sending')")),
    )
    publication_id: Mapped[UUID] = mapped_column(
        ForeignKey("app.publications.id", ondelete="CASCADE"), primary_key=True
    )
    text: Mapped[str]
    status: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # Fence: who writes down an end names its number.
    attempt: Mapped[int] = mapped_column(default=0, server_default="0")
    leased_until: Mapped[datetime | None]
    external_id: Mapped[str | None]
    problem: Mapped[str | None]


class Review(Identified, InWorkspace, Record):
    """One step on the way to approval: who did what to which words (`content_sha256`), and what they said."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint(f"action in {REVIEW_ACTIONS}", name="action"),
        CheckConstraint("side in ('internal', 'client')", name="side"),
    )
    post_id: Mapped[UUID] = mapped_column(ForeignKey("app.posts.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("app.users.id"))
    action: Mapped[str]
    # For whom it was approved or returned.
    side: Mapped[str | None]
    comment: Mapped[str | None]
    content_sha256: Mapped[str]


class WorkerHeartbeat(Record):
    """A worker is alive while this is young."""

    __tablename__ = "worker_heartbeats"
    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    beat_at: Mapped[datetime] = mapped_column(server_default=func.now())


class NetworkAway(Record):
    """A worker found nobody at a network, and leaves it alone until then."""

    __tablename__ = "networks_away"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    worker: Mapped[str] = mapped_column(ForeignKey("app.worker_heartbeats.name", ondelete="CASCADE"), index=True)
    platform: Mapped[str]
    # Whose own registration it is; none for the installation's.
    workspace_id: Mapped[UUID | None] = mapped_column(ForeignKey("app.workspaces.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime]
