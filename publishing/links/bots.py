"""Who follows a link and is no person: programs that name themselves, and browsers that fetch ahead.

`bots.csv` is the kept list: a fragment of the user agent (regardless of case), what it is called here, where it is
documented and when that was looked up. Fragments are told in order; the first that fits gives the name.
"""

import csv
import functools
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

_LIST = Path(__file__).with_name("bots.csv")
# Headers by which browsers and crawlers say that nobody is looking yet.
_AHEAD = {
    "purpose": ("prefetch", "preview"),
    "sec-purpose": ("prefetch", "prerender"),
    "x-purpose": ("prefetch", "preview"),
    "x-moz": ("prefetch",),
}


class Bot(NamedTuple):
    fragment: str
    name: str
    source: str
    as_of: date


@functools.cache
def known() -> tuple[Bot, ...]:
    """The kept list, fragments in small letters."""
    with _LIST.open(encoding="utf-8", newline="") as file:
        return tuple(
            Bot(row["fragment"].lower(), row["name"], row["source"], date.fromisoformat(row["as_of"]))
            for row in csv.DictReader(file)
        )


def bot(headers: Mapping[str, str]) -> str | None:
    """What the caller is known by; None is a person as far as anybody can tell. Names of `headers` are small."""
    for header, words in _AHEAD.items():
        if any(word in headers.get(header, "").lower() for word in words):
            return "prefetch"
    agent = headers.get("user-agent", "").lower()
    if not agent:
        return "unnamed"
    return next((found.name for found in known() if found.fragment in agent), None)
