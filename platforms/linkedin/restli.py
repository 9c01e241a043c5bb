"""Rest.li 2, as LinkedIn's addresses are written: values are percent-encoded, the signs of structures are not."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import quote

from platforms.platform import Window


def encoded(value: str) -> str:
    """A value as it stands in a path, a query or inside a structure."""
    return quote(value, safe="")


def listed(values: Sequence[str]) -> str:
    """A list of plain values: `List(a,b)`."""
    return f"List({','.join(encoded(value) for value in values)})"


def record(fields: Mapping[str, str]) -> str:
    """A structure whose values are written already: `(a:1,b:(c:2))`."""
    return f"({','.join(f'{name}:{value}' for name, value in fields.items())})"


def interval(span: Window) -> str:
    """The days of a span, for `timeIntervals`: milliseconds, the end not included."""
    bounds = {"start": str(_ms(span.start)), "end": str(_ms(span.end))}
    return record({"timeRange": record(bounds), "timeGranularityType": "DAY"})


def _ms(instant: datetime) -> int:
    return int(instant.timestamp()) * 1000
