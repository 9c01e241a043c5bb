"""The door: bring an export into a workspace, or only look at what it would bring."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from psycopg import Connection

from clientnest.database import system_connection
from clientnest.errors import Invalid, NestError, Problem
from ingestion import lake, raw
from ingestion.files import repository
from ingestion.files.parsing import Parsed, parse
from ingestion.files.reading import storable

_SHOWN = 20
# Characters that have no place in the name of a file.
_UNSAFE = re.compile(r"[^\w. -]")


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that was not loaded; `line` counts from 1, with the header."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What a file is and what became of it.

    `records` = `written` + `unchanged` + `quarantined`; a dry run writes nothing and has None for the first two.
    `broken` shows the first of the quarantined lines, `sums` each metric over all good lines (None: unknown).
    """

    report: str
    platform: str
    understood: tuple[str, ...]
    accounts: tuple[str, ...]
    records: int
    written: int | None
    unchanged: int | None
    quarantined: int
    broken: tuple[BrokenLine, ...]
    sums: dict[str, int | None]
    # None for a dry run.
    import_id: UUID | None = None


def preview(
    path: Path, *, account_name: str | None = None, year: int | None = None, name: str | None = None
) -> ImportResult:
    """What an import would bring, without a database. Raises NotFound, Invalid."""
    return _result(_parse(path, account_name, year, name))


def import_file(
    workspace_id: UUID,
    path: Path,
    *,
    account_name: str | None = None,
    year: int | None = None,
    name: str | None = None,
    dry_run: bool = False,
) -> ImportResult:
    """Load a file; the same file again, or one that overlaps it, writes only what is new.

    `account_name` names the account of a report that names none, `year` the year of days that name none,
    `name` the file where `path` is a temporary one. Raises NotFound, Invalid; then nothing was loaded.
    """
    parsed = _parse(path, account_name, year, name)
    if dry_run:
        return _result(parsed)
    import_id = uuid4()
    with system_connection() as connection:
        repository.check_workspace(connection, workspace_id)
        lake_path, lines_path = _keep(parsed)
        raw.lock(connection, "import", workspace_id, parsed.report.name)
        before = repository.imported(connection, workspace_id, parsed.text.sha256, parsed.report)
        if before is not None:
            return _unchanged(parsed, before)
        imported_at = raw.begin_landing(connection)
        origin = raw.Origin(workspace_id, import_id, lines_path, imported_at)
        result = _landed(connection, parsed, origin, lake_path)
        _note(parsed, origin, lake_path, account_name, year)
    return result


def land_again(connection: Connection, note_path: str) -> ImportResult | None:
    """Import a file of the lake in a rebuild; None where nothing reads it now, or its workspace is gone."""
    note = lake.read_note(note_path)
    workspace_id = UUID(note["workspace_id"])
    try:
        repository.check_workspace(connection, workspace_id)
        parsed = _parse(lake.locate(note["lake_path"]), note["account_name"], note["year"], note["filename"])
    except NestError:
        return None
    kept_at = datetime.fromisoformat(note["kept_at"])
    origin = raw.Origin(workspace_id, UUID(note["import_id"]), note["lines_path"], kept_at)
    return _landed(connection, parsed, origin, note["lake_path"])


def _landed(connection: Connection, parsed: Parsed, origin: raw.Origin, lake_path: str) -> ImportResult:
    """The lines in `raw`, and the import on record."""
    result = _result(parsed, _land(connection, parsed, origin), origin.load_id)
    repository.record(
        connection,
        {
            "id": origin.load_id,
            "workspace_id": origin.workspace_id,
            "filename": parsed.text.name,
            "sha256": parsed.text.sha256,
            "report": result.report,
            "platform": result.platform,
            "understood": list(result.understood),
            "lake_path": lake_path,
            "records": result.records,
            "written": result.written,
            "unchanged": result.unchanged,
            "quarantined": result.quarantined,
            "imported_at": origin.kept_at,
        },
    )
    return result


