"""GET /l/{slug}: from a short link to where it leads. Public, and as short as it can be."""

import math
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from api.links.pace import Pace
from publishing import links

router = APIRouter(prefix="/l", tags=["links"])

Slug = Annotated[str, Path(description="The end of a short link.", max_length=50)]
# An office or a phone network shares one address among many people.
_pace = Pace(burst=300, per_second=10)
_NOWHERE = "<!doctype html><html lang=en><title>No such link</title><p>There is no such link. It may be misspelt.</p>"
# Each click is one of its own, and no search engine needs to know the address.
_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@router.get(
    "/{slug}",
    summary="Follow a short link",
    status_code=HTTPStatus.FOUND,
    response_class=RedirectResponse,
    responses={404: {"description": "There is no such link.", "content": {"text/html": {}}}},
)
async def follow(slug: Slug, request: Request) -> Response:
    """Leads to the address that was stored with the link and nowhere else, `cn_click` added for the site there."""
    address = request.client.host if request.client else ""
    if wait := _pace.wait(address):
        headers = {**_HEADERS, "Retry-After": str(math.ceil(wait))}
        return PlainTextResponse("Too many at once: try again soon.", HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return _led(await links.follow(slug, address, headers, datetime.now(UTC)))


@router.head("/{slug}", include_in_schema=False)
async def look(slug: Slug) -> Response:
    """The same without a click: whoever asks so wants to know whether the link works."""
    return _led(await links.look(slug))


def _led(target: str | None) -> Response:
    if target is None:
        return HTMLResponse(_NOWHERE, HTTPStatus.NOT_FOUND, headers=_HEADERS)
    return RedirectResponse(target, HTTPStatus.FOUND, headers=_HEADERS)
