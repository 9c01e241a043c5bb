"""Every network has a page in docs, and what was never seen live stands on one list.

`python -m tests.platforms.test_pages` writes the list.
"""

import re
from pathlib import Path

import pytest

from platforms import PLATFORMS
from platforms.platform import Platform

DOCS = Path(__file__).parents[2] / "docs"
LIST = DOCS / "unverified.md"
_SECTION = "Not verified against the live network"
_HEAD = f"""# What could not be verified against a live network

Nothing here was ever called at a network itself: it follows published documents and what others report. Gathered from
the sections "{_SECTION}" of the pages in `platforms/` by `python -m tests.platforms.test_pages`.
"""


def _page(sheet: Platform) -> str:
    return (DOCS / "platforms" / f"{sheet.name}.md").read_text()


def _unverified(sheet: Platform) -> str:
    found = re.search(rf"^## {_SECTION}\n+(.*?)(?=^## |\Z)", _page(sheet), re.MULTILINE | re.DOTALL)
    assert found is not None, sheet.name
    return found.group(1).strip()


def _list() -> str:
    sections = [f"## {sheet.title}\n\n{_unverified(sheet)}\n" for sheet in PLATFORMS.values()]
    return "\n".join([_HEAD, *sections])


def test_the_list_is_that_of_the_pages() -> None:
    assert LIST.read_text() == _list()


@pytest.mark.parametrize("sheet", PLATFORMS.values(), ids=lambda sheet: sheet.name)
def test_a_page_names_the_settings_and_every_scope(sheet: Platform) -> None:
    page = _page(sheet)
    assert f"NEST_PLATFORMS__{sheet.name.upper()}__CLIENT_ID" in page
    missing = [
        scope
        for way in sheet.ways
        for scope in way.scopes
        if scope.removeprefix("https://www.googleapis.com/auth/") not in page
    ]
    assert missing == []


if __name__ == "__main__":
    LIST.write_text(_list())
