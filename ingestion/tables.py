"""All tables of `raw`, so that dbt finds each of them even where nothing was ever loaded."""

from ingestion import files, load
from platforms import PLATFORMS


def ensure_raw_tables() -> None:
    """Make what lacks; safe to repeat."""
    for platform in PLATFORMS.values():
        load.ensure_tables(platform)
    files.ensure_tables()
