"""How X counts the length of a text: weighted, with every address as 23 and every emoji as 2.

The weights are those of X's published configuration, version 3. X knows an address without `https://` by a
list of all top-level domains; here the common ones and all of two letters stand for it.
"""

import re
import unicodedata

MAXIMUM = 280
_URL_WEIGHT = 23
_EMOJI_WEIGHT = 2
# Code points that weigh one; every other weighs two.
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

_WORD = r"[^\W_]"
_LABEL = rf"{_WORD}(?:[\w-]{{0,61}}{_WORD})?"
_COMMON = "com|net|org|edu|gov|info|biz|app|dev|shop|store|blog|news|online|site|link|page|coffee|social|agency"
_PATH = r"(?::\d+)?(?:/[\w\-.~:/?#\[\]@!$&'()*+,;=%]*[\w/=&#~+\-])?/?(?:\?[\w\-.~:/?&=%+#]*[\w=&/#])?"
_URL = re.compile(
    rf"(?<![a-z0-9_@#$.\-/])(?:"
    rf"https?://(?P<host>(?:{_LABEL}\.)+(?:xn--[a-z0-9]+|[^\W\d_]{{2,}}))"
    rf"|(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.)+(?:{_COMMON}|[a-z]{{2}}))"
    rf"(?![\w@]|\.{_WORD}){_PATH}",
    re.IGNORECASE,
)

_PICTURE = (
    "[\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
_ONE = rf"{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
_EMOJI = re.compile(
    "[#*0-9]\ufe0f?\u20e3"
    "|[\u00a9\u00ae]\ufe0f"
    "|[\U0001f1e6-\U0001f1ff]{2}"
    "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    rf"|{_ONE}(?:\u200d{_ONE})*"
)


def text_length(text: str) -> int:
    """The weighted length of a post's text; X takes up to 280."""
    total, position = 0, 0
    composed = unicodedata.normalize("NFC", text)
    for address in filter(_is_address, _URL.finditer(composed)):
        total += _weight(composed[position : address.start()]) + _URL_WEIGHT
        position = address.end()
    return total + _weight(composed[position:])


def has_url(text: str) -> bool:
    """Whether X sees an address in a text; such a post costs more."""
    return any(map(_is_address, _URL.finditer(unicodedata.normalize("NFC", text))))


def _is_address(found: re.Match[str]) -> bool:
    """Whether every label of the host fits into the 63 bytes that a domain name's label may have."""
    labels = (found["host"] or "").split(".")
    return all(label.isascii() or len(b"xn--" + label.encode("punycode")) <= 63 for label in labels)


def _weight(text: str) -> int:
    rest, emojis = _EMOJI.subn("", text)
    return emojis * _EMOJI_WEIGHT + sum(1 if _is_light(ord(character)) else 2 for character in rest)


def _is_light(point: int) -> bool:
    return any(first <= point <= last for first, last in _LIGHT)
