"""Users, workspaces and memberships in the database."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Membership, Organization, User, Workspace


@dataclass(frozen=True, slots=True)
class Member:
    """What a person is in one workspace."""

    workspace_id: UUID
    workspace: str
    organization: str
    timezone: str
    role: str


async def by_email(session: AsyncSession, email: str) -> User | None:
    return (await session.execute(select(User).where(User.email == email))).scalar_one_or_none()


async def memberships(session: AsyncSession, user_id: UUID) -> list[Member]:
    """Oldest first. `session` must be of that user."""
    query = (
        select(Workspace.id, Workspace.name, Organization.name, Workspace.timezone, Membership.role)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .join(Organization, Organization.id == Workspace.organization_id)
        .where(Membership.user_id == user_id)
        .order_by(Membership.created_at, Membership.id)
    )
    return [Member(*row) for row in await session.execute(query)]


async def add_workspace(
    session: AsyncSession, *, workspace_id: UUID, organization_id: UUID, organization: str, name: str, timezone: str
) -> None:
    # No RETURNING: an organization is visible only through a workspace, which follows it.
    await session.execute(insert(Organization).values(id=organization_id, name=organization))
    session.add(Workspace(id=workspace_id, organization_id=organization_id, name=name, timezone=timezone))
    await session.flush()


async def add_member(session: AsyncSession, *, workspace_id: UUID, user_id: UUID, role: str) -> None:
    session.add(Membership(workspace_id=workspace_id, user_id=user_id, role=role))
    await session.flush()
