"""Visits and conversions of the brands' own sites: by signed calls, from payment services, from files."""

from ingestion.conversions.files import import_file
from ingestion.conversions.keeping import Answer
from ingestion.conversions.receiving import receive
from ingestion.conversions.sources import Opened, add, change, listed, rotate

__all__ = ["Answer", "Opened", "add", "change", "import_file", "listed", "receive", "rotate"]
