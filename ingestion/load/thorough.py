"""The thorough reading of a page: DuckDB lists the records as the contract says, and says what is wrong with each."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self

from ingestion.load.contracts import context_key, list_names, names_of, ordered
from platforms.platform import Contract, Field, Page

# Nothing is ever fetched from outside; a load stays a small neighbour of the other processes.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": 1,
    "memory_limit": "512MB",
}
_OPENED = """
    create or replace table opened as
    select page, context, try({records}) as records
    from (
        select page, cast(context as json) as context, try(cast(body as json)) as body
        from (values {pages}) as received (page, body, context)
    )
"""
# Over `opened`: one row per record, all values as text.
_RECORDS = """
    with listed as (
        select page, context, unnest(records) as record, generate_subscripts(records, 1) as position from opened
    ),
    valued as (select *, {found}, {kinds} from listed),
    checked as (select *, {typed} from valued)
    select page, position, cast(record as varchar), concat_ws('; ', {faults}), {named}
    from checked order by page, position
"""
# How a value that stands in `{0}` as text becomes the type, and text again; NULL where it is not of the type.
# DuckDB rounds 12.7 to a whole number without a word, so whole numbers go through an exact decimal, and it cuts what
# is finer than a microsecond.
_WHOLE = (
    "case when try_cast({0} as decimal(38, 10)) % 1 = 0 then try_cast(try_cast({0} as decimal(38, 10)) as bigint) end"
)
_TYPED = {
    "VARCHAR": "case when contains({0}, chr(0)) or {1} in ('OBJECT', 'ARRAY') then null else {0} end",
    "BIGINT": _WHOLE,
    "DOUBLE": "case when isfinite(try_cast({0} as double)) then try_cast({0} as double) end",
    "BOOLEAN": "try_cast({0} as boolean)",
    "TIMESTAMPTZ": "try_cast(upper({0}) as timestamptz) + to_microseconds("
    "regexp_matches({0}, '\\.\\d{{6}}[5-9]')::int)",
    "EPOCH_S": f"try(to_timestamp({_WHOLE}))",
    "EPOCH_MS": f"try(epoch_ms({_WHOLE}))::timestamptz",
    "DATE": "try_cast({0} as date)",
    "JSON": "case when contains({0}, '\\u0000') then null else {0} end",
}
# Whose years Python and PostgreSQL both know.
_TIMES = ("TIMESTAMPTZ", "EPOCH_S", "EPOCH_MS", "DATE")
_WORDS = {
    "VARCHAR": "plain text",
    "BIGINT": "a whole number",
    "DOUBLE": "a number",
    "BOOLEAN": "true or false",
    "TIMESTAMPTZ": "a time",
    "EPOCH_S": "a time in seconds",
    "EPOCH_MS": "a time in milliseconds",
    "DATE": "a day",
    "JSON": "storable JSON",
}
_PYTHON: dict[str, Callable[[str], Any]] = {
    "VARCHAR": str,
    "BIGINT": int,
    "DOUBLE": float,
    "BOOLEAN": lambda text: text == "true",
    **dict.fromkeys(("TIMESTAMPTZ", "EPOCH_S", "EPOCH_MS"), lambda text: datetime.fromisoformat(text).astimezone(UTC)),
    "DATE": date.fromisoformat,
    "JSON": str,
}
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """A record: where it stands on its page (from 1), its values in the order of the fields, and what is wrong."""

    position: int
    values: tuple[Any, ...]
    fault: str
    record: str


class Thorough:
    """Reads pages of one contract; a context manager that holds a DuckDB in memory from the first page on."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._fields = ordered(contract)
        self._query = _query(self._fields)
        self._duckdb: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._duckdb is not None:
            self._duckdb.close()

    def read(self, pages: Mapping[int, Page]) -> Iterator[tuple[int, Found]]:
        """The records of pages by their number; a page of a shape that the contract cannot read is in `unreadable`."""
        if self._duckdb is None:
            self._duckdb = self._connected()
        values = ", ".join(
            f"({n}, {_quoted(p.body.decode())}, {_quoted(json.dumps(p.context))})" for n, p in pages.items()
        )
        self._duckdb.execute(_OPENED.format(records=_guarded(self._contract), pages=values))
        cursor = self._duckdb.cursor().execute(self._query)
        while rows := cursor.fetchmany(_BATCH):
            for page, position, record, fault, *texts in rows:
                typed = () if fault else tuple(map(_python, self._fields, texts))
                yield page, Found(position, typed, fault, record)

    def unreadable(self) -> set[int]:
        """The pages of the last reading whose records could not be listed."""
        return {page for (page,) in self._duckdb.execute("select page from opened where records is null").fetchall()}

    def _connected(self) -> Any:
        import duckdb

        connection = duckdb.connect(config=_CONFIG)
        connection.execute("set TimeZone = 'UTC'")
        return connection


