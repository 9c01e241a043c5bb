"""Cells become values. A cell that is not what its column says is refused with a reason."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ingestion.files.reading import UNDECODED, repaired
from ingestion.files.report import Column, Report

Value = str | int | bool | datetime | date | None

_WHOLE = re.compile(r"[+-]?[0-9]+(\.0+)?")
_MOST = 2**63 - 1
_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_DAY_MONTH = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})")
# Nothing in a report is earlier than the networks themselves.
_EARLIEST_YEAR = 2004


class Refused(ValueError):
    """The line cannot be loaded; the message is the reason."""


@dataclass(slots=True)
class Reader:
    """Reads the lines of one file. The counters say what was assumed on the way."""

    report: Report
    positions: Sequence[int | None]
    width: int
    year: int | None
    repairs: bool
    repaired_cells: int = 0
    shortened_months: int = 0

    def values(self, cells: Sequence[str]) -> list[Value]:
        """One value per column of the report, in order. Raises Refused."""
        if len(cells) != self.width:
            raise Refused(f"{len(cells)} columns, where the header has {self.width}")
        return [
            None if position is None else self._value(column, cells[position])
            for column, position in zip(self.report.columns, self.positions, strict=True)
        ]

    def _value(self, column: Column, cell: str) -> Value:
        text = cell if column.type == "VARCHAR" else cell.strip()
        if not text or text.isspace():
            if column.required:
                raise Refused(f"{column.header} is empty")
            return None
        if column.type == "VARCHAR":
            return self._text(column, text)
        if column.type == "DAY_MONTH":
            return self._day(column, text)
        value = _READ[column.type](text)
        if value is None:
            raise Refused(f"{column.header} is not {_WORDS[column.type]}: {_shown(text)}")
        return value

    def _text(self, column: Column, text: str) -> str:
        if "\x00" in text:
            raise Refused(f"{column.header} holds a NUL character")
        if UNDECODED.search(text):
            raise Refused(f"{column.header} is not UTF-8 text")
        if column.pattern and not re.fullmatch(column.pattern, text, re.ASCII):
            raise Refused(f"{column.header} is not as the network writes it: {_shown(text)}{_why(text)}")
        if self.repairs and (fixed := repaired(text)) != text:
            self.repaired_cells += 1
            return fixed
        return text

    def _day(self, column: Column, text: str) -> date:
        """`dd.mm`; a spreadsheet that took it for a number cut the last zero of `.10`."""
        found = _DAY_MONTH.fullmatch(text)
        if found is None or self.year is None:
            raise Refused(f"{column.header} is not a day as dd.mm: {_shown(text)}")
        day, month = found.groups()
        if len(month) == 1:
            if month != "1":
                raise Refused(f"{column.header} is not a day as dd.mm: {_shown(text)}")
            month = "10"
            self.shortened_months += 1
        try:
            return date(self.year, int(month), int(day))
        except ValueError as error:
            raise Refused(f"{column.header} is no day of {self.year}: {_shown(text)}") from error


def _whole(text: str) -> int | None:
    if len(text) < 19 and text.isascii() and text.isdigit():
        return int(text)
    if not _WHOLE.fullmatch(text):
        return None
    value = int(text.partition(".")[0])
    return value if -_MOST <= value <= _MOST else None


def _count(text: str) -> int | None:
    value = _whole(text)
    return value if value is not None and value >= 0 else None


def _boolean(text: str) -> bool | None:
    return _BOOLEANS.get(text.lower())


def _moment(text: str) -> datetime | None:
    """A time without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment if moment.year >= _EARLIEST_YEAR else None


_READ: dict[str, Callable[[str], Value]] = {
    "BIGINT": _whole,
    "COUNT": _count,
    "BOOLEAN": _boolean,
    "TIMESTAMPTZ": _moment,
}
_WORDS = {
    "BIGINT": "a whole number",
    "COUNT": "a count",
    "BOOLEAN": "yes or no (1 or 0)",
    "TIMESTAMPTZ": "a date with a time",
}


def _why(text: str) -> str:
    """A spreadsheet that takes text for a formula leaves such as `#NAME?` of it."""
    return " (a spreadsheet destroyed it)" if text.startswith("#") and text[-1] in "?!" else ""


def _shown(text: str) -> str:
    """A value in a reason, short enough to read."""
    return repr(text if len(text) <= 60 else text[:59] + "…")
