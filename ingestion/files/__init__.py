"""Exports that people download: recognised by their header, loaded through the same lake and quarantine."""

from ingestion.files.importing import BrokenLine, ImportResult, import_file, land_again, preview
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
    "import_file",
    "land_again",
    "preview",
    "recognise",
]
