"""Calls to a Facebook Page, with that Page's own token."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

from platforms.calls import UPLOAD_TIMEOUT, Pace, gate, json_object, send
from platforms.errors import Rejected, Unavailable
from platforms.graph import Graph, refusal

# v26.0 is the first number to change when Meta retires a version: about two years after its release.
VERSION = "v26.0"
# Meta has not named v26.0's last day; its versions of 2025 and 2026 live for 29 months at most.
SUNSET: date | None = None
ORIGIN = "https://graph.facebook.com"
VIDEOS = "https://graph-video.facebook.com"
UPLOADS = "https://rupload.facebook.com"
_PIECE = 1_048_576


class Client(Graph):
    """Reads and writes one Page. Raises PlatformError."""

    origin = ORIGIN
    version = VERSION
    pace = Pace()
    proves = True

    async def upload(self, video_id: str, path: Path, offset: int) -> None:
        """The bytes of a film from an offset on. Raises PlatformError; what arrived until then stays."""
        await self.pace.wait(gate(self.app), gate(self.app, self.account))
        size = path.stat().st_size
        headers = {
            "Authorization": f"OAuth {self._token.access}",
            "offset": str(offset),
            "file_size": str(size),
            "content-length": str(size - offset),
            "content-type": "application/octet-stream",
        }
        url = self.app.url(UPLOADS, f"/video-upload/{self.version}/{video_id}")
        content = _read(path, offset)
        response = await send(self._http, "POST", url, headers=headers, content=content, timeout=UPLOAD_TIMEOUT)
        told = json_object(response).get("debug_info")
        if isinstance(told, dict):
            evidence: dict[str, object] = {"status": response.status_code, "debug_info": told}
            again = told.get("retriable") or told.get("type") == "OffsetMismatch"
            raise (Unavailable if again else Rejected)(str(told.get("message")), evidence=evidence)
        if error := refusal(response):
            raise error


async def _read(path: Path, offset: int) -> AsyncIterator[bytes]:
    with path.open("rb") as film:
        film.seek(offset)
        while piece := film.read(_PIECE):
            yield piece
