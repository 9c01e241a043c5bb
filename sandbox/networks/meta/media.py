"""Media by address is really fetched, as Meta does, and looked at."""

import hashlib
import io
from dataclasses import dataclass

import httpx
from PIL import Image, UnidentifiedImageError

from sandbox import films
from sandbox.networks.meta.errors import GraphError
from sandbox.world import Media

_MOST = 300_000_000
_SECONDS = 20
# A picture is looked at whole; of anything else the first bytes tell what it is.
_PICTURE_MOST = 12_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A medium; of a picture how wide it is for its height, of a film its seconds where its head tells them."""

    medium: Media
    ratio: float | None
    seconds: float | None = None


async def fetch(url: str, refused: GraphError, late: GraphError | None = None) -> Seen:
    """What is behind an address; its bytes are not kept.

    Raises `refused` where nothing comes, and `late` (where given) for what comes too slowly.
    """
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        async with (
            httpx.AsyncClient(timeout=_SECONDS, follow_redirects=True, trust_env=False) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.status_code != 200:
                raise refused
            async for chunk in answer.aiter_bytes():
                digest.update(chunk)
                size += len(chunk)
                head += chunk if len(head) < _PICTURE_MOST else b""
                if size > _MOST:
                    raise refused
    except httpx.ReadTimeout as error:
        raise late or refused from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise refused from error
    if not size:
        raise refused
    return _seen(head, size, digest.hexdigest())


def look(content: bytes) -> Seen:
    """What bytes are."""
    return _seen(content, len(content), hashlib.sha256(content).hexdigest())


def _seen(head: bytes, size: int, digest: str) -> Seen:
    try:
        with Image.open(io.BytesIO(head)) as picture:
            picture.load()
            content_type, ratio = f"image/{(picture.format or '').lower()}", picture.width / picture.height
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        content_type, ratio = "video/mp4" if head[4:8] == b"ftyp" else "application/octet-stream", None
    film = films.read(head) if content_type == "video/mp4" else None
    return Seen(Media(content_type, size, digest), ratio, film.seconds if film else None)
