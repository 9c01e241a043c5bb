"""The weighted length of a text as X counts it (twitter-text configuration 3)."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 280
_URL_WEIGHT = 23
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_END = r"\s\u202a-\u202e\u2066-\u2069"
_HOST = rf"(?P<host>[^{_END}/?#.]+(?:\.[^{_END}/?#.]+)+)"
_URL = re.compile(rf"(?:https?://|\bwww\.){_HOST}(?:[/?#][^{_END}]*)?", re.IGNORECASE)
_LONGEST_LABEL = 63
_TRAILING = ".,;:!?)\"'»”’]}"
_PICTURE = (
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff\u25a0-\u25ff"
    "\u2934\u2935\u3030\u303d\u3297\u3299\u00a9\u00ae\u203c\u2049\u2122\u2139\u24c2]"
)
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    "|\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f"
    f"|{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d{_PICTURE}[\ufe0f\U0001f3fb-\U0001f3ff]*)*"
)
# Pictures that are plain characters unless a variation selector follows.
_TEXTUAL = re.compile("[\u2190-\u21ff\u2300-\u23ff\u25a0-\u25ff\u00a9\u00ae\u203c\u2049\u2122\u2139\u24c2]")


def urls(text: str) -> list[tuple[int, int]]:
    """Where the addresses of a text stand, as (start, end)."""
    found = []
    for match in _URL.finditer(text):
        if any(len(_ascii(label)) > _LONGEST_LABEL for label in match["host"].split(".")):
            continue
        kept = match.group().rstrip(_TRAILING)
        found.append((match.start(), match.start() + len(kept)))
    return found


def _ascii(label: str) -> str:
    """A label of a host as the name system carries it."""
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def weighted_length(text: str) -> int:
    """How much of the 280 a text takes: an address 23, an emoji sequence 2, most of Asia's letters 2."""
    text = unicodedata.normalize("NFC", text)
    total, cursor = 0, 0
    for start, end in [*urls(text), (len(text), len(text))]:
        total += _plain(text[cursor:start]) + (_URL_WEIGHT if end > start else 0)
        cursor = end
    return total


def _plain(text: str) -> int:
    """The weight of a text without addresses."""
    total, cursor = 0, 0
    for match in _EMOJI.finditer(text):
        alone = match.group()
        if len(alone) == 1 and _TEXTUAL.match(alone):
            continue
        total += sum(_weight(char) for char in text[cursor : match.start()]) + 2
        cursor = match.end()
    return total + sum(_weight(char) for char in text[cursor:])


def _weight(char: str) -> int:
    point = ord(char)
    return 1 if any(low <= point <= high for low, high in _LIGHT) else 2
