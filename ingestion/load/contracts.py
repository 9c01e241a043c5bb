"""A resource's contract: as a table of `raw`, as the columns that a batch brings, and where its fields stand."""

import re

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
_CONTEXT = "context."
# Paths that are nothing but names: `$.snippet.title`, and a whole list `$.data[*]`.
_NAMES = re.compile(r"\$((?:\.[A-Za-z_]\w*)+)")
_LIST = re.compile(r"json_extract\(body, '\$((?:\.[A-Za-z_]\w*)+)\[\*\]'\)")
_BODY = "[body]"


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


def ordered(contract: Contract) -> tuple[Field, ...]:
    """The fields as a row has them: first what the page's context says, which is the same for all its records."""
    return tuple(sorted(contract.fields, key=lambda field: context_key(field) is None))


def context_key(field: Field) -> str | None:
    """What the field is called in the page's context; None where it stands in the record."""
    return field.path.removeprefix(_CONTEXT) if field.path.startswith(_CONTEXT) else None


def names_of(field: Field) -> tuple[str, ...] | None:
    """The names that lead to a field within the record; None where its path is more than names."""
    found = _NAMES.fullmatch(field.path)
    return tuple(found[1].split(".")[1:]) if found else None


def list_names(contract: Contract) -> tuple[str, ...] | None:
    """The names that lead to the list of records; () where the page is the record; None where records are made up."""
    if contract.records.strip() == _BODY:
        return ()
    found = _LIST.fullmatch(contract.records.strip())
    return tuple(found[1].split(".")[1:]) if found else None
