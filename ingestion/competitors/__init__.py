"""Accounts of other people whose public figures a workspace follows."""

from ingestion.competitors.service import add, listed, remove

__all__ = ["add", "listed", "remove"]
