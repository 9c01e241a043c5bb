"""What one euro was worth in other currencies, day by day, as the European Central Bank published it."""

from ingestion.rates.importing import Imported, import_file

__all__ = ["Imported", "import_file"]
