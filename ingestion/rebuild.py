"""`raw` made again from the lake alone: every file in the order in which it was kept.

Files of one account and table land in the order of `kept_at`, so landing all of them again in that order writes the
same rows as before, to the bit. What nothing reads now, and what is of accounts that are gone, stays out. How far
it has come stands in `raw.rebuilding`, written in the transaction of the file that it names: a rebuild that was cut off
goes on there. As long as that table is there nothing else lands.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from psycopg import Connection, sql

from clientnest.database import system_connection
from clientnest.errors import NotReady
from ingestion import files, lake, load, raw
from ingestion.tables import all_tables, ensure_raw_tables


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of all files are done, with so many records and rows written; `skipped` of them brought nothing."""

    files: int
    of: int
    records: int = 0
    written: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True, order=True)
class _File:
    """One file of the lake that lands: pages of a load, or the note that a file was imported."""

    kept_at: datetime
    lake_path: str


def rebuild(told: Callable[[Progress], None]) -> Progress:
    """Empty `raw` and fill it from the lake, or go on where a rebuild was cut off; `told` hears after each file.

    What the loads and imports are on record for stays, and is added where it lacks. Raises NotReady where another
    rebuild runs.
    """
    ensure_raw_tables()
    with system_connection() as alone:
        alone.autocommit = True
        row = alone.execute("select pg_try_advisory_lock(hashtext('clientnest.rebuild'))").fetchone()
        if not row or not row[0]:
            raise NotReady("Another rebuild is running.")
        found = sorted(_files())
        reached = _begin(alone)
        left = [one for one in found if reached is None or one > reached]
        so_far = Progress(len(found) - len(left), len(found))
        # By account and table, what this rebuild heard last; before that nothing is known.
        said: dict[PurePosixPath, str | None] = {}
        for one in left:
            so_far = _land(one, so_far, said)
            told(so_far)
        alone.execute("drop table raw.rebuilding")
    return so_far


def _files() -> Iterator[_File]:
    for path in lake.kept("api/*/*/*/*/*/*.parquet"):
        yield _File(datetime.fromisoformat(lake.read_label(path)["kept_at"]), path)
    for path in lake.kept("imports/*/*.json"):
        yield _File(datetime.fromisoformat(lake.read_note(path)["kept_at"]), path)


def _begin(connection: Connection) -> _File | None:
    """Empty everything, unless that was done; how far the rebuild has come."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('clientnest.landing'))")
        if raw.is_rebuilding(connection):
            row = connection.execute("select kept_at, lake_path from raw.rebuilding").fetchone()
            return _File(*row) if row else None
        tables = all_tables()
        truncate = sql.SQL("truncate {}").format(sql.SQL(", ").join(table.identifier for table in tables))
        connection.execute(truncate)
        connection.execute("delete from raw.quarantine where source = any(%s)", [[table.name for table in tables]])
        connection.execute("truncate raw.touched")
        connection.execute("create table raw.rebuilding (kept_at timestamptz not null, lake_path text not null)")
    return None


def _land(one: _File, so_far: Progress, said: dict[PurePosixPath, str | None]) -> Progress:
    """One file, and that it was reached, in one transaction."""
    with system_connection() as connection:
        result: files.ImportResult | load.LoadResult | None
        if one.lake_path.startswith("imports/"):
            result = files.land_again(connection, one.lake_path)
        else:
            whose = PurePosixPath(one.lake_path).parents[1]
            result = load.land_again(connection, one.lake_path, said.get(whose))
            said[whose] = result.fingerprint if result else None
        connection.execute("delete from raw.rebuilding")
        connection.execute("insert into raw.rebuilding values (%s, %s)", [one.kept_at, one.lake_path])
    done, of = so_far.files + 1, so_far.of
    if result is None:
        return Progress(done, of, so_far.records, so_far.written, so_far.skipped + 1)
    written = so_far.written + (result.written or 0)
    return Progress(done, of, so_far.records + result.records, written, so_far.skipped)
