"""Pictures and videos to publish: fetched once from where a person keeps them, known by their content."""

import hashlib
import io
import tempfile
from pathlib import Path
from uuid import UUID

from PIL import Image, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import outbound
from clientnest.errors import Invalid, Problem
from clientnest.models import Media
from clientnest.settings import settings

MAX_BYTES = 100_000_000
# Above this many pixels a picture is not opened at all.
_MAX_PIXELS = 100_000_000
_IMAGE_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}


def path(media: Media) -> Path:
    """Where the file of a media row lies."""
    return settings().media / str(media.workspace_id) / media.sha256


def kind(media: Media | None) -> str:
    """The kind of post that a text with this media is: `text`, `image` or `video`."""
    return media.content_type.split("/")[0] if media else "text"


def recognise(content: bytes) -> str:
    """The content type, from the bytes alone. Raises Invalid."""
    if content[4:8] == b"ftyp":
        return "video/mp4"
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise _unusable("The picture has more than 100 million pixels: make it smaller.")
            found = _IMAGE_TYPES.get(picture.format or "")
    except UnidentifiedImageError as error:
        raise _unusable("The file is neither a picture nor an MP4 video.") from error
    if found is None:
        raise _unusable("Give a JPEG, PNG, WebP or GIF picture, or an MP4 video.")
    return found


async def fetch(url: str) -> bytes:
    """The bytes behind a URL that a person gave. Raises Refused, FetchFailed."""
    return (await outbound.fetch(url, max_bytes=MAX_BYTES)).content


async def keep(session: AsyncSession, workspace_id: UUID, content: bytes, source_url: str | None) -> Media:
    """Store the bytes; the same content in the same workspace is one file and one row."""
    sha256 = hashlib.sha256(content).hexdigest()
    found = await session.execute(select(Media).where(Media.sha256 == sha256))
    if media := found.scalar_one_or_none():
        return media
    media = Media(
        workspace_id=workspace_id,
        sha256=sha256,
        content_type=recognise(content),
        size=len(content),
        source_url=source_url,
    )
    _write(path(media), content)
    session.add(media)
    await session.flush()
    return media


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as unfinished:
        unfinished.write(content)
    Path(unfinished.name).rename(target)


def _unusable(message: str) -> Invalid:
    return Invalid("The media cannot be used.", (Problem("media_url", message),))
