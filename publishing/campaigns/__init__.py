"""Campaigns: posts that belong together, with what may be spent on them."""

from publishing.campaigns.service import Plan, add, attach, change, find, listed, read, remove

__all__ = ["Plan", "add", "attach", "change", "find", "listed", "read", "remove"]
