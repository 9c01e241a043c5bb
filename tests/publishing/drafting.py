"""Drafts in few words."""

from typing import Any
from uuid import UUID, uuid4

from publishing.content.drafts import Draft
from publishing.content.written import Content, Piece

_OF_DRAFT = ("variants", "assisted", "tracking", "campaign_id", "tags")


def drafted(
    text: str,
    *accounts: UUID,
    media_url: str | None = None,
    media_urls: tuple[str, ...] = (),
    alt_text: str | None = None,
    **told: Any,
) -> Draft:
    """`told` are fields of Draft and of Content by their names."""
    arriving = {uuid4(): url for url in (*((media_url,) if media_url else ()), *media_urls)}
    of_draft = {name: told.pop(name) for name in _OF_DRAFT if name in told}
    media = tuple(Piece(name, alt_text) for name in arriving)
    content = Content(text, **{"media": media, **told})
    return Draft(content, accounts, arriving=arriving, **of_draft)
