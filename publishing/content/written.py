"""What an author wrote, and what of it differs on an account."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from clientnest.models import Post, Publication
from platforms.posting import Kind


@dataclass(frozen=True, slots=True)
class Piece:
    """A medium of the library in a post, with what it shows for those who do not see it."""

    media_id: UUID
    alt_text: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A further post of a thread."""

    text: str
    media: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A post in words and media. `format` says what the media do not: a reel, a story, an article.

    `options` are settings of networks, by network and then by their names on the wire.
    """

    text: str = ""
    title: str | None = None
    link: str | None = None
    media: tuple[Piece, ...] = ()
    format: Kind | None = None
    parts: tuple[Part, ...] = ()
    first_comment: str | None = None
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def pieces(self) -> Iterable[Piece]:
        """Every medium, those of the parts too."""
        for _, piece in self.placed:
            yield piece

    @property
    def placed(self) -> Iterable[tuple[int | None, Piece]]:
        """Every medium with the part that it belongs to, from 0; None for the first post."""
        yield from ((None, piece) for piece in self.media)
        for number, part in enumerate(self.parts):
            yield from ((number, piece) for piece in part.media)

    @property
    def kept(self) -> dict[str, Any]:
        """As it stands in the database, by column of the post."""
        kept: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return kept

    @property
    def sha256(self) -> str:
        """Of everything that is written; hexadecimal."""
        return digest(self.kept)


FIELDS = tuple(Content.__dataclass_fields__)


def digest(kept: Any) -> str:
    """SHA-256 of something in JSON, hexadecimal."""
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def of_post(post: Post) -> Content:
    return read({name: getattr(post, name) for name in FIELDS})


def of_publication(post: Post, publication: Publication) -> Content:
    """The post as it goes out on that account."""
    return read({name: getattr(post, name) for name in FIELDS} | publication.variant)


def read(kept: Mapping[str, Any]) -> Content:
    """What was `kept`; a field that is missing is empty."""
    told = {**kept, "media": _pieces(kept.get("media", ())), "parts": tuple(map(_part, kept.get("parts", ())))}
    return Content(**told)


def _part(kept: Mapping[str, Any]) -> Part:
    return Part(kept["text"], _pieces(kept.get("media", ())))


def _pieces(kept: Iterable[Mapping[str, Any]]) -> tuple[Piece, ...]:
    return tuple(Piece(UUID(str(piece["media_id"])), piece.get("alt_text")) for piece in kept)
