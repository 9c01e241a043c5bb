"""What is told of a person."""

from uuid import UUID

from pydantic import BaseModel, Field

from identity.permissions import ACTIONS, Action, may
from identity.users.service import Person


class User(BaseModel):
    id: UUID
    email: str = Field(description="In lower case.")
    name: str


class WorkspaceMembership(BaseModel):
    id: UUID = Field(description="Send it as `X-Workspace-Id`.")
    name: str = Field(description="The brand.")
    role: str = Field(description="owner, admin, manager, editor, analyst or client.")
    rights: list[Action] = Field(description="What the role may do; each route names its right as `x-permission`.")
    timezone: str = Field(description="IANA zone that the brand plans in; days of figures are UTC days.")
    organization: str = Field(description="Who pays.")


class Profile(BaseModel):
    user: User
    workspaces: list[WorkspaceMembership] = Field(description="The one joined first comes first.")


def profile(person: Person) -> Profile:
    return Profile(
        user=User(id=person.id, email=person.email, name=person.name),
        workspaces=[
            WorkspaceMembership(
                id=member.workspace_id,
                name=member.workspace,
                role=member.role,
                rights=[action for action in ACTIONS if may(member.role, action)],
                timezone=member.timezone,
                organization=member.organization,
            )
            for member in person.memberships
        ],
    )
