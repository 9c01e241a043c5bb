"""Conversions from a CSV file: all of its good lines in one transaction, the others with their reasons."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Conflict, Invalid, Problem
from ingestion.conversions import repository, sources
from ingestion.conversions.fields import Refused
from ingestion.conversions.keeping import Answer, keep
from ingestion.conversions.told import CONVERSION, Conversion, Refusal, Told, conversion
from ingestion.files.reading import Text, read
from ingestion.files.splitting import header_cells, records

NEEDED = ("event_id", "occurred_at", "kind")
MOST_LINES = 100_000
_DELIMITERS = ",;\t"


async def import_file(
    session: AsyncSession, source_id: UUID, path: Path, now: datetime, *, name: str | None = None
) -> Answer:
    """The same file again brings nothing. Raises NotFound, Conflict (no open source of files), Invalid."""
    source = await sources.find(session, source_id)
    if source.kind != "csv" or not source.is_enabled:
        raise Conflict(f"{source.name} takes no files: choose an open source of the kind csv.")
    told, lines = parse(read(path, name), now)
    answer = await keep(session, source, told)
    await repository.received(session, source_id, now)
    refused = [
        refusal if refusal.line else replace(refusal, line=lines[refusal.event_id]) for refusal in answer.refused
    ]
    return replace(answer, refused=tuple(sorted(refused, key=lambda refusal: refusal.line or 0)))


def parse(text: Text, now: datetime) -> tuple[Told, dict[str | None, int]]:
    """What the file tells, and in which line each event stands. Raises Invalid for a header that is none of ours."""
    if len(text.lines) > MOST_LINES:
        raise Invalid(f"{text.name} has more than {MOST_LINES:,} lines: split it.")
    first = next(n for n, line in enumerate(text.lines) if line.strip())
    delimiter = max(_DELIMITERS, key=lambda sign: len(header_cells(text.lines[first], sign)))
    names = [cell.lower() for cell in header_cells(text.lines[first], delimiter)]
    _check(names, text.name)
    taken: list[Conversion] = []
    refused: list[Refusal] = []
    lines: dict[str | None, int] = {}
    for record in records(text.lines, delimiter, first + 1, len(names), lambda cells: len(cells) == len(names)):
        told = dict(zip(names, (cell.strip() for cell in record.cells or ()), strict=False))
        try:
            if record.cells is None or len(record.cells) != len(names):
                raise Refused(f"The header has {len(names)} columns and this line another number: correct it.")
            taken.append(conversion(told, now))
            lines[taken[-1].event_id] = record.line
        except Refused as error:
            refused.append(Refusal(told.get("event_id") or None, str(error), record.line))
    return Told(conversions=tuple(taken), refused=tuple(refused)), lines


def _check(names: list[str], file: str) -> None:
    problems = [Problem(name, "This column is missing.") for name in NEEDED if name not in names]
    problems += [
        Problem(name, f"There is no such column: choose from {', '.join(CONVERSION)}.")
        for name in names
        if name not in CONVERSION
    ]
    problems += [Problem(name, "This column is there twice.") for name, times in Counter(names).items() if times > 1]
    if problems:
        raise Invalid(f"{file} has no header of conversions.", tuple(problems))
