"""Marts as files for other tools."""
