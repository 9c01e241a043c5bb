"""Campaigns and their posts."""
