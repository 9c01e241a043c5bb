"""Connected pages and profiles, and what lets us act for them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from clientnest.models.record import Identified, InWorkspace, Record


class Account(Identified, InWorkspace, Record):
    """One page or profile. `source` is `api` (connected) or `file` (known from imported exports only)."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("workspace_id", "platform", "external_id"),
        CheckConstraint("source in ('api', 'file')", name="source"),
        CheckConstraint("status in ('connected', 'reconnect_needed', 'disconnected', 'imported')", name="status"),
    )
    platform: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str]
    username: Mapped[str | None]
    picture_url: Mapped[str | None]
    source: Mapped[str] = mapped_column(default="api")
    status: Mapped[str] = mapped_column(default="connected")
    connected_at: Mapped[datetime | None]


class AccountToken(InWorkspace, Record):
    """Sealed by the vault, bound to workspace, account and column."""

    __tablename__ = "account_tokens"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("app.accounts.id", ondelete="CASCADE"), primary_key=True)
    access: Mapped[bytes]
    refresh: Mapped[bytes | None]
    expires_at: Mapped[datetime | None]
    refresh_expires_at: Mapped[datetime | None]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    refreshed_at: Mapped[datetime]


class Registration(InWorkspace, Record):
    """A workspace's own app at a network, in the place of the installation's. The secret is sealed by the vault."""

    __tablename__ = "registrations"
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("app.workspaces.id", ondelete="CASCADE"), primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    client_secret: Mapped[bytes]
    updated_at: Mapped[datetime]


class OAuthState(InWorkspace, Record):
    """One consent in progress; used once. `state_hash` is the SHA-256 of what travels."""

    __tablename__ = "oauth_states"
    state_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app.users.id", ondelete="CASCADE"))
    platform: Mapped[str]
    # Which of the network's ways to connect, such as Instagram's two.
    login: Mapped[str]
    verifier: Mapped[bytes]
    redirect_uri: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
