"""Nest Sans: Inter cut to what pages and reports use, with digits of one width. Made by `make.py`."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
FAMILY = "Nest Sans"
