"""People, who pays, and the brands they work for."""

from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clientnest.models.record import Identified, InWorkspace, Record

Role = Literal["owner", "admin", "manager", "editor", "analyst", "client"]
ROLES: tuple[Role, ...] = ("owner", "admin", "manager", "editor", "analyst", "client")
APPROVALS = ("none", "internal", "client")


class Organization(Identified, Record):
    """Who pays; owns workspaces."""

    __tablename__ = "organizations"
    name: Mapped[str]


class User(Identified, Record):
    __tablename__ = "users"
    # Lower case, so that one address is one person.
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]


class Workspace(Identified, Record):
    """A brand: the boundary of isolation."""

    __tablename__ = "workspaces"
    __table_args__ = (CheckConstraint(f"approval in {APPROVALS}", name="approval"),)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("app.organizations.id"))
    name: Mapped[str]
    # IANA zone that the brand plans in.
    timezone: Mapped[str] = mapped_column(default="UTC")
    # What money is told in.
    currency: Mapped[str] = mapped_column(default="EUR", server_default=text("'EUR'"))
    # How long after a visit a conversion is still owed to it, and after how long time decay halves its share.
    attribution_days: Mapped[int] = mapped_column(default=30, server_default=text("30"))
    attribution_half_life_days: Mapped[int] = mapped_column(default=7, server_default=text("7"))
    # Who must approve a post before it goes out: nobody, a colleague, or a colleague and then the client.
    approval: Mapped[str] = mapped_column(default="none", server_default=text("'none'"))


class Membership(Identified, InWorkspace, Record):
    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("workspace_id", "user_id"),
        CheckConstraint(f"role in {ROLES}", name="role"),
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app.users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
