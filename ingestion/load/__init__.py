"""From a connected account to `raw`: pages as received into the lake, checked by DuckDB, appended by COPY."""

from ingestion.load.loading import load, replay
from ingestion.load.reading import ensure_tables, ingest, ingest_workspaces
from ingestion.load.result import LoadAccount, LoadResult

__all__ = ["LoadAccount", "LoadResult", "ensure_tables", "ingest", "ingest_workspaces", "load", "replay"]
