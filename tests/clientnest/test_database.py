"""Row-level security, seen from the two roles that services use."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select, text

from clientnest import database as db
from clientnest.models import Account, Membership, Workspace
from tests.conftest import TestWorkspace


async def test_a_session_without_a_workspace_sees_nothing(workspace: TestWorkspace) -> None:
    async with db.unit_of_work() as session:
        assert (await session.execute(select(Membership))).all() == []
        assert (await session.execute(select(Workspace))).all() == []


async def test_a_workspace_sees_its_own_rows_only(workspace: TestWorkspace) -> None:
    account = Account(workspace_id=workspace.id, platform="x", external_id=uuid4().hex, name="Brand")
    async with db.unit_of_work(workspace_id=workspace.id) as session:
        session.add(account)
    async with db.unit_of_work(workspace_id=uuid4()) as session:
        assert await session.get(Account, account.id) is None
    async with db.unit_of_work(workspace_id=workspace.id) as session:
        assert await session.get(Account, account.id) is not None


async def test_a_workspace_cannot_write_into_another(workspace: TestWorkspace) -> None:
    foreign = Account(workspace_id=workspace.id, platform="x", external_id=uuid4().hex, name="Brand")
    with pytest.raises(Exception, match="row-level security"):
        async with db.unit_of_work(workspace_id=uuid4()) as session:
            session.add(foreign)


async def test_a_member_finds_their_workspaces_before_choosing_one(workspace: TestWorkspace) -> None:
    async with db.unit_of_work(user_id=workspace.user_id) as session:
        assert [found.id for found in (await session.execute(select(Workspace))).scalars()] == [workspace.id]


async def test_an_error_leaves_nothing_behind(workspace: TestWorkspace) -> None:
    async def break_off() -> None:
        async with db.unit_of_work(workspace_id=workspace.id) as session:
            session.add(Account(workspace_id=workspace.id, platform="x", external_id="gone", name="Brand"))
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    async with db.unit_of_work(workspace_id=workspace.id) as session:
        assert (await session.execute(select(Account).where(Account.external_id == "gone"))).all() == []


def test_every_table_with_a_workspace_is_under_forced_security(database: str) -> None:
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            """
            select c.oid::regclass::text, c.relrowsecurity and c.relforcerowsecurity,
                   (select count(*) from pg_policy p where p.polrelid = c.oid and p.polqual is not null
                       and p.polwithcheck is not null)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and n.nspname in ('app', 'raw', 'marts', 'scoring') and exists (
                select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id')
            """
        ).fetchall()
    assert len(rows) >= 14
    assert [name for name, forced, policies in rows if not forced or policies < 2] == []


async def test_roles_neither_own_tables_nor_pass_security(database: str) -> None:
    async with db.system_unit_of_work() as session:
        role: str = (await session.execute(text("select current_user"))).scalar_one()
        flags = await session.execute(
            text("select rolsuper or rolbypassrls from pg_roles where rolname in ('nest_app', 'nest_system')")
        )
        assert role == "nest_system"
        assert [flag for (flag,) in flags] == [False, False]
