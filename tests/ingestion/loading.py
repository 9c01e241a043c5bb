"""A network that answers with given pages, and what `raw` holds of it afterwards."""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg

from ingestion.load import LoadAccount, LoadResult, Source, load
from platforms import PLATFORMS
from platforms.platform import Contract, Field, Page, Window
from tests.conftest import TestWorkspace

SHEET = PLATFORMS["facebook"]
START = datetime(2026, 11, 1, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(days=1))
# What can be read straight into types.
PLAIN = Contract(
    records="json_extract(body, '$.data[*]')",
    fields=(
        Field("external_id", "VARCHAR", "$.id", required=True),
        Field("source", "VARCHAR", "context.source"),
        Field("likes", "BIGINT", "$.counts.likes"),
        Field("shares", "BIGINT", "$.counts.shares"),
        Field("rate", "DOUBLE", "$.rate"),
        Field("hidden", "BOOLEAN", "$.hidden"),
        Field("kind", "VARCHAR", "$.kind"),
        Field("published_at", "TIMESTAMPTZ", "$.time"),
        Field("edited_at", "EPOCH_S", "$.edited"),
        Field("seen_at", "EPOCH_MS", "$.seen"),
        Field("day", "DATE", "$.day"),
    ),
    key=("external_id",),
)


def account_of(workspace: TestWorkspace, database: str) -> LoadAccount:
    """A connected account that no other test knows."""
    account = LoadAccount(uuid4(), workspace.id)
    with psycopg.connect(database) as connection:
        connection.execute(
            "insert into app.accounts (id, workspace_id, platform, external_id, name, source, status) "
            "values (%s, %s, 'facebook', %s, 'Brand', 'api', 'connected')",
            [account.id, workspace.id, str(account.id)],
        )
    return account


def page(records: Sequence[object], minute: int = 0, **context: str) -> Page:
    body = json.dumps({"data": records}).encode()
    return Page(body, START + timedelta(minutes=minute), "GET https://network.example/posts", context)


def source(pages: Iterable[Page | Exception], contract: Contract = PLAIN, table: str = "posts_plain") -> Source:
    """A source whose network answers with these pages."""

    async def fetch(client: Any, window: Window, about: Sequence[Any]) -> AsyncIterator[Page]:
        for one in pages:
            if isinstance(one, Exception):
                raise one
            yield one

    return Source("posts", table, contract, fetch)


async def land(account: LoadAccount, *pages: Page | Exception, **options: Any) -> LoadResult:
    return await load(account, SHEET, source(pages, **options), WINDOW, client=None)


def canonical(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows of (key, observed_at, loaded_at, page, record, value): the last of a moment, where the value changed."""
    last_of_moment = {(row[0], row[1]): row for row in sorted(rows, key=lambda row: row[:5])}
    kept: list[tuple[Any, ...]] = []
    last: dict[Any, Any] = {}
    for (key, moment), row in sorted(last_of_moment.items()):
        if key not in last or last[key] != row[5]:
            kept.append((key, moment, row[5]))
        last[key] = row[5]
    return kept
