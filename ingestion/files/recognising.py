"""Which network's report a file is, from its header."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clientnest.errors import Invalid, Problem
from ingestion.files.reading import Text, read
from ingestion.files.report import Report
from ingestion.files.reports import REPORTS
from ingestion.files.splitting import header_cells

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_YEAR = re.compile(r"(?<![0-9A-Za-z])(20[0-9]{2})(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A report and how its columns lie in one file.

    `positions` has one entry per column of the report: where it stands, None where the file lacks it.
    `first` is the index of the first line after the header.
    """

    report: Report
    delimiter: str
    positions: tuple[int | None, ...]
    width: int
    first: int
    ignored: tuple[str, ...]
    year: int | None
    region: str | None
    understood: tuple[str, ...]


def recognise(path: Path, *, year: int | None = None, name: str | None = None) -> Recognised:
    """Read a file's header. Raises NotFound, Invalid (says which reports are known)."""
    return recognised(read(path, name), path, year)


def recognised(text: Text, path: Path, year: int | None) -> Recognised:
    """The same for a file that is already read."""
    first = next(n for n, line in enumerate(text.lines) if line.strip())
    by_delimiter = {sign: header_cells(text.lines[first], sign) for sign in _DELIMITERS}
    found = [
        (report, sign)
        for sign, cells in by_delimiter.items()
        for report in REPORTS
        if {_folded(header) for header in report.headers} <= {_folded(cell) for cell in cells}
    ]
    if not found:
        raise _unknown(text.name, max(by_delimiter.values(), key=len))
    report, delimiter = max(found, key=lambda pair: len(pair[0].headers))
    cells = by_delimiter[delimiter]
    understood = [f"This is {report.title} (file report `{report.name}`).", *text.assumed]
    if delimiter != ",":
        understood.append(f"Columns are separated by {_DELIMITERS[delimiter]}.")
    wanted_year, why = _year(report, text.name, path, year)
    understood += why
    region = report.region(text.name) if report.region else None
    if report.region:
        understood.append(f"The file's name says region {region}." if region else "The file's name says no region.")
    positions, ignored = _positions(report, cells)
    if ignored:
        understood.append(f"Columns that are not read: {', '.join(ignored)}.")
    understood += report.notes
    return Recognised(
        report,
        delimiter,
        positions,
        len(cells),
        first + 1,
        ignored,
        wanted_year,
        region,
        tuple(understood),
    )


def _positions(report: Report, cells: list[str]) -> tuple[tuple[int | None, ...], tuple[str, ...]]:
    folded = [_folded(cell) for cell in cells]
    wanted = [_folded(column.header) for column in report.columns]
    twice = [name for name, times in Counter(folded).items() if times > 1 and name in wanted]
    if twice:
        raise Invalid(f"The header names {', '.join(twice)} twice: leave one of each.")
    positions = tuple(folded.index(name) if name in folded else None for name in wanted)
    ignored = tuple(cell for cell, name in zip(cells, folded, strict=True) if name not in wanted)
    return positions, ignored


def _year(report: Report, name: str, path: Path, year: int | None) -> tuple[int | None, list[str]]:
    """The year of days that name none: the person's, else the file's name's, else its nearest folder's."""
    if not any(column.type == "DAY_MONTH" for column in report.columns):
        return None, []
    latest = datetime.now(UTC).year
    if year is not None:
        if not 2004 <= year <= latest:
            raise Invalid(f"The year {year} cannot be: give one from 2004 to {latest}.")
        return year, [f"Its days name no year: they are read as days of {year}."]
    for part in (name, *reversed(path.absolute().parts[:-1])):
        years = [int(found) for found in _YEAR.findall(part.replace("_", " ")) if 2004 <= int(found) <= latest]
        if years:
            return years[0], [f"Its days name no year: {years[0]} is taken from the name `{part}`."]
    raise Invalid(
        f"The days in {name} name no year: give it, e.g. --year 2017.",
        (Problem("year", "Give the year of the days in this report."),),
    )


def _unknown(name: str, cells: list[str]) -> Invalid:
    have = {_folded(cell) for cell in cells}

    def lacking(report: Report) -> list[str]:
        return [header for header in report.headers if _folded(header) not in have]

    closest = min(REPORTS, key=lambda report: len(lacking(report)) / len(report.headers))
    problems = tuple(
        Problem(report.name, f"{report.title} expects the columns: {', '.join(report.headers)}") for report in REPORTS
    )
    known = "; ".join(f"{report.title} ({', '.join(report.headers)})" for report in REPORTS)
    return Invalid(
        f"{name} has a header that no known report has. The closest is {closest.title}, of which it lacks: "
        f"{', '.join(lacking(closest))}. Known reports and their columns: {known}.",
        problems,
    )


def _folded(header: str) -> str:
    """Headers are compared without regard to case and spaces."""
    return " ".join(header.split()).casefold()
