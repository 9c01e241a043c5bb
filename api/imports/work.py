"""The import itself, for a process of its own: it imports the heavy room and nothing of HTTP."""

from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from ingestion.files import import_file


def load(workspace_id: UUID, path: Path, **options: Any) -> dict[str, Any]:
    """The fields of an `ImportResult`. Brings its own transaction as the system: members do not write raw data."""
    return asdict(import_file(workspace_id, path, **options))
