"""What the marts say of one workspace, with names in the place of the ids that every workspace has of its own."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from clientnest.database import libpq_url

# What says which load brought something, when, or how the last ones went: it differs by how things arrived.
OF_LOADS = frozenset(
    (
        *("modelled_at", "lake_path", "load_id", "confirmed_at", "last_success_at", "next_expected_at"),
        *("last_status", "written", "quarantined"),
    )
)
# What is said of a connection is of now, and of no moment before.
OF_NOW = {"accounts": frozenset(("status",))}
Marts = dict[str, list[str]]


@dataclass(slots=True)
class Place:
    """A workspace, its owner and its accounts by network."""

    workspace_id: UUID
    user_id: UUID
    accounts: dict[str, UUID] = field(default_factory=dict)

    def connect(self, platform: str, external_id: str) -> UUID:
        """An account as consent leaves it, but for its token."""
        made = uuid4()
        with psycopg.connect(libpq_url()) as connection:
            connection.execute(
                "insert into app.accounts (id, workspace_id, platform, external_id, name, source, status)"
                " values (%s, %s, %s, %s, 'Nordlys', 'api', 'connected')",
                [made, self.workspace_id, platform, external_id],
            )
        self.accounts[platform] = made
        return made


def new_place(platforms: Iterable[str] = ()) -> Place:
    """A workspace that nobody else knows, with an account on each network."""
    made, organization = Place(uuid4(), uuid4()), uuid4()
    with psycopg.connect(libpq_url()) as connection:
        connection.execute("insert into app.organizations (id, name) values (%s, 'Agency')", [organization])
        connection.execute(
            "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Owner', 'no sign-in')",
            [made.user_id, f"{made.user_id}@example.com"],
        )
        connection.execute(
            "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Brand', 'UTC')",
            [made.workspace_id, organization],
        )
        connection.execute(
            "insert into app.memberships (id, workspace_id, user_id, role) values (%s, %s, %s, 'owner')",
            [uuid4(), made.workspace_id, made.user_id],
        )
    for platform in platforms:
        made.connect(platform, f"{platform} {made.workspace_id}")
    return made


def rows(query: str, *values: object, settings: dict[str, str] | None = None, role: str | None = None) -> list[Any]:
    """Rows as dicts; `settings` of the transaction, such as the moment that is asked about, and a role to ask as."""
    with psycopg.connect(libpq_url(), row_factory=dict_row) as connection:
        for name, value in (settings or {}).items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        if role:
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        return connection.execute(query.encode(), values).fetchall()


def marts_of(
    place: Place,
    schema: str = "marts",
    settings: dict[str, str] | None = None,
    wanted: Collection[str] | None = None,
) -> Marts:
    """Every row of the wanted marts, or of all, that is the workspace's, as sorted JSON.

    Without what is of loads, and of now.
    """
    tables = rows(
        "select table_name, array_agg(column_name::text order by column_name) as columns"
        " from information_schema.columns where table_schema = %s group by table_name order by table_name",
        schema,
    )
    names = _names(place)
    found: Marts = {}
    asking = {"nest.workspace_id": str(place.workspace_id), **(settings or {})}
    for table in tables:
        if "workspace_id" not in table["columns"] or (wanted is not None and table["table_name"] not in wanted):
            continue
        columns = sorted(set(table["columns"]) - OF_LOADS - OF_NOW.get(table["table_name"], frozenset()))
        query = f'select {", ".join(columns)} from {schema}."{table["table_name"]}" where workspace_id = %s'
        role = "nest_app" if schema == "known" else None
        found[table["table_name"]] = sorted(
            _named(row, names) for row in rows(query, place.workspace_id, settings=asking, role=role)
        )
    return found


def differences(first: Marts, second: Marts) -> list[str]:
    """What one has and the other lacks, row by row."""
    found = []
    for table in sorted({*first, *second}):
        ours, theirs = first.get(table, []), second.get(table, [])
        found += [f"{table} only by parts: {row}" for row in _without(ours, theirs)]
        found += [f"{table} not by parts: {row}" for row in _without(theirs, ours)]
    return found


def _without(some: Sequence[str], others: Sequence[str]) -> list[str]:
    return list((Counter(some) - Counter(others)).elements())


def _names(place: Place) -> dict[str, str]:
    """Names for the ids of a workspace, its accounts and its posts."""
    found = {str(place.workspace_id): "workspace"}
    found |= {str(account_id): platform for platform, account_id in place.accounts.items()}
    for platform, account_id in place.accounts.items():
        found[f"{platform} {place.workspace_id}"] = f"the account at {platform}"
        for (external_id,) in _posts(account_id):
            key = hashlib.md5(f"{account_id}/{external_id}".encode(), usedforsecurity=False).hexdigest()
            found[key] = f"{platform} {external_id}"
    return found


def _posts(account_id: UUID) -> list[tuple[str]]:
    with psycopg.connect(libpq_url()) as connection:
        query = "select external_id from raw.touched where account_id = %s"
        return connection.execute(query, [account_id]).fetchall()


def _named(row: dict[str, Any], names: dict[str, str]) -> str:
    text = {name: names.get(str(value), value) for name, value in row.items()}
    return json.dumps(text, default=str, sort_keys=True)
