"""Media by address is really fetched, as Meta does."""

import hashlib
import io

import httpx
from PIL import Image, UnidentifiedImageError

from sandbox.networks.meta.errors import GraphError
from sandbox.world import Media

_MOST = 300_000_000


async def fetch(url: str, refused: GraphError) -> tuple[bytes, Media]:
    """The bytes behind an address. Raises `refused` where nothing comes."""
    try:
        async with httpx.AsyncClient(timeout=20, follow_redirects=True, trust_env=False) as client:
            answer = await client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise refused from error
    if answer.status_code != 200 or not answer.content or len(answer.content) > _MOST:
        raise refused
    return answer.content, seen(answer.content)


def seen(content: bytes) -> Media:
    """What bytes are: a picture by its format, else a video."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            content_type = f"image/{(picture.format or '').lower()}"
    except UnidentifiedImageError:
        content_type = "video/mp4" if content[4:8] == b"ftyp" else "application/octet-stream"
    return Media(content_type, len(content), hashlib.sha256(content).hexdigest())
