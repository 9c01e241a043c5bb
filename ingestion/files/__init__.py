"""Exports that people download: recognised by their header, loaded through the same lake and quarantine."""

from ingestion.files.importing import BrokenLine, ImportResult, ensure_tables, import_file, preview
from ingestion.files.recognising import Recognised, recognise
from ingestion.files.report import Column, Report
from ingestion.files.reports import REPORTS

__all__ = [
    "REPORTS",
    "BrokenLine",
    "Column",
    "ImportResult",
    "Recognised",
    "Report",
    "ensure_tables",
    "import_file",
    "preview",
    "recognise",
]
