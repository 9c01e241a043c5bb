"""The search language: words, phrases, operators, `OR`, parentheses and a leading minus."""

from __future__ import annotations

import re
from collections.abc import Callable

from sandbox.networks.x.errors import Problem, invalid
from sandbox.networks.x.posts import Seen
from sandbox.networks.x.text import urls

Test = Callable[[Seen], bool]

_TOKEN = re.compile(
    r'\s*(?:(?P<mark>[()])|(?P<minus>-)?(?:(?P<name>[a-z_]+):)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+)))'
)
_DEEPEST = 20
_MEDIA = ("image", "carousel", "video")
_IS: dict[str, Test] = {
    "reply": lambda seen: seen.parent is not None,
    "retweet": lambda seen: False,
    "quote": lambda seen: False,
    "verified": lambda seen: seen.parent is None,
    "nullcast": lambda seen: False,
}
_HAS: dict[str, Test] = {
    "links": lambda seen: bool(urls(seen.post.text)),
    "media": lambda seen: seen.post.kind in _MEDIA,
    "images": lambda seen: seen.post.kind in ("image", "carousel"),
    "videos": lambda seen: seen.post.kind == "video",
    "video_link": lambda seen: seen.post.kind == "video",
    "hashtags": lambda seen: "#" in seen.post.text,
    "mentions": lambda seen: "@" in seen.post.text,
    "cashtags": lambda seen: "$" in seen.post.text,
}
# What cannot stand alone in a search.
_DEPENDENT = frozenset({"is", "has", "lang"})


def parsed(query: str) -> Test:
    """Whether a post is what a query looks for. Raises Problem for one that X cannot read."""
    parser = _Parser(query)
    found = parser.any_of(0)
    if parser.rest or not parser.stands:
        raise _bad(query)
    return found


class _Parser:
    """Reads a query from left to right."""

    def __init__(self, query: str) -> None:
        self._query = query
        self.rest = query.strip()
        self.stands = False

    def any_of(self, depth: int) -> Test:
        """Parts between `OR`."""
        parts = [self._all_of(depth)]
        while self.rest.startswith("OR "):
            self.rest = self.rest[3:].lstrip()
            parts.append(self._all_of(depth))
        return lambda seen: any(part(seen) for part in parts)

    def _all_of(self, depth: int) -> Test:
        parts = [self._one(depth)]
        while self.rest and not self.rest.startswith((")", "OR ")):
            parts.append(self._one(depth))
        return lambda seen: all(part(seen) for part in parts)

    def _one(self, depth: int) -> Test:
        negated = self.rest.startswith("-(")
        match = _TOKEN.match(self.rest[1:] if negated else self.rest)
        if match is None or match["mark"] == ")" or depth > _DEEPEST:
            raise _bad(self._query)
        self.rest = self.rest[match.end() + negated :].lstrip()
        if match["mark"]:
            inner = self.any_of(depth + 1)
            if not self.rest.startswith(")"):
                raise _bad(self._query)
            self.rest = self.rest[1:].lstrip()
            return (lambda seen: not inner(seen)) if negated else inner
        test = self._term(match)
        return (lambda seen: not test(seen)) if match["minus"] else test

    def _term(self, match: re.Match[str]) -> Test:
        name, value = match["name"], match["phrase"] if match["phrase"] is not None else match["word"]
        if not match["minus"] and name not in _DEPENDENT:
            self.stands = True
        test = _operator(name, value.lower()) if name else _words(value.lower())
        if test is None or match["word"] == "OR":
            raise _bad(self._query)
        return test


def _operator(name: str, value: str) -> Test | None:
    match name:
        case "conversation_id":
            return lambda seen: seen.root == value
        case "in_reply_to_tweet_id" | "in_reply_to_status_id":
            return lambda seen: seen.parent == value
        case "from":
            return lambda seen: value.removeprefix("@") in (seen.author.username.lower(), seen.author.external_id)
        case "to":
            return lambda seen: seen.post.text.lower().startswith(f"@{value.removeprefix('@')} ")
        case "url":
            return lambda seen: any(value in seen.post.text[start:end].lower() for start, end in urls(seen.post.text))
        case "lang":
            return lambda seen: value == "und"
        case "is":
            return _IS.get(value)
        case "has":
            return _HAS.get(value)
        case "retweets_of" | "quotes_of_tweet_id" | "retweets_of_tweet_id" | "context" | "entity" | "place":
            return lambda seen: False
    return None


def _words(value: str) -> Test:
    """A word, phrase, hashtag or mention, whole."""
    pattern = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
    return lambda seen: pattern.search(seen.post.text.lower()) is not None


def _bad(query: str) -> Problem:
    return invalid("query", query, f"There were errors processing your request: [{query}] is no query that X can read")
