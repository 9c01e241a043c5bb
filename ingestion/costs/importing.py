"""An export of ads becomes costs: its good lines in one transaction, the damaged ones in the report.

A line is known by what it is about and by its days, so the same file counts once, and a newer one corrects it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.currencies import currencies
from clientnest.errors import Invalid, Problem
from ingestion.conversions.fields import Refused
from ingestion.costs import repository
from ingestion.costs.exports import EXPORTS, Export, Spent, currency_of, recognise
from ingestion.files.reading import read
from ingestion.files.splitting import header_cells, records

MOST_LINES = 200_000
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that was not taken, counted from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. `spent` is the sum over its good lines, in `currency`."""

    report: str
    understood: tuple[str, ...]
    currency: str
    spent: Decimal
    taken: int
    corrected: int
    known: int
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person says where the file does not. Days are its first and last; a campaign takes all lines."""

    currency: str | None = None
    incurred_on: date | None = None
    until: date | None = None
    campaign_id: UUID | None = None


async def import_file(
    session: AsyncSession, workspace_id: UUID, path: Path, ask: Ask, *, name: str | None = None
) -> Imported:
    """Raises Invalid: no known export, or something that the file does not say and nobody else did."""
    text = read(path, name)
    if len(text.lines) > MOST_LINES:
        raise Invalid(f"{text.name} has more than {MOST_LINES:,} lines: split it.")
    first = next(n for n, line in enumerate(text.lines) if line.strip())
    delimiter = max(_DELIMITERS, key=lambda sign: len(header_cells(text.lines[first], sign)))
    names = [cell.lower() for cell in header_cells(text.lines[first], delimiter)]
    export = recognise(names)
    if export is None:
        known = "; ".join(f"{one.title} ({', '.join(one.headers)})" for one in EXPORTS)
        raise Invalid(f"{text.name} has a header that no known export of ads has. Known are: {known}.")
    currency = await _settled(session, ask, export, currency_of(names))
    told, broken = _parse(text.lines, first, delimiter, names, export)
    ids, made = (
        ({}, [])
        if ask.campaign_id
        else await repository.campaigns(session, workspace_id, (spent.campaign for spent in told))
    )
    rows = [_row(workspace_id, export, spent, ask, currency, ask.campaign_id or ids[spent.campaign]) for spent in told]
    taken, corrected = await repository.keep(session, rows)
    understood = (f"This is {export.title}.", *text.assumed, *export.notes)
    if made:
        understood += (f"Campaigns that were made: {', '.join(made)}.",)
    spent = sum((spent.amount for spent in told), Decimal(0))
    return Imported(
        export.name, understood, currency, spent, taken, corrected, len(rows) - taken - corrected, tuple(broken)
    )


async def _settled(session: AsyncSession, ask: Ask, export: Export, told: str | None) -> str:
    """The currency of the file. Raises Invalid with all that must be said."""
    found, currency = [], told or ask.currency
    if currency is None:
        found.append(Problem("currency", "The file names none: give three letters of ISO 4217, such as EUR."))
    elif currency not in currencies():
        found.append(Problem("currency", "Give three letters of ISO 4217, such as EUR."))
    elif ask.currency not in (None, currency):
        found.append(Problem("currency", f"The file says {currency}: leave the currency out."))
    if "reporting starts" not in export.headers and ask.incurred_on is None:
        found.append(Problem("incurred_on", "The file names no days: give the first, and the last as until."))
    if ask.incurred_on and ask.until and ask.until < ask.incurred_on:
        found.append(Problem("until", "The last day is the first one, or later."))
    if ask.campaign_id and not await repository.has(session, campaign_id=ask.campaign_id):
        found.append(Problem("campaign_id", "This workspace has no such campaign."))
    if found or currency is None:
        raise Invalid("Something is missing beside the file.", tuple(found))
    return currency


def _parse(
    lines: list[str], first: int, delimiter: str, names: list[str], export: Export
) -> tuple[list[Spent], list[Broken]]:
    told: dict[tuple[Any, ...], Spent] = {}
    broken = []
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise Invalid(f"The header names {', '.join(twice)} twice: leave one of each.")
    for record in records(lines, delimiter, first + 1, len(names), lambda cells: len(cells) == len(names)):
        try:
            if record.cells is None or len(record.cells) != len(names):
                raise Refused(f"The header has {len(names)} columns and this line another number.")
            if not all(cell.isprintable() for cell in record.cells):
                raise Refused("The line holds characters that cannot be printed.")
            spent = export.read(dict(zip(names, (cell.strip() for cell in record.cells), strict=True)))
            if told.setdefault((*spent.key, spent.starts_on, spent.ends_on), spent) is not spent:
                raise Refused("The file tells of this before: the first line counts.")
        except Refused as error:
            broken.append(Broken(record.line, str(error)))
    return list(told.values()), broken


def _row(
    workspace_id: UUID, export: Export, spent: Spent, ask: Ask, currency: str, campaign_id: UUID
) -> dict[str, Any]:
    first, last = spent.starts_on or ask.incurred_on, spent.ends_on or ask.until
    return {
        "workspace_id": workspace_id,
        "kind": "ads",
        "amount": spent.amount,
        "currency": currency,
        "incurred_on": first,
        "until": last,
        "campaign_id": campaign_id,
        "note": spent.note or None,
        "external_key": "\x1f".join((export.name, *spent.key, str(first), str(last))),
        "impressions": spent.impressions,
        "clicks": spent.clicks,
        "conversions": spent.conversions,
    }