def _note(parsed: Parsed, origin: raw.Origin, lake_path: str, account_name: str | None, year: int | None) -> None:
    """That the workspace brought the file in, and with what words: enough to import it again."""
    note = {
        "import_id": str(origin.load_id),
        "workspace_id": str(origin.workspace_id),
        "kept_at": origin.kept_at.isoformat(),
        "lake_path": lake_path,
        "lines_path": origin.lake_path,
        "filename": parsed.text.name,
        "account_name": account_name,
        "year": year,
    }
    path = f"imports/{origin.workspace_id}/{parsed.text.sha256}-{parsed.report.name}.json"
    lake.write_note(path, note)


def _parse(path: Path, account_name: str | None, year: int | None, name: str | None) -> Parsed:
    account_name = account_name.strip() if account_name is not None else None
    if account_name == "":
        raise Invalid("The account's name is empty.", (Problem("account_name", "Give a name."),))
    parsed = parse(path, account_name=account_name, year=year, name=name)
    if account_name and parsed.report.account:
        raise Invalid(
            f"{parsed.report.title} names its accounts itself (column {parsed.report.account}): give no account.",
            (Problem("account_name", "Leave the account out for this report."),),
        )
    return parsed


def _keep(parsed: Parsed) -> tuple[str, str]:
    """The file itself and its lines, in the lake."""
    own_name = _UNSAFE.sub("_", parsed.text.name)[-100:].lstrip(".") or "file"
    original, lines = f"files/{parsed.text.sha256}/{own_name}", f"files/{parsed.text.sha256}.parquet"
    lake.write_bytes(original, parsed.text.content)
    lake.write_lines(lines, [storable(line) for line in parsed.text.lines])
    return original, lines


def _land(connection: Connection, parsed: Parsed, origin: raw.Origin) -> int:
    report, table = parsed.report, parsed.report.table
    accounts = repository.accounts(connection, origin.workspace_id, report.platform, parsed.accounts)
    raw.ensure_table(connection, table)
    raw.lock(connection, table.name, origin.workspace_id)
    raw.stage(connection, table, _rows(parsed, accounts, origin.kept_at))
    repository.number_equals(connection, table, origin.workspace_id)
    repository.name_by_identity(connection)
    written = raw.append_news(connection, table, origin, repeats=raw.has_repeats(connection, table))
    if parsed.broken:
        raw.stage_broken(connection, parsed.broken)
        raw.quarantine(connection, table.name, origin)
    return written


def _rows(parsed: Parsed, accounts: dict[str, UUID], imported_at: datetime) -> Iterator[tuple[object, ...]]:
    """As `raw.stage` takes them. The ordinal, and the id of a post that the file does not name, come later."""
    report = parsed.report
    names = [*(column.name for column in report.columns), "region", "identity", "line"]
    later = len(names)
    places = [names.index(column.name) if column.name in names else later for column in report.table.columns]
    for row in parsed.rows:
        given = (*row.values, parsed.recognised.region, row.identity, row.line, None)
        seen_at = parsed.seen_at(row, imported_at)
        lineage = (accounts[row.account], seen_at, row.row_hash, 1, row.line)
        yield (*(given[place] for place in places), *lineage)


def _unchanged(parsed: Parsed, import_id: UUID) -> ImportResult:
    result = _result(parsed, 0, import_id)
    return replace(result, understood=(*result.understood, "The same file was imported before: nothing is new."))


def _result(parsed: Parsed, written: int | None = None, import_id: UUID | None = None) -> ImportResult:
    return ImportResult(
        report=parsed.report.name,
        platform=parsed.report.platform,
        understood=tuple(parsed.understood),
        accounts=tuple(parsed.accounts),
        records=len(parsed.rows) + len(parsed.broken),
        written=written,
        unchanged=None if written is None else len(parsed.rows) - written,
        quarantined=len(parsed.broken),
        broken=tuple(BrokenLine(one.lake_record, one.reason) for one in parsed.broken[:_SHOWN]),
        sums=parsed.sums,
        import_id=import_id,
    )
