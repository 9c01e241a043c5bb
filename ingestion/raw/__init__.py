"""The schema `raw`: tables made from declared columns, appended to only where something changed.

A row is one record as observed at one moment. It is written when it differs from what was last observed before it
under the same key. So what `raw` says of any moment is what the files of the lake say of it, whatever the order in
which they came; and reading a window twice, or landing a file again, writes nothing.
"""

from ingestion.raw.absences import ABSENCES, Answers, Listing, note, note_answers
from ingestion.raw.landing import (
    append_first,
    append_news,
    begin_landing,
    gone,
    has_repeats,
    has_rows,
    is_rebuilding,
    prepare,
    stage,
    stage_lines,
    touch,
)
from ingestion.raw.quarantine import Broken, quarantine, stage_broken
from ingestion.raw.tables import LINEAGE, SCHEMA, Column, Origin, Table, ensure_table, lock

__all__ = [
    "ABSENCES",
    "LINEAGE",
    "SCHEMA",
    "Answers",
    "Broken",
    "Column",
    "Listing",
    "Origin",
    "Table",
    "append_first",
    "append_news",
    "begin_landing",
    "ensure_table",
    "gone",
    "has_repeats",
    "has_rows",
    "is_rebuilding",
    "lock",
    "note",
    "note_answers",
    "prepare",
    "quarantine",
    "stage",
    "stage_broken",
    "stage_lines",
    "touch",
]
