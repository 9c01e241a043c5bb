"""Calls to an Instagram professional account, by either of the two logins that lead to it."""

import json
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from platforms.calls import UPLOAD_TIMEOUT, Pace, describe, json_object, send
from platforms.errors import ReconnectNeeded, Rejected, Unavailable
from platforms.graph import Graph, refusal
from platforms.registration import App, Token

# Instagram follows the Graph version: two years after a release it stops.
VERSION = "v26.0"
ORIGIN = "https://graph.instagram.com"
UPLOADS = "https://rupload.facebook.com"
# The scope that only a token of Facebook Login has.
BY_PAGE = "instagram_basic"
_PIECE = 1 << 20


class Client(Graph):
    """Reads and writes one account that was connected by Instagram Login. Raises PlatformError."""

    origin = ORIGIN
    version = VERSION
    pace = Pace()
    # Documented for graph.facebook.com only.
    proves = False
    # Whether a film's bytes can be sent; else the network fetches it from its address.
    uploads: ClassVar[bool] = False


def fetches(kind: str, granted: Sequence[str]) -> Collection[str]:
    """What Instagram takes by address alone: all but a single film, which goes by a Page's token as bytes."""
    return ("image",) if BY_PAGE in granted and kind != "carousel" else ("image", "video")


class ByPage(Client):
    """The same account, connected by Facebook Login and reached with its Page's token."""

    origin = "https://graph.facebook.com"
    pace = Pace()
    proves = True
    uploads = True

    async def upload(self, uri: str, path: Path, offset: int) -> None:
        """Send a film's bytes from `offset` on to where its container takes them. Raises PlatformError.

        What arrived before a connection broke is kept: the container tells how much that is.
        """
        target = self.app.url(UPLOADS, urlsplit(uri).path)
        size = path.stat().st_size
        headers = {
            "Authorization": f"OAuth {self._token.access}",
            "offset": str(offset),
            "file_size": str(size),
            "Content-Length": str(size - offset),
        }
        content = _pieces(path, offset)
        response = await send(self._http, "POST", target, headers=headers, content=content, timeout=UPLOAD_TIMEOUT)
        told = json_object(response).get("debug_info")
        if not isinstance(told, dict):
            error = refusal(response)
            if error is not None:
                raise error
            return
        reason = str(told.get("message") or told.get("type"))
        evidence: dict[str, object] = {"status": response.status_code, "type": told.get("type"), "message": reason}
        if told.get("type") == "NotAuthorizedError":
            raise ReconnectNeeded(reason, evidence=evidence)
        # Another offset than ours: the container's own is asked for the next time.
        again = told.get("retriable") or told.get("type") == "OffsetInvalidError"
        raise (Unavailable if again else Rejected)(f"{describe('POST', target)}: {reason}", evidence=evidence)


def client(app: App, token: Token, account_external_id: str, http: httpx.AsyncClient) -> Client:
    """The client of the login that the token came by."""
    kind = ByPage if BY_PAGE in token.scopes else Client
    return kind(app, token, account_external_id, http)


async def _pieces(path: Path, offset: int) -> AsyncIterator[bytes]:
    with path.open("rb") as film:
        film.seek(offset)
        while piece := film.read(_PIECE):
            yield piece


def written(value: object) -> str:
    """A parameter as the Graph takes it: lists and objects as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
