"""Faults that are made on purpose while posts go out, and what became of every single post."""
