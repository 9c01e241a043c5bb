"""Bluesky's texts: counted in what people see as one sign, and marked up beside the text, by bytes."""

import re
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any

MAXIMUM = 300

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}'’”]")
_TAG = re.compile(r"(?<![\w#])#([^\s\d#.,;:!?()\[\]{}][^\s#.,;:!?()\[\]{}]{0,63})")
_MENTION = re.compile(r"(?<![\w@])@([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9-]+)+)")

_JOINER = "\u200d"


def text_length(text: str) -> int:
    """In graphemes (UAX 29): marks, joined emoji, skin tones and flags count with the sign before them."""
    count, joined, flags = 0, False, 0
    for sign in unicodedata.normalize("NFC", text).replace("\r\n", "\n"):
        is_flag = "\U0001f1e6" <= sign <= "\U0001f1ff"
        flags = flags + 1 if is_flag else 0
        extends = unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Mc") or sign == _JOINER
        tone = "\U0001f3fb" <= sign <= "\U0001f3ff"
        if not (extends or tone or joined or (is_flag and flags % 2 == 0)):
            count += 1
        joined = sign == _JOINER
    return count


async def facets(text: str, did_of: Callable[[str], Awaitable[str | None]]) -> list[dict[str, Any]]:
    """Links, hashtags and mentions of a text with the bytes that they cover.

    `did_of` finds the identity behind a handle; a handle of nobody stays plain text.
    """
    found: list[tuple[int, int, dict[str, Any]]] = []
    for link in _LINK.finditer(text):
        found.append((*link.span(), {"$type": "app.bsky.richtext.facet#link", "uri": link.group()}))
    for tag in _TAG.finditer(text):
        found.append((*tag.span(), {"$type": "app.bsky.richtext.facet#tag", "tag": tag.group(1)}))
    for mention in _MENTION.finditer(text):
        did = await did_of(mention.group(1))
        if did is not None:
            found.append((*mention.span(), {"$type": "app.bsky.richtext.facet#mention", "did": did}))
    return [
        {"index": {"byteStart": _bytes(text[:start]), "byteEnd": _bytes(text[:end])}, "features": [feature]}
        for start, end, feature in sorted(found, key=lambda one: one[:2])
        if not _within_link(start, feature, found)
    ]


def _within_link(start: int, feature: dict[str, Any], found: list[tuple[int, int, dict[str, Any]]]) -> bool:
    """Whether a hashtag or mention is only part of an address."""
    return not feature["$type"].endswith("#link") and any(
        first <= start < last for first, last, other in found if other["$type"].endswith("#link")
    )


def _bytes(text: str) -> int:
    return len(text.encode())
