"""What could not be loaded, kept with where it stands in the lake, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import psycopg

from ingestion.raw.tables import Origin

# A record longer than this is cut in quarantine; the lake has all of it.
_LONGEST_RECORD = 20_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that is not loaded: where it stands in the lake, and why. Page and record count from 1.

    Record 0 is the page itself; page 0 is the load.
    """

    reason: str
    record: str
    lake_record: int
    lake_page: int = 1
    account_id: UUID | None = None


def stage_broken(connection: psycopg.Connection, broken: Iterable[Broken]) -> None:
    """COPY into the temporary table `broken`."""
    with connection.cursor() as cursor, cursor.copy("copy broken from stdin") as copy:
        for one in broken:
            text = _storable(one.reason), _storable(one.record)[:_LONGEST_RECORD]
            copy.write_row((one.account_id, one.lake_page, one.lake_record, *text))


def quarantine(connection: psycopg.Connection, source: str, origin: Origin) -> int:
    """Keep what `broken` holds; how many rows were new.

    What an earlier load brought already, with the same fault, is not kept again.
    """
    return connection.execute(
        """
        insert into raw.quarantine (workspace_id, source, load_id, lake_path, quarantined_at,
            account_id, lake_page, lake_record, reason, record)
        select %(workspace_id)s, %(source)s, %(load_id)s, %(lake_path)s, %(kept_at)s, b.*
        from broken as b
        where not exists (
            select from raw.quarantine as q
            where q.workspace_id = %(workspace_id)s and q.source = %(source)s
            and q.account_id is not distinct from b.account_id
            and md5(q.record) = md5(b.record) and q.reason = b.reason
        )
        order by b.lake_page, b.lake_record, b.reason
        """,
        {
            "workspace_id": origin.workspace_id,
            "source": source,
            "load_id": origin.load_id,
            "lake_path": origin.lake_path,
            "kept_at": origin.kept_at,
        },
    ).rowcount


def _storable(text: str) -> str:
    """PostgreSQL's text holds every character but NUL."""
    return text.replace("\x00", "\\u0000")
