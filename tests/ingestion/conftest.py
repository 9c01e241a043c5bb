"""What these tests read back from the warehouse."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

Query = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def query(database: str) -> Query:
    """Run SQL as the owner of the database."""

    def run(statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(database) as connection:
            connection.execute("set role nest_system")
            return connection.execute(statement.encode(), parameters).fetchall()

    return run
