"""Lines become records, so that a damaged line never takes a good one with it.

A quote that is opened and not closed makes a CSV reader swallow everything up to the next one. Here a record
may go on over several lines only until a line that is a good record by itself.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

# A text within quotes goes on over at most so many lines.
_LONGEST = 1_000
_OPEN = "unexpected end of data"


@dataclass(frozen=True, slots=True)
class Record:
    """`line` is the first line's number, from 1. `cells` is None where the quotes are broken."""

    line: int
    cells: list[str] | None
    text: str


def records(
    lines: Sequence[str], delimiter: str, first: int, width: int, is_good: Callable[[list[str]], bool]
) -> Iterator[Record]:
    """The records from the line with index `first` on; `is_good` says whether cells are a whole good record."""
    at = first
    while at < len(lines):
        line = lines[at].removesuffix("\r")
        if not line or line.isspace():
            at += 1
            continue
        cells, is_open = _cells(line, delimiter)
        if not is_open:
            yield Record(at + 1, cells, line)
            at += 1
            continue
        found, following = _continued(lines, delimiter, at, width, is_good)
        yield found or Record(at + 1, None, line)
        at = following


def header_cells(line: str, delimiter: str) -> list[str]:
    """The header's cells, cleaned of surrounding space; empty where the quotes are broken."""
    cells, _ = _cells(line.removesuffix("\r"), delimiter)
    return [cell.strip() for cell in cells or []]


def _continued(
    lines: Sequence[str],
    delimiter: str,
    at: int,
    width: int,
    is_good: Callable[[list[str]], bool],
    *,
    looks_ahead: bool = True,
) -> tuple[Record | None, int]:
    """The record over several lines that begins at `at`, if there is one, and where to go on."""
    for end in range(at + 1, min(at + _LONGEST, len(lines))):
        line = lines[end].removesuffix("\r")
        alone, opens = _cells(line, delimiter)
        if alone is not None and is_good(alone):
            break
        if '"' not in line:
            continue
        text = "\n".join(lines[at : end + 1]).removesuffix("\r")
        cells, is_open = _cells(text, delimiter)
        if is_open:
            continue
        if cells is None or len(cells) != width:
            break
        if opens and looks_ahead and not is_good(cells):
            # The quote that closes here may open a good record.
            inner, _ = _continued(lines, delimiter, end, width, is_good, looks_ahead=False)
            if inner is not None and inner.cells is not None and is_good(inner.cells):
                break
        return Record(at + 1, cells, text), end + 1
    return None, at + 1


def _cells(text: str, delimiter: str) -> tuple[list[str] | None, bool]:
    """The cells of one record, None where the quotes are broken; and whether a quote is still open."""
    source = [text] if "\n" not in text else io.StringIO(text, newline="")
    try:
        found = list(csv.reader(source, strict=True, delimiter=delimiter))
    except csv.Error as error:
        return None, str(error) == _OPEN
    return (found[0], False) if len(found) == 1 else (None, False)
