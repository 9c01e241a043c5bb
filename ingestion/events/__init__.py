"""What networks tell by themselves: asked for, verified, kept once each, and heeded."""

from ingestion.events.receiving import answer, receive
from ingestion.events.subscribing import Kept, due_since, keep_up

__all__ = ["Kept", "answer", "due_since", "keep_up", "receive"]
