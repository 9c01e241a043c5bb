"""Who is calling, in which workspace, and whether they may: dependencies of the endpoints.

`guarded("posts.read")` gives a route its permission, and writes it into the OpenAPI document, from which the tests
make their matrix. A route outside `PUBLIC` without one is refused by a test.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.database import unit_of_work
from clientnest.errors import Forbidden, NotFound, Unauthenticated
from identity import permissions, tokens
from identity.permissions import Action
from identity.users import service as users
from identity.users.repository import Member
from identity.users.service import Person

_bearer = HTTPBearer(auto_error=False, description="The `access_token` of POST /auth/login.")


@dataclass(frozen=True, slots=True)
class Access:
    """A person in one workspace."""

    person: Person
    member: Member

    @property
    def workspace_id(self) -> UUID:
        return self.member.workspace_id


async def _person(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Person:
    if credentials is None:
        raise Unauthenticated("Sign in first: send `Authorization: Bearer <access_token>`.")
    user_id = tokens.read(credentials.credentials)
    async with unit_of_work(user_id=user_id) as session:
        return await users.person(session, user_id)


SignedIn = Annotated[Person, Depends(_person)]


async def _access(
    person: SignedIn,
    x_workspace_id: Annotated[
        UUID | None, Header(description="Which of your workspaces; without it the one you joined first.")
    ] = None,
) -> Access:
    if not person.memberships:
        raise Forbidden("You belong to no workspace: ask an owner to add you.")
    if x_workspace_id is None:
        return Access(person, person.memberships[0])
    for member in person.memberships:
        if member.workspace_id == x_workspace_id:
            return Access(person, member)
    raise NotFound("There is no such workspace among yours.")


InWorkspace = Annotated[Access, Depends(_access)]


async def _session(access: InWorkspace) -> AsyncIterator[AsyncSession]:
    async with unit_of_work(workspace_id=access.workspace_id, user_id=access.person.id) as session:
        yield session


# One transaction per request; it commits before the answer is sent, so that an answer is never ahead of the data.
Session = Annotated[AsyncSession, Depends(_session, scope="function")]


def guarded(action: Action) -> dict[str, Any]:
    """Arguments of a route that only roles with this right may call."""

    async def permitted(access: InWorkspace) -> None:
        permissions.require(access.member.role, action, access.member.workspace)

    return {"dependencies": [Depends(permitted)], "openapi_extra": {"x-permission": action}}
