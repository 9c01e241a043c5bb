"""Which models the warehouse was made by: other ones make all of it anew, and the views of what was known."""

import hashlib

from psycopg import sql

from clientnest.database import system_connection
from orchestration.defs.dbt.project import project, sources


def fingerprint() -> str:
    """Of everything that models are made of."""
    found = hashlib.sha256()
    for path in sorted(path for path in sources() if "tests" not in path.parts):
        found.update(path.name.encode() + path.read_bytes())
    return f"models {found.hexdigest()[:32]}"


def stands() -> bool:
    """Whether the marts and the views of the past are those of the models as they are now."""
    marts = sum(1 for _ in (project().project_dir / "models" / "marts").rglob("*.sql"))
    query = """
        select obj_description(to_regnamespace('known'), 'pg_namespace'),
            (select count(*) from pg_views where schemaname = 'known')
    """
    with system_connection() as connection:
        return connection.execute(query).fetchone() == (fingerprint(), marts)


def remember() -> None:
    """From now on the marts and the views of the past are those of these models."""
    with system_connection() as connection:
        connection.execute(sql.SQL("comment on schema known is {}").format(sql.Literal(fingerprint())))
