"""GET /docs/warehouse: what every mart and column means and is made of, one page that needs nothing from elsewhere."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from api.access import guarded
from clientnest.errors import NotReady
from clientnest.settings import settings

router = APIRouter(tags=["exports"])

# The page brings its scripts, styles, fonts and data along, and may ask nobody.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'none'"
}


@router.get(
    "/docs/warehouse",
    summary="The dictionary of the warehouse",
    response_class=FileResponse,
    responses={200: {"content": {"text/html": {}}, "description": "One page; it works from a disk too."}},
    **guarded("analytics.read"),
)
async def dictionary() -> FileResponse:
    """Every model with its columns, tests, SQL, and what it stands on."""
    page = settings().dictionary
    if not page.is_file():
        raise NotReady("The dictionary is made with the figures: it is there after the first modelling.")
    return FileResponse(page, media_type="text/html; charset=utf-8", headers=_HEADERS)
