"""How much a request may bring, and headers that every answer carries. Plain ASGI: bodies are counted as they come."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

MAX_BODY = 1_000_000
MAX_UPLOAD = 100_000_000
# Files that are read in this process.
MAX_TABLE = 20_000_000
# Films, which go to the disk as they come.
MAX_MEDIA = 1_000_000_000
_UPLOADS = {
    "/imports": MAX_UPLOAD,
    "/content/bulk": MAX_TABLE,
    "/conversions/files": MAX_TABLE,
    "/costs/files": MAX_TABLE,
    "/trials": MAX_UPLOAD,
    "/media": MAX_MEDIA,
}
_STATUS = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
_HEADERS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]


class Limits:
    """Refuses a body that is too large before it is read whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        allowed = _UPLOADS.get(scope["path"], MAX_BODY)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > allowed:
            await problem(_STATUS, _detail(allowed))(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > allowed:
                raise HTTPException(_STATUS, _detail(allowed))
            return message

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in _HEADERS if h[0] not in present)]
            await send(message)

        await self._app(scope, counted, headed)


def _detail(allowed: int) -> str:
    return f"The body is larger than {allowed // 1_000_000} MB."
