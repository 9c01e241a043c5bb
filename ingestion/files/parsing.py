"""A file's lines become rows for `raw`, and what is broken is kept with its line number and reason."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from ingestion.files.cells import Reader, Refused, Value
from ingestion.files.reading import Text, read, storable
from ingestion.files.recognising import Recognised, recognised
from ingestion.files.report import Report
from ingestion.files.splitting import records
from ingestion.raw import Broken

_CANONICAL = json.JSONEncoder(default=str)


@dataclass(slots=True)
class Row:
    """One good line. `values` are those of the report's columns, in order."""

    line: int
    account: str
    identity: str
    row_hash: str
    values: list[Value]


@dataclass(slots=True)
class Parsed:
    """A whole file, in memory."""

    text: Text
    recognised: Recognised
    rows: list[Row] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)

    @property
    def report(self) -> Report:
        return self.recognised.report

    @property
    def accounts(self) -> list[str]:
        """In the order in which the file names them."""
        return list(dict.fromkeys(row.account for row in self.rows))

    @property
    def sums(self) -> dict[str, int | None]:
        """Per metric over all good lines; None where no line knows it."""
        found: dict[str, int | None] = {}
        for metric in self.report.metrics:
            known = [value for value in self.column(metric) if isinstance(value, int)]
            found[metric] = sum(known) if known else None
        return found

    def column(self, name: str) -> Iterator[Value]:
        position = position_of(self.report, name)
        return (row.values[position] for row in self.rows)

    def seen_at(self, row: Row, imported_at: datetime) -> datetime:
        """When the line's counters were seen."""
        if self.report.seen_on is None:
            return imported_at
        day = row.values[position_of(self.report, self.report.seen_on)]
        assert isinstance(day, date), "the column of the day is required"
        return datetime.combine(day, time.min, UTC)


def parse(path: Path, *, account_name: str | None = None, year: int | None = None, name: str | None = None) -> Parsed:
    """Raises NotFound, Invalid."""
    text = read(path, name)
    how = recognised(text, path, year)
    reader = Reader(how.report, how.positions, how.width, how.year, text.may_be_decoded_twice)
    parsed = Parsed(text, how)
    rehearsal = replace(reader)

    def is_good(cells: list[str]) -> bool:
        try:
            rehearsal.values(cells)
        except Refused:
            return False
        return True

    for record in records(text.lines, how.delimiter, how.first, how.width, is_good):
        try:
            if record.cells is None:
                raise Refused("quotes are opened and not closed, or closed within a text")
            values = reader.values(record.cells)
            parsed.rows.append(_row(how, record.line, values, account_name))
        except Refused as refusal:
            parsed.broken.append(Broken(str(refusal), storable(record.text), record.line))
    parsed.understood = _understood(parsed, reader)
    return parsed


def position_of(report: Report, name: str) -> int:
    """Where a column stands among the report's."""
    return next(n for n, column in enumerate(report.columns) if column.name == name)


def _row(how: Recognised, line: int, values: list[Value], account_name: str | None) -> Row:
    report = how.report
    named = {column.name: value for column, value in zip(report.columns, values, strict=True)}
    if report.region:
        named["region"] = how.region
    account = str(named[report.account]).strip() if report.account else account_name or report.default_account
    identity = _digest([named[name] for name in report.identity])
    return Row(line, account, identity, _digest([[n, v] for n, v in named.items() if v is not None]), values)


def _digest(parts: Sequence[object]) -> str:
    return hashlib.md5(_CANONICAL.encode(parts).encode(), usedforsecurity=False).hexdigest()


def _understood(parsed: Parsed, reader: Reader) -> list[str]:
    report = parsed.report
    told = list(parsed.recognised.understood)
    if reader.repaired_cells:
        told.append(f"Text was encoded twice in {reader.repaired_cells} cells: undone, without loss.")
    if reader.shortened_months:
        told.append(
            f"{reader.shortened_months} days say month `.1`: a spreadsheet cut the zero of `.10`; read as October."
        )
    if report.seen_on:
        days = [day for day in parsed.column(report.seen_on) if isinstance(day, date)]
        if days:
            told.append(f"The days run from {min(days)} to {max(days)}.")
    else:
        told.append("The report does not say when its figures were seen: they count as seen at the import.")
    for metric in report.metrics:
        unknown = sum(value is None for value in parsed.column(metric))
        if unknown:
            told.append(f"{metric} is empty in {unknown} lines and stays unknown there.")
    return told