def _query(fields: Sequence[Field]) -> str:
    typed = [f"cast({_typed(field, n)} as varchar) as typed_{n}" for n, field in enumerate(fields)]
    faults = [fault for n, field in enumerate(fields) for fault in _faults(n, field)]
    holders = dict.fromkeys(holder for field in fields for holder in _holders(field))
    return _RECORDS.format(
        found=", ".join(f"{_value(field)} as found_{n}" for n, field in enumerate(fields)),
        kinds=", ".join(f"{_kind(field)} as kind_{n}" for n, field in enumerate(fields)),
        typed=", ".join(typed),
        faults=", ".join([*map(_fault_of_holder, holders), *faults]),
        named=", ".join(f"typed_{n}" for n, _ in enumerate(fields)),
    )


def _guarded(contract: Contract) -> str:
    """What lists the records; NULL where what should be the list is something else."""
    names = list_names(contract)
    if not names:
        return contract.records
    kind = f"json_type(body, '$.{'.'.join(names)}')"
    return f"case when coalesce({kind}, 'NULL') in ('ARRAY', 'NULL') then {contract.records} end"


def _typed(field: Field, n: int) -> str:
    typed = _TYPED[field.type].format(f"found_{n}", f"kind_{n}")
    return (
        f"case when {typed} >= '0001-01-01' and {typed} < '10000-01-01' then {typed} end"
        if field.type in _TIMES
        else typed
    )


def _place(field: Field) -> tuple[str, str]:
    """The JSON that holds the field, and the path in it as an SQL literal."""
    key = context_key(field)
    return ("record", _quoted(field.path)) if key is None else ("context", _quoted(f"$.{key}"))


def _value(field: Field) -> str:
    holder, path = _place(field)
    if field.type == "JSON":
        return f"nullif(cast(json_extract({holder}, {path}) as varchar), 'null')"
    return f"json_extract_string({holder}, {path})"


def _kind(field: Field) -> str:
    holder, path = _place(field)
    return f"json_type({holder}, {path})"


def _holders(field: Field) -> list[str]:
    """What must be objects for the field to be found: `counts` and `counts.of` for `$.counts.of.likes`."""
    names = names_of(field) or ()
    return [".".join(names[:depth]) for depth in range(1, len(names))]


def _fault_of_holder(path: str) -> str:
    """An empty list is what some networks say for an object that holds nothing."""
    text = f"cast(json_extract(record, '$.{path}') as varchar)"
    return (
        f"case when json_type(record, '$.{path}') not in ('OBJECT', 'NULL') and {text} <> '[]' "
        f"then '{path} is not an object: ' || left({text}, 80) end"
    )


def _faults(n: int, field: Field) -> list[str]:
    wrong = (
        f"case when found_{n} is not null and typed_{n} is null "
        f"then '{field.name} is not {_WORDS[field.type]}: ' || left(found_{n}, 80) end"
    )
    missing = f"case when found_{n} is null then '{field.name} is missing' end"
    return [wrong, missing] if field.required else [wrong]


def _python(field: Field, text: str | None) -> Any:
    return None if text is None else _PYTHON[field.type](text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
