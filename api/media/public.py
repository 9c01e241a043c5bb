"""GET /m/{signed}: one file for whoever holds its address, until it ends. Networks fetch what they publish here."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from api.media.files import answered
from clientnest.errors import NotFound
from publishing.media import library

router = APIRouter(prefix="/m", tags=["media"])

_KEPT = timedelta(minutes=5)


@router.get("/{signed}", summary="A file behind a signed address", response_class=FileResponse)
@router.head("/{signed}", include_in_schema=False)
async def read(signed: Annotated[str, Path(max_length=300, description="As it was signed.")]) -> FileResponse:
    """Without cookies and without a session. Anything that is not right is not there."""
    found = await library.opened(signed)
    if found is None:
        raise NotFound("There is nothing at this address, or not any more.")
    return answered(found, _KEPT)
