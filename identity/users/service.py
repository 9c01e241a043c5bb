"""Signing up, signing in, and knowing who somebody is."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Conflict, Invalid, Problem, Unauthenticated
from clientnest.models import User
from identity import passwords
from identity.users import repository
from identity.users.repository import Member


@dataclass(frozen=True, slots=True)
class Registration:
    """A person, their organization and its first workspace.

    The ids are made first because the unit of work that stores them must be of that user and workspace.
    """

    email: str
    password: str = field(repr=False)
    name: str
    organization: str
    workspace: str
    timezone: str = "UTC"
    user_id: UUID = field(default_factory=uuid4)
    workspace_id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class Person:
    id: UUID
    email: str
    name: str
    memberships: tuple[Member, ...]


async def register(session: AsyncSession, registration: Registration) -> None:
    """Raises Invalid (password, zone) and Conflict (the address is taken)."""
    email = registration.email.strip().lower()
    passwords.check(registration.password, email=email, name=registration.name)
    _check_zone(registration.timezone)
    user = User(
        id=registration.user_id,
        email=email,
        name=registration.name,
        password_hash=await passwords.hashed(registration.password),
    )
    session.add(user)
    try:
        await session.flush()
    except IntegrityError as error:
        raise Conflict(f"{email} is already registered: sign in instead.") from error
    await repository.add_workspace(
        session,
        workspace_id=registration.workspace_id,
        organization_id=uuid4(),
        organization=registration.organization,
        name=registration.workspace,
        timezone=registration.timezone,
    )
    await repository.add_member(session, workspace_id=registration.workspace_id, user_id=user.id, role="owner")


async def candidate(session: AsyncSession, email: str) -> User | None:
    """Whose address it is, before anything is proven."""
    return await repository.by_email(session, email.strip().lower())


async def proven(user: User | None, password: str) -> UUID:
    """Who signed in. Raises Unauthenticated in the same words and time for a wrong address or a wrong password.

    Needs no database, so that no connection waits while the password is worked on.
    """
    if not await passwords.matches(password, user.password_hash if user else None) or user is None:
        raise Unauthenticated("The e-mail address or the password is not right.")
    return user.id


async def person(session: AsyncSession, user_id: UUID) -> Person:
    """Raises Unauthenticated where the user is gone. `session` must be of that user."""
    user = await session.get(User, user_id)
    if user is None:
        raise Unauthenticated("This user no longer exists: sign in as another.")
    return Person(user.id, user.email, user.name, tuple(await repository.memberships(session, user_id)))


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        problem = Problem("timezone", "Use an IANA name such as Europe/Berlin.")
        raise Invalid(f"{name!r} is not a time zone.", (problem,)) from error
