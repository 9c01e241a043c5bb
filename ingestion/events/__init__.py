"""What networks tell by themselves: verified, kept once each, and heeded."""

from ingestion.events.receiving import answer, forged_status, receive

__all__ = ["answer", "forged_status", "receive"]
