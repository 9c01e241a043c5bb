"""What a report is: its header, and what each column means. A new report is one new module of such data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ingestion.raw import Column as RawColumn
from ingestion.raw import Table

Type = Literal["VARCHAR", "BIGINT", "COUNT", "BOOLEAN", "TIMESTAMPTZ", "DAY_MONTH"]

_POSTGRES: dict[Type, str] = {
    "VARCHAR": "text",
    "BIGINT": "bigint",
    "COUNT": "bigint",
    "BOOLEAN": "boolean",
    "TIMESTAMPTZ": "timestamptz",
    "DAY_MONTH": "date",
}


@dataclass(frozen=True, slots=True)
class Column:
    """`header` is what the file says, `name` what we say.

    COUNT is a whole number from 0 up; DAY_MONTH is `dd.mm` of a year that the file does not name. An empty cell
    is unknown, which a `required` column does not allow. An `optional` column may be absent from the header.
    `pattern` is a regular expression that the whole cell must match.
    """

    header: str
    name: str
    type: Type = "VARCHAR"
    required: bool = False
    optional: bool = False
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """An export of a network.

    `identity` names the columns (beside the account) that say which thing a line is about; where equal lines
    stand in one file, each counts. A column named `external_id` holds the network's id of the post; without
    one, a post is known by its identity. `account` is the column that names the account; without one, the
    person names it, else it is `default_account`. `metrics` are summed up for the person.
    """

    name: str
    platform: str
    title: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    metrics: tuple[str, ...]
    default_account: str
    account: str | None = None
    # The day that a line's counters were seen; without one, they were seen when the file was imported.
    seen_on: str | None = None
    # Finds what only the file's name says, such as its region.
    region: Callable[[str], str | None] | None = None
    # Sentences that hold for every file of this report, told to the person.
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """Where its lines land. `published_at` is there in every report, NULL where it is unknown."""
        columns = {column.name: _POSTGRES[column.type] for column in self.columns if column.name != "external_id"}
        columns.setdefault("published_at", "timestamptz")
        if self.region:
            columns["region"] = "text"
        given = [RawColumn(name, type_) for name, type_ in columns.items()]
        own = [
            RawColumn("external_id", "text"),
            RawColumn("identity", "text"),
            RawColumn("ordinal", "int"),
            RawColumn("line", "bigint"),
        ]
        return Table(f"file_{self.name}", (*given, *own), key=("identity", "ordinal"), about_posts=True)

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns that the file must have."""
        return tuple(column.header for column in self.columns if not column.optional)
