"""All tables of `raw`, so that dbt finds each of them even where nothing was ever loaded."""

from clientnest.database import system_connection
from ingestion import files, raw
from ingestion.load.contracts import table
from ingestion.load.sources import sources
from platforms import PLATFORMS


def all_tables() -> list[raw.Table]:
    """Of every network's resources and what they lack, and of every export."""
    of_networks = [table(platform, source) for platform in PLATFORMS.values() for source in sources(platform)]
    return [*of_networks, raw.ABSENCES, *(report.table for report in files.REPORTS)]


def ensure_raw_tables() -> None:
    """Make what lacks; safe to repeat."""
    with system_connection() as connection:
        for one in all_tables():
            raw.ensure_table(connection, one)
