"""What each network can do: the table in docs is that of the data sheets, and every gap says why.

`python -m tests.platforms.test_capabilities` writes the table.
"""

from pathlib import Path

import pytest

from platforms import PLATFORMS
from platforms.capabilities import CAPABILITIES
from platforms.platform import Platform

TABLE = Path(__file__).parents[2] / "docs" / "capabilities.md"
_HEAD = """# What each network can do

Made from the data sheets in `platforms/` by `python -m tests.platforms.test_capabilities`; a test compares.
"""


def _table() -> str:
    sheets = list(PLATFORMS.values())
    lines = [
        f"| | {' | '.join(sheet.title for sheet in sheets)} |",
        f"|---{'|---' * len(sheets)}|",
    ]
    notes: list[str] = []
    for capability in CAPABILITIES:
        cells = []
        for sheet in sheets:
            why_not = capability.why_not(sheet)
            if why_not is None:
                cells.append("yes")
            else:
                if why_not not in notes:
                    notes.append(why_not)
                cells.append(f"no ({notes.index(why_not) + 1})")
        lines.append(f"| {capability.title} | {' | '.join(cells)} |")
    reasons = [f"{number}. {note[0].upper()}{note[1:]}." for number, note in enumerate(notes, 1)]
    return "\n".join([_HEAD, *lines, "", "## Why not", "", *reasons, ""])


def test_the_table_in_docs_is_that_of_the_data_sheets() -> None:
    assert TABLE.read_text() == _table()


@pytest.mark.parametrize("sheet", PLATFORMS.values(), ids=lambda sheet: sheet.name)
def test_every_gap_says_why_and_nothing_present_is_excused(sheet: Platform) -> None:
    gaps = {capability.name for capability in CAPABILITIES if not capability.present(sheet)}
    assert gaps == set(sheet.absent)


@pytest.mark.parametrize("sheet", PLATFORMS.values(), ids=lambda sheet: sheet.name)
def test_what_a_sheet_names_hangs_together(sheet: Platform) -> None:
    assert set(sheet.link_in_text) <= set(sheet.kinds)
    assert set(sheet.prepared) <= set(sheet.kinds)
    assert set(sheet.schedules) <= set(sheet.kinds)
    granted = {scope for way in sheet.ways for scope in way.scopes}
    assert {scope for scopes in sheet.needs.values() for scope in scopes} <= granted
    assert {scope for resource in sheet.resources for scope in resource.scopes} <= granted
    for metric in sheet.metrics:
        assert metric.valid_to is None or metric.valid_from is None or metric.valid_from <= metric.valid_to


if __name__ == "__main__":
    TABLE.write_text(_table())
