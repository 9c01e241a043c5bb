"""Alembic's door: online only, as the role that owns the schema."""

from alembic import context
from sqlalchemy import create_engine, text

from clientnest.database import sqlalchemy_url
from clientnest.models import Record

OUR_SCHEMA = "app"


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name == OUR_SCHEMA


def main() -> None:
    with create_engine(sqlalchemy_url()).begin() as connection:
        # Two starts at once: the second waits here and finds everything done.
        connection.execute(text("select pg_advisory_xact_lock(hashtext('clientnest.migrations'))"))
        connection.execute(text(f"create schema if not exists {OUR_SCHEMA}"))
        context.configure(
            connection=connection,
            target_metadata=Record.metadata,
            include_schemas=True,
            include_name=_ours,
            version_table_schema=OUR_SCHEMA,
        )
        context.run_migrations()


main()
