"""/webhooks/{platform}: what networks tell by themselves. They sign their calls and bring no sign-in."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from clientnest.errors import NotFound, Unauthenticated
from ingestion import events
from platforms import PLATFORMS
from platforms.inbound import Webhooks
from platforms.platform import Platform

Network = Annotated[str, Path(description="The network that calls.", max_length=50)]

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.get("/{platform}", summary="Where a network asks whether this address is ours", response_class=Response)
async def challenge(platform: Network, request: Request) -> Response:
    """The answer that proves it, in the network's own form."""
    sheet, webhooks = _listening(platform)
    reply = await events.answer(sheet, webhooks, dict(request.query_params))
    if reply is None:
        raise NotFound(f"{sheet.title} asks nothing that ClientNest expects.")
    return Response(reply.body, media_type=reply.content_type)


@router.post(
    "/{platform}",
    summary="Where a network tells what happened",
    response_class=Response,
    responses={202: {"description": "The signature is wrong; a network that wants it so hears of it nothing else."}},
)
async def tell(platform: Network, request: Request) -> Response:
    """Kept and answered at once; what it means is done afterwards. A call that comes twice counts once."""
    sheet, webhooks = _listening(platform)
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    news = await events.receive(sheet, webhooks, headers, body, datetime.now(UTC))
    if news is not None:
        return Response()
    status = events.forged_status(webhooks)
    if status == HTTPStatus.UNAUTHORIZED:
        raise Unauthenticated(f"This call does not carry {sheet.title}'s signature for our app.")
    return Response(status_code=status)


def _listening(name: str) -> tuple[Platform, Webhooks]:
    sheet = PLATFORMS.get(name)
    if sheet is None or sheet.webhooks is None:
        raise NotFound("No network calls this address.")
    return sheet, sheet.webhooks
