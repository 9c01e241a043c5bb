"""What reading an account costs, what its network withholds, and when its connection ends."""

from ingestion.usage.service import Usage, usage

__all__ = ["Usage", "usage"]
