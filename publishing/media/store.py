"""Pictures and videos to publish: fetched once from where a person keeps them, known by their content."""

import asyncio
import hashlib
import io
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from PIL import Image
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import outbound
from clientnest.errors import Invalid, Problem
from clientnest.models import Media
from clientnest.settings import settings

MAX_BYTES = 100_000_000
# Above this many pixels a picture is not opened at all; Pillow warns from about here.
_MAX_PIXELS = 89_000_000
_IMAGE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
# The first brand of an MP4; QuickTime, HEIC and AVIF are boxes of the same kind with other brands.
_MP4_BRANDS = (b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A usable medium that is not stored yet."""

    content: bytes
    content_type: str
    source_url: str

    @property
    def kind(self) -> str:
        """The kind of post that a text with this becomes: `image` or `video`."""
        return self.content_type.split("/")[0]


def path(media: Media) -> Path:
    """Where the file of a media row lies."""
    return settings().media / str(media.workspace_id) / media.sha256


def recognise(content: bytes) -> str:
    """The content type, from the bytes alone. Raises Invalid."""
    if content[4:8] == b"ftyp" and content[8:12].startswith(_MP4_BRANDS):
        return "video/mp4"
    try:
        with Image.open(io.BytesIO(content)) as picture:
            pixels, format_ = picture.width * picture.height, picture.format
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except (OSError, ValueError) as error:
        raise _unusable("The file is neither a picture nor an MP4 video.") from error
    if pixels > _MAX_PIXELS:
        raise _too_many_pixels()
    if format_ not in _IMAGE_TYPES:
        raise _unusable("Give a JPEG, PNG, WebP or GIF picture, or an MP4 video.")
    return _IMAGE_TYPES[format_]


async def fetch(url: str) -> Fetched:
    """What is behind a URL that a person gave. Raises Refused, FetchFailed, Invalid."""
    content = (await outbound.fetch(url, max_bytes=MAX_BYTES)).content
    return Fetched(content, recognise(content), url)


async def keep(session: AsyncSession, workspace_id: UUID, fetched: Fetched) -> Media:
    """Store it; the same content in the same workspace is one file and one row, with the newest address."""
    row = insert(Media).values(
        workspace_id=workspace_id,
        sha256=hashlib.sha256(fetched.content).hexdigest(),
        content_type=fetched.content_type,
        size=len(fetched.content),
        source_url=fetched.source_url,
    )
    # Networks that fetch the medium themselves need an address that works today.
    kept = row.on_conflict_do_update(
        index_elements=[Media.workspace_id, Media.sha256], set_={"source_url": row.excluded.source_url}
    )
    media = (await session.execute(kept.returning(Media))).scalar_one()
    await asyncio.to_thread(_write, path(media), fetched.content)
    return media


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before the row is committed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as unfinished:
        try:
            unfinished.write(content)
            unfinished.flush()
            os.fsync(unfinished.fileno())
            Path(unfinished.name).rename(target)
        except OSError:
            Path(unfinished.name).unlink(missing_ok=True)
            raise


def _too_many_pixels() -> Invalid:
    return _unusable("The picture has more than 89 million pixels: make it smaller.")


def _unusable(message: str) -> Invalid:
    return Invalid("The media cannot be used.", (Problem("media_url", message),))
