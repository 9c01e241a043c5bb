"""Media by address."""

import functools
import io
from pathlib import Path

from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.world.chance import draw

_SIDE = 1080


def routes() -> list[Route]:
    """A sample of each sort, and pictures by name."""
    return [
        Route("/sample.jpg", _sample),
        Route("/sample.mp4", _film),
        Route("/pictures/{name}.jpg", _drawn),
    ]


async def _sample(request: Request) -> Response:
    """As high as is asked for, within reason."""
    asked = request.query_params.get("height", "")
    height = min(int(asked), 8 * _SIDE) if asked.isdecimal() and int(asked) else _SIDE
    return Response(_jpeg("sample", height), media_type="image/jpeg")


async def _film(_: Request) -> Response:
    return Response((Path(__file__).parent / "media" / "sample.mp4").read_bytes(), media_type="video/mp4")


async def _drawn(request: Request) -> Response:
    return Response(_jpeg(request.path_params["name"]), media_type="image/jpeg")


@functools.lru_cache(maxsize=64)
def _jpeg(name: str, height: int = _SIDE) -> bytes:
    """A picture of a name's own: 1080 px wide, the same every time."""
    source = draw("picture", name)
    hue = source.randrange(360)
    picture = Image.new("RGB", (_SIDE, height), f"hsl({hue}, 35%, 88%)")
    pen = ImageDraw.Draw(picture)
    for turn in (18, 0, -24):
        x, y, radius = source.randint(150, 930), source.randint(150, 930), source.randint(140, 420)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), f"hsl({(hue + turn) % 360}, 45%, 52%)")
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()
