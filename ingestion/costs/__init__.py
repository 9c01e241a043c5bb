"""What was spent: entered by people, and imported from exports of ads."""

from ingestion.costs.importing import Ask, Imported, import_file
from ingestion.costs.service import Entry, add, change, listed, read, remove

__all__ = ["Ask", "Entry", "Imported", "add", "change", "import_file", "listed", "read", "remove"]
