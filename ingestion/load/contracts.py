"""A resource's contract as a table of `raw`, and as the DuckDB query that pages are read with."""

from ingestion.load.sources import Source
from ingestion.raw import Column, Table
from platforms.platform import Contract, Field, Platform

# Resources whose `external_id` is a post's.
_ABOUT_POSTS = ("posts", "post_metrics", "stories")
_POSTGRES = {
    "VARCHAR": "text",
    "BIGINT": "bigint",
    "DOUBLE": "double precision",
    "BOOLEAN": "boolean",
    "TIMESTAMPTZ": "timestamptz",
    "EPOCH_S": "timestamptz",
    "EPOCH_MS": "timestamptz",
    "DATE": "date",
    "JSON": "jsonb",
}
# How a value that stands in `{0}` as text becomes the type, and text again; NULL where it is not of the type.
# DuckDB rounds 12.7 to a whole number without a word, so whole numbers go through an exact decimal.
_TYPED = {
    "VARCHAR": "case when contains({0}, chr(0)) or {1} in ('OBJECT', 'ARRAY') then null else {0} end",
    "BIGINT": "case when try_cast({0} as decimal(38, 10)) % 1 = 0 then "
    "try_cast(try_cast({0} as decimal(38, 10)) as bigint) end",
    "DOUBLE": "try_cast({0} as double)",
    "BOOLEAN": "try_cast({0} as boolean)",
    "TIMESTAMPTZ": "try_cast({0} as timestamptz)",
    "EPOCH_S": "try(to_timestamp(try_cast({0} as bigint)))",
    "EPOCH_MS": "try(to_timestamp(try_cast({0} as bigint) / 1000))",
    "DATE": "try_cast({0} as date)",
    "JSON": "case when contains({0}, '\\u0000') then null else {0} end",
}
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


def table(platform: Platform, source: Source) -> Table:
    """Where the records of a source land."""
    contract = source.contract
    required = {field.name for field in contract.fields if field.required}
    return Table(
        name=f"{platform.name}_{source.table}",
        columns=tuple(Column(field.name, _POSTGRES[field.type]) for field in contract.fields),
        key=tuple(name for name in contract.key if name in required),
        nullable_key=tuple(name for name in contract.key if name not in required),
        about_posts=source.resource in _ABOUT_POSTS,
    )


def records_query(contract: Contract) -> str:
    """Over `opened (page, observed_at, context, records)`: one row per record, all values as text.

    Columns: the fields, then observed_at, page, position, record, row_hash, and `fault` (empty for a good one).
    """
    found = ", ".join(f"{_value(field)} as found_{n}" for n, field in enumerate(contract.fields))
    kinds = ", ".join(f"{_kind(field)} as kind_{n}" for n, field in enumerate(contract.fields))
    typed = ", ".join(
        f"cast({_TYPED[field.type].format(f'found_{n}', f'kind_{n}')} as varchar) as typed_{n}"
        for n, field in enumerate(contract.fields)
    )
    faults = ", ".join(fault for n, field in enumerate(contract.fields) for fault in _faults(n, field))
    named = ", ".join(f'typed_{n} as "{field.name}"' for n, field in enumerate(contract.fields))
    hashed = ", ".join(f"'{field.name}=' || typed_{n}" for n, field in enumerate(contract.fields))
    return f"""
        with listed as (
            select page, observed_at, context, unnest(records) as record,
                generate_subscripts(records, 1) as position
            from opened
        ),
        valued as (select *, {found}, {kinds} from listed),
        checked as (select *, {typed} from valued)
        select {named}, cast(observed_at as varchar) as observed_at, page, position,
            cast(record as varchar) as record,
            md5(cast(to_json(list_filter([{hashed}], lambda part: part is not null)) as varchar)) as row_hash,
            concat_ws('; ', {faults or "null"}) as fault
        from checked
    """


def _place(field: Field) -> tuple[str, str]:
    """The JSON that holds the field, and the path in it as an SQL literal."""
    holder, path = "record", field.path
    if path.startswith("context."):
        holder, path = "context", "$." + path.removeprefix("context.")
    return holder, "'" + path.replace("'", "''") + "'"


def _value(field: Field) -> str:
    holder, path = _place(field)
    return f"json_extract_string({holder}, {path})"


def _kind(field: Field) -> str:
    holder, path = _place(field)
    return f"json_type({holder}, {path})"


def _faults(n: int, field: Field) -> list[str]:
    wrong = (
        f"case when found_{n} is not null and typed_{n} is null "
        f"then '{field.name} is not {_WORDS[field.type]}: ' || left(found_{n}, 80) end"
    )
    missing = f"case when found_{n} is null then '{field.name} is missing' end"
    return [wrong, missing] if field.required else [wrong]
