"""An uploaded table as people's programs save it: the encoding and the delimiter are told by the content."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clientnest.errors import Invalid, Problem

MAX_BYTES = 5_000_000
MAX_LINES = 2_000
_DELIMITERS = {";": "semicolon", ",": "comma", "\t": "tab"}
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_HINT = "sep="


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is where it begins in the file, from 1; `beyond` are cells for which there is no column."""

    line: int
    cells: Mapping[str, str]
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """`sha256` of the file, hexadecimal; `delimiter` in a word."""

    sha256: str
    encoding: str
    delimiter: str
    rows: Sequence[Row]


def read(content: bytes, columns: Sequence[str], required: Sequence[str]) -> Sheet:
    """The rows under a header of these columns. Raises Invalid."""
    if len(content) > MAX_BYTES:
        raise _refused(f"The file is larger than {MAX_BYTES // 1_000_000} MB: split it.")
    text, encoding = _decoded(content)
    hinted = text.removeprefix(_HINT)
    if hinted != text:
        text = "\n" + hinted.partition("\n")[2]
    if not text.strip():
        raise _refused(f"The file is empty: give a header of {', '.join(columns)}, and lines under it.")
    delimiter = _delimiter(text, columns)
    rows = list(_rows(text, delimiter, columns, required))
    if not rows:
        raise _refused("There is a header and no line under it.")
    return Sheet(hashlib.sha256(content).hexdigest(), encoding, _DELIMITERS[delimiter], rows)


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and what it was written in."""
    for encoding in _encodings(content):
        try:
            return content.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise _refused("This is no text that can be read: save it as CSV UTF-8.")


def _encodings(content: bytes) -> Sequence[str]:
    for mark, encoding in _BOMS.items():
        if content.startswith(mark):
            return (encoding,)
    # Every other byte of Latin letters is zero in UTF-16, on one side or the other.
    begun = content[:1000]
    if b"\x00" in begun:
        return ("utf-16-be",) if begun[0::2].count(0) > begun[1::2].count(0) else ("utf-16-le",)
    return ("utf-8", "cp1252")


def _delimiter(text: str, columns: Sequence[str]) -> str:
    """The one that makes most columns of the header."""
    header = next(line for line in text.splitlines() if line.strip())
    return max(_DELIMITERS, key=lambda one: len(set(map(_named, header.split(one))) & set(columns)))


def _rows(text: str, delimiter: str, columns: Sequence[str], required: Sequence[str]) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    told, found = 0, 0
    try:
        for cells in reader:
            line, told = told + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [_named(cell) for cell in cells]
                _check(header, columns, required, line)
                continue
            found += 1
            if found > MAX_LINES:
                raise _refused(f"There are more than {MAX_LINES:,} lines: split the file.", "file")
            kept = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name}
            beyond = sum(bool(cell.strip()) for cell in cells[len(header) :])
            yield Row(line, kept, beyond)
    except csv.Error as error:
        raise _refused(
            f"Line {told + 1} cannot be read as a table ({error}): a quotation mark may be missing.",
            f"lines.{told + 1}",
        ) from error


def _check(header: Sequence[str], columns: Sequence[str], required: Sequence[str], line: int) -> None:
    known = ", ".join(columns)
    problems = [
        *(f"There is no column {name}: choose from {known}." for name in header if name and name not in columns),
        *(f"The column {name} is there twice." for name in dict.fromkeys(header) if name and header.count(name) > 1),
        *(f"Add the column {name}." for name in required if name not in header),
    ]
    if problems:
        told = tuple(Problem(f"lines.{line}", problem) for problem in problems)
        raise Invalid("The header of this file is not understood.", told)


def _named(cell: str) -> str:
    return "_".join(cell.strip().strip('"').strip().casefold().split())


def _refused(message: str, field: str = "file") -> Invalid:
    return Invalid(message, (Problem(field, message),))
