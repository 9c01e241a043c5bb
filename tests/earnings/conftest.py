"""A database that dbt models, with nothing of other tests in it."""

from tests.dbt.conftest import dbt

__all__ = ["dbt"]
