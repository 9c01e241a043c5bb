"""Addresses, as they are written and with parameters of ours. What the author wrote stays as it is written."""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from platforms.posting import Outgoing

CLICK = "cn_click"
# What may follow an address in a text without being part of it.
_ENDS = r"(?=[)\]}>.,;:!?'\"»”’…]*(?:\s|$))"


def is_address(link: str) -> bool:
    """Whether it is an address on the web that can be followed as it stands."""
    try:
        parts = urlsplit(link)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", link)
    except ValueError:
        return False


def with_parameters(address: str, parameters: Mapping[str, str]) -> str:
    """The address with these beside its own; a parameter that it has already keeps its value."""
    parts = urlsplit(address)
    theirs = dict(parse_qsl(parts.query, keep_blank_values=True))
    ours = {name: value for name, value in parameters.items() if name not in theirs}
    return _with_query(address, "&".join(filter(None, [parts.query, urlencode(ours, quote_via=quote)])))


def with_click(address: str, click_id: str) -> str:
    """The address with the name of the click that it is followed by."""
    return with_parameters(address, {CLICK: click_id})


def without_click(address: str) -> str:
    """The address without the name of a click, which comes along where it is copied from a visited page."""
    pieces = urlsplit(address).query.split("&")
    kept = [piece for piece in pieces if piece.partition("=")[0] != CLICK]
    return address if kept == pieces else _with_query(address, "&".join(kept))


def placed(post: Outgoing, address: str | None) -> Outgoing:
    """The post with its link as it goes out, also where the author wrote the link into the text."""
    if post.link is None or address is None or address == post.link:
        return post
    text = re.sub(rf"(?<!\w){re.escape(post.link)}{_ENDS}", lambda _: address, post.text)
    return replace(post, text=text, link=address)


def _with_query(address: str, query: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=parts.path or "/", query=query))
