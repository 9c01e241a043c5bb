"""Media by address."""

import functools
import io
from pathlib import Path

from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.world.chance import draw


def routes() -> list[Route]:
    """A sample of each sort, and pictures by name."""
    return [
        Route("/sample.jpg", _sample),
        Route("/sample.mp4", _film),
        Route("/pictures/{name}.jpg", _drawn),
    ]


async def _sample(_: Request) -> Response:
    return Response(_jpeg("sample"), media_type="image/jpeg")


async def _film(_: Request) -> Response:
    return Response((Path(__file__).parent / "media" / "sample.mp4").read_bytes(), media_type="video/mp4")


async def _drawn(request: Request) -> Response:
    return Response(_jpeg(request.path_params["name"]), media_type="image/jpeg")


@functools.lru_cache(maxsize=64)
def _jpeg(name: str) -> bytes:
    """A picture of a name's own: 1080 by 1080 px, the same every time."""
    source = draw("picture", name)
    hue = source.randrange(360)
    picture = Image.new("RGB", (1080, 1080), f"hsl({hue}, 35%, 88%)")
    pen = ImageDraw.Draw(picture)
    for turn in (18, 0, -24):
        x, y, radius = source.randint(150, 930), source.randint(150, 930), source.randint(140, 420)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), f"hsl({(hue + turn) % 360}, 45%, 52%)")
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()
