"""The door for whoever runs the world: its clock, its ledger, what is planted in it, media by address."""

import functools
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.web import json_response
from sandbox.world import World
from sandbox.world.chance import draw
from sandbox.world.networks import NATURES
from sandbox.world.posts import FUTURE_DAYS

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")

# The world's future is written this far.
_FARTHEST = timedelta(days=FUTURE_DAYS)


class Asked(Exception):
    """What was wrong with a request, and what is expected."""


def routes(world: World, reset: Callable[[int], dict[str, Any]]) -> list[Route]:
    """`reset` puts another world in the place of this one and describes it."""

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            world.advance(duration((await _sent(request)).get("advance")))
        return json_response({"now": world.now().isoformat(), "offset_seconds": world.clock.offset.total_seconds()})

    async def ledger(request: Request) -> Response:
        return json_response(_ledger(world, request.query_params.get("network"), request.query_params.get("at")))

    async def truth(_: Request) -> Response:
        return json_response(world.truth())

    async def start_anew(request: Request) -> Response:
        seed = (await _sent(request)).get("seed")
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise Asked('send {"seed": 2}: a whole number')
        return json_response(reset(seed))

    async def drawn(request: Request) -> Response:
        return Response(_jpeg(request.path_params["name"]), media_type="image/jpeg")

    async def picture(_: Request) -> Response:
        return Response(_jpeg("sample"), media_type="image/jpeg")

    async def video(_: Request) -> Response:
        return Response((Path(__file__).parent / "media" / "sample.mp4").read_bytes(), media_type="video/mp4")

    return [
        Route("/clock", _answering(clock), methods=["GET", "POST"]),
        Route("/ledger", _answering(ledger)),
        Route("/truth", truth),
        Route("/reset", _answering(start_anew), methods=["POST"]),
        Route("/sample.jpg", picture),
        Route("/sample.mp4", video),
        Route("/pictures/{name}.jpg", drawn),
    ]


def duration(text: object) -> timedelta:
    """An ISO 8601 duration forward, without years and months. Raises Asked."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) and text not in ("P", "PT") else None
    if found is None or not any(found.groups()):
        raise Asked('send {"advance": "PT6H"}: an ISO 8601 duration such as PT6H, P1D or PT30M')
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    try:
        span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        span = timedelta.max
    if span > _FARTHEST:
        raise Asked(f"the clock moves by {_FARTHEST.days} days at most, such as P1D")
    return span


async def _sent(request: Request) -> dict[str, Any]:
    """The JSON object of a body; empty where it is none, so that the answer names what is missing."""
    try:
        found = await request.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


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


def _ledger(world: World, network: str | None, at: str | None) -> dict[str, Any]:
    if network not in NATURES:
        raise Asked(f"network is one of {', '.join(NATURES)}")
    moment = _moment(at) if at else world.now()
    return {
        "network": network,
        "at": moment.isoformat(),
        "posts": [
            {
                "external_id": post.external_id,
                "account": post.account_id,
                "kind": post.kind,
                "text": post.text,
                "created_at": post.created_at.isoformat(),
                "counters": world.counters(post, moment),
            }
            for post in world.live_at(network, moment)
        ],
        "accounts": [
            {"external_id": account.external_id, "counters": world.account_counters(account, moment)}
            for account in world.accounts(network)
        ],
    }


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise Asked("at is a moment such as 2026-11-22T10:00:00Z") from error
    if found.tzinfo is None:
        raise Asked("at needs a zone, such as 2026-11-22T10:00:00Z")
    return found.astimezone(UTC)


def _answering(endpoint: Callable[[Request], Any]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            response: Response = await endpoint(request)
        except Asked as error:
            return json_response({"error": str(error)}, 400)
        return response

    return answer
