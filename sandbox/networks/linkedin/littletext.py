"""LinkedIn's little text: the commentary of a post, in which reserved characters are escaped.

An unescaped reserved character ends the text without a word of complaint.
"""

from __future__ import annotations

import re

_RESERVED = r"\\|{}@\[\]()<>#*_~"
_TOKEN = re.compile(
    rf"\\(?P<escaped>[{_RESERVED}])"
    r"|\{hashtag\|(?:\\?#)\|(?P<template>[^{}|]+)\}"
    r"|@\[(?P<mention>[^\]]+)\]\(urn:li:(?:organization|person|organizationBrand):[^)]+\)"
    r"|(?P<tag>#[^\W_]+)"
    rf"|(?P<plain>[^{_RESERVED}]+)"
)


def read(commentary: str) -> str:
    """What LinkedIn shows of a commentary: everything up to the first reserved character left unescaped."""
    shown, cursor = "", 0
    while match := _TOKEN.match(commentary, cursor):
        cursor = match.end()
        template = match["template"]
        if template is not None:
            shown += "#" + re.sub(r"\\(.)", r"\1", template)
        else:
            shown += match["escaped"] or match["mention"] or match["tag"] or match["plain"] or ""
    return shown


def write(text: str) -> str:
    """A text as the commentary of an answer: reserved characters escaped, hashtags left as they are."""
    return re.sub(rf"(?P<tag>#\w+)|(?P<reserved>[{_RESERVED}])", _escape, text)


def _escape(match: re.Match[str]) -> str:
    if match["tag"]:
        return match["tag"].replace("_", r"\_")
    return "\\" + match["reserved"]
