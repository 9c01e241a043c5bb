"""Publishing, and what became of it."""
