"""Users through the service: one person, one address, one owner of a first workspace."""

from uuid import uuid4

import pytest

from clientnest.database import unit_of_work
from clientnest.errors import Conflict, Unauthenticated
from identity.users import service as users
from identity.users.service import Registration

PASSWORD = "a long walk by the sea"


def _registration(email: str | None = None) -> Registration:
    return Registration(
        email=email or f"{uuid4().hex}@example.com",
        password=PASSWORD,
        name="Ada",
        organization="Berg & Co",
        workspace="Nordlys",
    )


async def _register(registration: Registration) -> None:
    async with unit_of_work(workspace_id=registration.workspace_id, user_id=registration.user_id) as session:
        await users.register(session, registration)


async def test_a_registration_makes_an_owner(database: str) -> None:
    registration = _registration()
    await _register(registration)
    async with unit_of_work(user_id=registration.user_id) as session:
        person = await users.person(session, registration.user_id)
    assert [(m.workspace, m.role, m.timezone) for m in person.memberships] == [("Nordlys", "owner", "UTC")]


async def test_a_taken_address_leaves_nothing_behind(database: str) -> None:
    first = _registration()
    await _register(first)
    second = _registration(f" {first.email.upper()} ")
    with pytest.raises(Conflict):
        await _register(second)
    async with unit_of_work(workspace_id=second.workspace_id, user_id=second.user_id) as session:
        with pytest.raises(Unauthenticated):
            await users.person(session, second.user_id)


async def test_only_the_right_password_proves_a_person(database: str) -> None:
    registration = _registration()
    await _register(registration)
    async with unit_of_work() as session:
        user = await users.candidate(session, registration.email.upper())
    assert await users.proven(user, PASSWORD) == registration.user_id
    with pytest.raises(Unauthenticated):
        await users.proven(user, "another password")
    with pytest.raises(Unauthenticated):
        await users.proven(None, PASSWORD)


async def test_a_person_sees_no_membership_of_others(database: str) -> None:
    first, second = _registration(), _registration()
    await _register(first)
    await _register(second)
    async with unit_of_work(user_id=second.user_id) as session:
        assert (await users.person(session, first.user_id)).memberships == ()


def test_a_registration_does_not_show_its_password() -> None:
    assert PASSWORD not in repr(_registration())
