"""What goes out of a post on one account, as its author meant it and as the network takes it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from clientnest.errors import NotReady
from clientnest.models import Media
from platforms.posting import MediaFile, Outgoing
from publishing.content.written import Content, Piece, digest
from publishing.media import for_network

Library = Mapping[UUID, Media]


def outgoing_of(content: Content, library: Library, platform: str) -> Outgoing:
    """The post; the files of its media are not opened yet."""
    return Outgoing(
        text=content.text,
        title=content.title,
        link=content.link,
        media=_named(content.media, library),
        format=content.format,
        parts=tuple(Outgoing(part.text, media=_named(part.media, library)) for part in content.parts),
        options=content.options.get(platform, {}),
    )


async def equipped(outgoing: Outgoing, content: Content, library: Library, platform: str) -> Outgoing:
    """With its media as the network takes them. Raises Invalid, NotReady."""
    kind = outgoing.kind
    parts = [
        replace(part, media=await _fitted(written.media, library, platform, part.kind))
        for part, written in zip(outgoing.parts, content.parts, strict=True)
    ]
    return replace(outgoing, media=await _fitted(content.media, library, platform, kind), parts=tuple(parts))


def fingerprint(outgoing: Outgoing, content: Content, library: Library) -> str:
    """SHA-256 of what goes out, hexadecimal: the words with their link, and the bytes of the media."""
    files = [library[piece.media_id].sha256 for piece in content.pieces if piece.media_id in library]
    return digest([content.kept | {"text": outgoing.text, "link": outgoing.link}, files])


def _named(pieces: Iterable[Piece], library: Library) -> tuple[MediaFile, ...]:
    found = [(piece, library[piece.media_id]) for piece in pieces if piece.media_id in library]
    return tuple(
        MediaFile(media.content_type, Path(), media.source_url or "", piece.alt_text, media.seconds)
        for piece, media in found
    )


async def _fitted(pieces: Iterable[Piece], library: Library, platform: str, kind: str) -> tuple[MediaFile, ...]:
    fitted = []
    for piece in pieces:
        if piece.media_id not in library:
            raise NotReady("A picture or video of this post is no longer in the library: put it back there.")
        fitted.append(await for_network(library[piece.media_id], platform, kind, piece.alt_text))
    return tuple(fitted)
