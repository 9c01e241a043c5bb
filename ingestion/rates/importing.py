"""The European Central Bank's reference rates, from the CSV that it publishes (eurofxref-hist.csv, eurofxref.csv).

One line per day, one column per currency, `N/A` where there is no rate. The euro itself is in no column: it is 1.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from clientnest.database import system_unit_of_work
from clientnest.errors import Invalid
from ingestion.files.reading import read
from ingestion.rates import repository

SOURCE = "ECB"
_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST = Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file told, and how much of it was news."""

    currencies: int
    first: date
    last: date
    rates: int
    written: int


async def import_file(path: Path) -> Imported:
    """All of the file or nothing: a table with one wrong rate is not trusted. Raises NotFound, Invalid."""
    rates = parse(read(path).lines)
    async with system_unit_of_work() as session:
        written = await repository.keep(session, rates, SOURCE)
    days = [day for _, day, _ in rates]
    return Imported(len({currency for currency, _, _ in rates}), min(days), max(days), len(rates), written)


def parse(lines: list[str]) -> list[tuple[str, date, Decimal]]:
    """Currency, day and what one euro was worth. Raises Invalid."""
    filled = [(n, line) for n, line in enumerate(lines, 1) if line.strip()]
    header = [cell.strip() for cell in filled[0][1].split(",")]
    # The bank ends its lines with a comma.
    names = header[1:-1] if header[-1] == "" else header[1:]
    if header[0] != "Date" or not names or not all(_CURRENCY.fullmatch(name) for name in names):
        raise Invalid("This is no table of rates: take eurofxref-hist.csv of the European Central Bank, unpacked.")
    rates = []
    for n, line in filled[1:]:
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != len(header):
            raise Invalid(f"Line {n} has {len(cells)} columns, the header {len(header)}: download the file again.")
        day = _day(cells[0], n)
        told = zip(names, cells[1:], strict=False)
        rates += [(name, day, _rate(cell, n, name)) for name, cell in told if cell not in ("N/A", "")]
    if not rates:
        raise Invalid("The file holds no rate: download it again.")
    return rates


def _day(cell: str, line: int) -> date:
    """The long table writes 2026-11-20, the daily one 20 November 2026."""
    try:
        return date.fromisoformat(cell) if cell[:4].isdigit() else datetime.strptime(f"{cell} Z", "%d %B %Y %z").date()
    except ValueError as error:
        raise Invalid(f"Line {line} begins with {cell!r}, which is no day.") from error


def _rate(cell: str, line: int, currency: str) -> Decimal:
    try:
        rate = Decimal(cell)
    except InvalidOperation as error:
        raise Invalid(f"Line {line} says {cell!r} of {currency}, which is no rate.") from error
    if not rate.is_finite() or not 0 < rate < _MOST:
        raise Invalid(f"Line {line} says {cell!r} of {currency}, which is no rate.")
    return rate
