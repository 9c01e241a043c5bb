"""LinkedIn's "little text": characters with a meaning of their own, which must be escaped.

An unescaped one cuts the post off there, and LinkedIn says nothing of it.
"""

import re

_RESERVED = re.compile(r"[\\|{}@\[\]()<>#*_~]")
_HASHTAG = re.compile(r"(?<!\w)#(\w+)")
_TEMPLATE = re.compile(r"\{hashtag\|\\?#\|([^}]*)\}")
_MENTION = re.compile(r"(?<!\\)@\[((?:[^\]\\]|\\.)*)\]\([^)]*\)")
_ESCAPED = re.compile(r"\\([\\|{}@\[\]()<>#*_~])")


def escape(text: str) -> str:
    """A plain text as LinkedIn wants it: hashtags stay hashtags, everything else says what it says."""
    written, position = [], 0
    for tag in _HASHTAG.finditer(text):
        written += [_escape(text[position : tag.start()]), rf"{{hashtag|\#|{_escape(tag[1])}}}"]
        position = tag.end()
    return "".join(written) + _escape(text[position:])


def unescape(text: str) -> str:
    """The text as people read it."""
    return _ESCAPED.sub(r"\1", _MENTION.sub(r"\1", _TEMPLATE.sub(r"#\1", text)))


def text_length(text: str) -> int:
    """The length that LinkedIn may count: which of the two texts it counts is not documented."""
    return len(escape(text))


def _escape(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)
