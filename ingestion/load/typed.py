"""The quick reading of a page: straight into types made from the contract.

It reads only pages that are good throughout, of contracts that say where each value stands by names alone. Of what it
reads it makes the same rows as the thorough reading; everything else it leaves to that.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from ingestion.load.contracts import context_key, list_names, names_of, ordered
from platforms.platform import Contract, Field, Page

_BIGINT = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_TIME = Annotated[datetime, msgspec.Meta(tz=True)]
_TYPES: dict[str, Any] = {
    "VARCHAR": str,
    "BIGINT": _BIGINT,
    "DOUBLE": float,
    "BOOLEAN": bool,
    "TIMESTAMPTZ": _TIME,
    "EPOCH_S": _BIGINT,
    "EPOCH_MS": _BIGINT,
    "DATE": date,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# How a value of the wire's type becomes what the column holds, where it is not that already.
_MADE: dict[str, Callable[[Any], datetime]] = {
    "TIMESTAMPTZ": lambda value: value.astimezone(UTC),
    "EPOCH_S": lambda value: _EPOCH + timedelta(seconds=value),
    "EPOCH_MS": lambda value: _EPOCH + timedelta(milliseconds=value),
}
_Row = tuple[Any, ...]


class Typed:
    """Reads pages of one contract. `of` gives None where the contract asks for more than names."""

    def __init__(self, context: Sequence[Field], record: Sequence[Field], page: Any, to_list: Sequence[str]) -> None:
        self._context = [(context_key(field) or "", field) for field in context]
        self._decoder = msgspec.json.Decoder(page)
        self._listed = attrgetter(".".join(to_list)) if to_list else lambda one: (one,)
        paths = [".".join(_attribute(name) for name in names_of(field) or ()) for field in record]
        self._values: Callable[[Any], Any] = attrgetter(*paths)
        self._is_single = len(paths) == 1
        self._made = [(n, _MADE[field.type]) for n, field in enumerate(record) if field.type in _MADE]

    @classmethod
    def of(cls, contract: Contract) -> "Typed | None":
        """The reader of a contract."""
        fields, to_list = ordered(contract), list_names(contract)
        context = [field for field in fields if context_key(field) is not None]
        record = fields[len(context) :]
        if (
            to_list is None
            or not record
            or any(field.type not in _TYPES or names_of(field) is None for field in record)
            or any(field.type != "VARCHAR" for field in context)
        ):
            return None
        tree = _tree(record)
        if tree is None:
            return None
        page = _struct("Record", tree)
        for depth, name in enumerate(reversed(to_list)):
            page = _holder(name, page) if depth else _holder_of_list(name, page)
        return cls(context, record, page, [_attribute(name) for name in to_list])

    def rows(self, page: Page) -> tuple[_Row, list[_Row]] | None:
        """What the context says, and the values of each record; None where the page is not good throughout."""
        said = tuple(page.context.get(key) for key, _ in self._context)
        missing = any(value is None for value, (_, field) in zip(said, self._context, strict=True) if field.required)
        if missing or b"\\u0000" in page.body or any("\x00" in value for value in said if value):
            return None
        try:
            if not page.body.isascii():
                page.body.decode()
            values: list[_Row] = list(map(self._values, self._listed(self._decoder.decode(page.body))))
            if self._is_single:
                values = [(value,) for value in values]
            return said, self._finished(values) if self._made else values
        except (msgspec.DecodeError, UnicodeDecodeError, AttributeError, OverflowError):
            return None

    def _finished(self, rows: list[_Row]) -> list[_Row]:
        for n, make in self._made:
            for place, row in enumerate(rows):
                if (value := row[n]) is not None and not (type(value) is datetime and value.tzinfo is UTC):
                    rows[place] = (*row[:n], make(value), *row[n + 1 :])
        return rows


def _tree(record: Sequence[Field]) -> dict[str, Any] | None:
    """Fields by name, nested as in the record; None where two of them cannot be read from one type."""
    tree: dict[str, Any] = {}
    for field in record:
        *above, last = names_of(field) or ()
        at = tree
        for name in above:
            at = at.setdefault(name, {})
            if isinstance(at, Field):
                return None
        known = at.setdefault(last, field)
        if not isinstance(known, Field) or (known.type, known.required) != (field.type, field.required):
            return None
    return tree


def _struct(name: str, tree: dict[str, Any]) -> Any:
    made: list[Any] = sorted((_member(key, value) for key, value in tree.items()), key=len)
    return msgspec.defstruct(name, made, rename={_attribute(key): key for key in tree}, gc=False, frozen=True)


def _member(key: str, value: Any) -> Any:
    """As `msgspec.defstruct` takes it; what holds no required field may be absent."""
    if isinstance(value, Field):
        type_ = _TYPES[value.type]
        return (_attribute(key), type_) if value.required else (_attribute(key), type_ | None, None)
    nested = _struct(key, value)
    return (_attribute(key), nested) if _holds_required(value) else (_attribute(key), nested, nested())


def _holds_required(tree: dict[str, Any]) -> bool:
    return any(value.required if isinstance(value, Field) else _holds_required(value) for value in tree.values())


def _holder_of_list(key: str, record: Any) -> Any:
    made: Any = (_attribute(key), list[record], msgspec.field(default_factory=list))
    return msgspec.defstruct("Page", [made], rename={_attribute(key): key}, frozen=True)


def _holder(key: str, held: Any) -> Any:
    return msgspec.defstruct("Page", [(_attribute(key), held, held())], rename={_attribute(key): key}, frozen=True)


def _attribute(name: str) -> str:
    """A name of the wire as a name of Python."""
    return f"of_{name}"
