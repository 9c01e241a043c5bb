"""`raw` from the lake alone: the same to the bit, also after a kill; nothing lands meanwhile."""

import asyncio
import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from clientnest.errors import NotReady
from ingestion.files import import_file
from ingestion.load import LoadAccount, load, of_resource
from ingestion.rebuild import Progress, rebuild
from ingestion.tables import all_tables, ensure_raw_tables
from platforms.platform import Page
from tests.conftest import TestWorkspace
from tests.ingestion.conftest import Query
from tests.ingestion.loading import SHEET, START, WINDOW, account_of, source
from tests.ingestion.test_files_damage import HEADER, _file, _post

COUNTED = "'id'", "'modelled'"


@pytest.fixture
def account(workspace: TestWorkspace, database: str) -> LoadAccount:
    return account_of(workspace, database)


def _page(minute: int, *texts: object) -> Page:
    posts = [
        {"id": f"1_{n}", "created_time": "2026-11-01T10:00:00+0000", "message": text} for n, text in enumerate(texts)
    ]
    body = json.dumps({"data": posts}).encode()
    return Page(body, START.replace(minute=minute), "GET https://network.example/posts")


async def _land(account: LoadAccount, *pages: Page) -> None:
    told = of_resource(next(resource for resource in SHEET.resources if resource.table == "posts"))
    scripted = replace(told, fetch=source(pages).fetch)
    result = await load(account, SHEET, scripted, WINDOW, client=None)
    assert result.problem is None


async def _fill(account: LoadAccount, tmp_path: Path) -> None:
    """Late pages, broken ones, a field that is no longer sent, words as before, and an export that overlaps another."""
    await _land(account, _page(0, "one", "two", {"no": "text"}), Page(b"no JSON", START, "GET https://network.example"))
    await _land(account, _page(5, "one", "two"), _page(6, "new", "two"))
    await _land(account, _page(2, "late", "two"))
    await _land(account, _page(9, None, None))
    await _land(account, _page(10, "said", None), _page(11, "twice", None))
    await _land(account, _page(12, None, None))
    await _land(account, _page(13, None, None))
    lines = [_post(n, f"Text {n}") for n in range(6)]
    for name, part in (("a", lines[:4]), ("b", [*lines[2:], lines[2]])):
        await asyncio.to_thread(import_file, account.workspace_id, _file(tmp_path, HEADER, *part, name=f"{name}.csv"))


def _digests(query: Query, workspace: TestWorkspace) -> dict[str, Any]:
    """All columns of all rows of a workspace, table by table."""
    tables = [*(table.name for table in all_tables()), "quarantine", "touched"]
    row = f"(to_jsonb(t) - {' - '.join(COUNTED)})::text"
    return {
        table: query(
            f"select count(*), md5(string_agg({row}, '' order by {row})) from raw.{table} t where workspace_id = %s",
            workspace.id,
        )[0]
        for table in tables
    }


async def test_raw_is_made_again_to_the_bit_from_the_lake_alone(
    account: LoadAccount, workspace: TestWorkspace, query: Query, database: str, tmp_path: Path
) -> None:
    ensure_raw_tables()
    await _fill(account, tmp_path)
    before = _digests(query, workspace)
    assert {table for table, (rows, _) in before.items() if rows} >= {"facebook_posts", "quarantine", "touched"}
    loads = query("select id, status, written, kept_at from app.loads where account_id = %s order by id", account.id)
    with psycopg.connect(database) as connection:
        connection.execute("delete from app.loads where account_id = %s", [account.id])

    heard: list[Progress] = []
    done = await asyncio.to_thread(rebuild, heard.append)
    assert heard[-1] == done
    assert done.files == done.of == len(heard)
    assert _digests(query, workspace) == before
    again = query("select id, status, written, kept_at from app.loads where account_id = %s order by id", account.id)
    assert again == loads


async def test_a_rebuild_that_is_cut_off_goes_on_and_nothing_lands_meanwhile(
    account: LoadAccount, workspace: TestWorkspace, query: Query, tmp_path: Path
) -> None:
    ensure_raw_tables()
    await _fill(account, tmp_path)
    before = _digests(query, workspace)

    class Cut(Exception):
        """The plug is pulled."""

    def cut(so_far: Progress) -> None:
        if so_far.of - so_far.files == 2:
            raise Cut

    with pytest.raises(Cut):
        await asyncio.to_thread(rebuild, cut)
    resource = next(resource for resource in SHEET.resources if resource.table == "posts")
    refused = await load(account, SHEET, source([_page(12, "x")], resource.contract, "posts"), WINDOW, client=None)
    assert refused.status == "failed"
    assert "nest rebuild" in (refused.problem or "")
    heard: list[Progress] = []
    done = await asyncio.to_thread(rebuild, heard.append)
    assert [one.files for one in heard] == [done.of - 1, done.of]
    assert _digests(query, workspace) == before


PROGRAM = """
import os, signal
from ingestion.rebuild import rebuild
def killed(so_far):
    if so_far.of - so_far.files == 3:
        os.kill(os.getpid(), signal.SIGKILL)
rebuild(killed)
"""


async def test_a_rebuild_that_is_killed_goes_on_and_two_at_once_are_one(
    account: LoadAccount, workspace: TestWorkspace, query: Query, tmp_path: Path
) -> None:
    ensure_raw_tables()
    await _fill(account, tmp_path)
    before = _digests(query, workspace)
    ended = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", PROGRAM], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert _is_being_made(query)
    heard: list[Progress] = []
    twins = await asyncio.gather(*(asyncio.to_thread(rebuild, heard.append) for _ in range(2)), return_exceptions=True)
    assert any(isinstance(one, Progress) for one in twins)
    assert all(isinstance(one, Progress | NotReady) for one in twins)
    assert heard[0].of - heard[0].files == 2
    assert not _is_being_made(query)
    assert _digests(query, workspace) == before


def _is_being_made(query: Query) -> bool:
    return query("select to_regclass('raw.rebuilding') is not null") == [(True,)]
