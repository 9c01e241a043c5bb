"""Pages in the lake become records: DuckDB opens them, checks the contract and drops what repeats."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from ingestion.load.contracts import records_query
from ingestion.raw import Broken
from platforms.platform import Contract

_BATCH = 5_000
# Nothing is ever fetched from outside; a load stays a small neighbour of the other processes.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": 1,
    "memory_limit": "512MB",
}
# Pages are opened so many bytes at a time: what a record is made from weighs many times what it arrived as.
_BATCH_BYTES = 500_000
_RECEIVED = """
    create table received as
    select page, received_at as observed_at, cast(context as json) as context, try(decode(body)) as text,
        coalesce(json_valid(text), false) as is_json, false as is_read,
        sum(octet_length(body)) over (order by page) // {bytes} as batch
    from read_parquet('{path}')
"""
# `records` of a page is NULL where it is of a shape that the contract cannot read.
_OPENED = """
    create or replace temp table opened as
    select page, observed_at, context, try({records}) as records
    from (select *, cast(text as json) as body from received where is_json and batch = {batch})
"""
_BATCHES = "select distinct batch from received order by batch"
_READ = "update received set is_read = true where page in (select page from opened where records is not null)"
# The last word per key and moment; then only where it differs from the moment before.
_CHANGES = """
    with latest as (
        select * from records where fault = ''
        qualify row_number() over (partition by {key}, observed_at order by page desc, position desc) = 1
    ),
    sequenced as (
        select *, lag(row_hash) over following as previous_hash,
            lag(observed_at) over following as previous_observed_at
        from latest
        window following as (partition by {key} order by cast(observed_at as timestamptz))
    )
    select {fields}, '{account_id}', observed_at, row_hash, page, position
    from sequenced
    where row_hash is distinct from previous_hash
    order by page, position
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """`records` are those on readable pages; `faulty` of them break the contract."""

    pages: int
    records: int
    faulty: int
    unreadable_pages: int
    observed_at: datetime | None


class Extract:
    """The records of one lake file under one contract; a context manager that holds a DuckDB in memory."""

    def __init__(self, path: Path, contract: Contract) -> None:
        self._path = path
        self._contract = contract

    def __enter__(self) -> Self:
        import duckdb

        self._duckdb = duckdb.connect(config=_CONFIG)
        self._duckdb.execute("set TimeZone = 'UTC'")
        # Written into the query: a parameter makes DuckDB import pandas, which takes seconds.
        path = str(self._path).replace("'", "''")
        self._duckdb.execute(_RECEIVED.format(path=path, bytes=_BATCH_BYTES))
        query = records_query(self._contract)
        for n, (batch,) in enumerate(self._duckdb.execute(_BATCHES).fetchall()):
            self._duckdb.execute(_OPENED.format(records=self._contract.records, batch=batch))
            self._duckdb.execute(f"insert into records {query}" if n else f"create table records as {query}")
            self._duckdb.execute(_READ)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._duckdb.close()

    def counts(self) -> Counts:
        """What the file holds."""
        pages, unreadable, newest = self._one(
            "select count(*), count(*) filter (not is_read), cast(max(observed_at) as varchar) from received"
        )
        records, faulty = self._one("select count(*), count(*) filter (fault <> '') from records")
        observed_at = datetime.fromisoformat(newest) if newest else None
        return Counts(pages, records, faulty, unreadable, observed_at)

    def changes(self, account_id: UUID) -> Iterator[tuple[object, ...]]:
        """Rows for `raw.stage`, all values as text."""
        query = _CHANGES.format(
            key=", ".join(f'"{name}"' for name in self._contract.key),
            fields=", ".join(f'"{field.name}"' for field in self._contract.fields),
            account_id=account_id,
        )
        return self._rows(query)

    def broken(self, account_id: UUID) -> Iterator[Broken]:
        """Records that break the contract, and whole pages that cannot be read."""
        faulty = "select fault, record, position, page from records where fault <> '' order by page, position"
        for reason, record, position, page in self._rows(faulty):
            yield Broken(reason, record, position, page, account_id)
        unreadable = """
            select case
                when text is null then 'the page is not UTF-8 text'
                when not is_json then 'the page is not JSON'
                else 'the page does not have the shape that the contract reads' end,
            coalesce(text, ''), page from received where not is_read order by page
        """
        for reason, text, page in self._rows(unreadable):
            yield Broken(reason, text, 0, page, account_id)

    def _one(self, query: str) -> tuple[Any, ...]:
        return self._duckdb.execute(query).fetchone() or ()

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        cursor = self._duckdb.cursor().execute(query)
        while rows := cursor.fetchmany(_BATCH):
            yield from rows
