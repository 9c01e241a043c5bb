"""From a connected account to `raw`: pages as received into the lake, checked by DuckDB, appended by COPY."""

from ingestion.load.kept import land_again, replay
from ingestion.load.loading import load
from ingestion.load.reading import ensure_tables, ingest, ingest_workspaces
from ingestion.load.result import LoadAccount, LoadResult
from ingestion.load.sources import Source, of_resource, sources

__all__ = [
    "LoadAccount",
    "LoadResult",
    "Source",
    "ensure_tables",
    "ingest",
    "ingest_workspaces",
    "land_again",
    "load",
    "of_resource",
    "replay",
    "sources",
]
