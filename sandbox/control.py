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
from sandbox.world.networks import NATURES

_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


class Asked(Exception):
    """What was wrong with a request, and what is expected."""


def routes(world: Callable[[], World], reset: Callable[[int], None]) -> list[Route]:
    """`world` gives the present one, which `reset` replaces."""

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            sent = await request.json()
            world().advance(duration(sent.get("advance") if isinstance(sent, dict) else None))
        now, offset = world().now(), world().clock.offset
        return json_response({"now": now.isoformat(), "offset_seconds": offset.total_seconds()})

    async def ledger(request: Request) -> Response:
        return json_response(_ledger(world(), request.query_params.get("network"), request.query_params.get("at")))

    async def truth(_: Request) -> Response:
        return json_response(world().truth())

    async def start_anew(request: Request) -> Response:
        sent = await request.json()
        seed = sent.get("seed") if isinstance(sent, dict) else None
        if not isinstance(seed, int):
            raise Asked('send {"seed": a whole number}')
        reset(seed)
        return json_response({"seed": seed, "now": world().now().isoformat()})

    async def picture(_: Request) -> Response:
        return Response(sample_jpeg(), media_type="image/jpeg")

    async def video(_: Request) -> Response:
        return Response((Path(__file__).parent / "media" / "sample.mp4").read_bytes(), media_type="video/mp4")

    return [
        Route("/clock", _answering(clock), methods=["GET", "POST"]),
        Route("/ledger", _answering(ledger)),
        Route("/truth", truth),
        Route("/reset", _answering(start_anew), methods=["POST"]),
        Route("/sample.jpg", picture),
        Route("/sample.mp4", video),
    ]


def duration(text: object) -> timedelta:
    """An ISO 8601 duration without years and months. Raises Asked."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) and text not in ("P", "PT") else None
    if found is None or not any(found.groups()):
        raise Asked('send {"advance": "PT6H"}: an ISO 8601 duration such as PT6H, P1D or PT30M')
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


@functools.cache
def sample_jpeg() -> bytes:
    """A square picture, 1080 px."""
    picture = Image.new("RGB", (1080, 1080), "#0B6E6E")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((290, 290, 790, 790), fill="#F5F7F8")
    pen.ellipse((390, 390, 690, 690), fill="#8A3B12")
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
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
        except (Asked, ValueError) as error:
            return json_response({"error": str(error)}, 400)
        return response

    return answer
