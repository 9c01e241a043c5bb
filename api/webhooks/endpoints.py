"""/webhooks/{platform}: what networks tell by themselves. They sign their calls and bring no sign-in."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from clientnest.errors import NotFound, Unauthenticated
from ingestion import events
from platforms import PLATFORMS
from platforms.inbound import Webhooks
from platforms.platform import Platform

Network = Annotated[str, Path(description="The network that calls.", max_length=50)]
Own = Annotated[str, Path(description="`client_id` of a workspace's own app there.", max_length=300)]

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.get("/{platform}", summary="Where a network asks whether this address is ours", response_class=Response)
async def challenge(platform: Network, request: Request) -> Response:
    """The answer that proves it, in the network's own form."""
    return await _answer(platform, None, request)


@router.get(
    "/{platform}/{client_id}",
    summary="The same, about a workspace's own app",
    response_class=Response,
)
async def challenge_of_app(platform: Network, client_id: Own, request: Request) -> Response:
    """Some networks do not say which app they ask about, so each has an address."""
    return await _answer(platform, client_id, request)


_FORGED: dict[int | str, dict[str, Any]] = {
    202: {"description": "The signature is wrong; a network that wants it so hears of it nothing else."}
}


@router.post("/{platform}", summary="Where a network tells what happened", response_class=Response, responses=_FORGED)
async def tell(platform: Network, request: Request) -> Response:
    """Kept and answered at once; what it means is done afterwards. A call that comes twice counts once."""
    return await _hear(platform, None, request)


@router.post(
    "/{platform}/{client_id}",
    summary="The same, to a workspace's own app",
    response_class=Response,
    responses=_FORGED,
)
async def tell_app(platform: Network, client_id: Own, request: Request) -> Response:
    """Only what this app's secret signed is taken."""
    return await _hear(platform, client_id, request)


async def _answer(platform: str, client_id: str | None, request: Request) -> Response:
    sheet, webhooks = _listening(platform)
    reply = await events.answer(sheet, webhooks, client_id, dict(request.query_params))
    if reply is None:
        raise NotFound(f"{sheet.title} asks nothing that ClientNest expects.")
    return Response(reply.body, media_type=reply.content_type)


async def _hear(platform: str, client_id: str | None, request: Request) -> Response:
    sheet, webhooks = _listening(platform)
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    news = await events.receive(sheet, webhooks, client_id, headers, body, datetime.now(UTC))
    if news is not None:
        return Response()
    status = webhooks.TERMS.forged_status
    if status == HTTPStatus.UNAUTHORIZED:
        raise Unauthenticated(f"This call does not carry {sheet.title}'s signature for our app.")
    return Response(status_code=status)


def _listening(name: str) -> tuple[Platform, Webhooks]:
    sheet = PLATFORMS.get(name)
    if sheet is None or sheet.webhooks is None:
        raise NotFound("No network calls this address.")
    return sheet, sheet.webhooks
