"""Where a chunk of a resumable upload belongs, and how far an upload has come."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.youtube.errors import bad

GRANULE = 256 * 1024
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


def described_range(request: Request, length: int | None) -> tuple[int | None, int | None]:
    """Where a chunk begins (None: only a question) and how long the whole is (None: not said).

    `length` is what came, None where it broke off. Raises Refusal.
    """
    header = request.headers.get("content-range")
    if header is None:
        return 0, length
    match = _RANGE.fullmatch(header)
    if match is None:
        raise bad("badRequest", f"Invalid Content-Range: {header}")
    total = None if match[3] == "*" else int(match[3])
    if match[1] is None:
        return None, total
    first, last = int(match[1]), int(match[2])
    if (length is not None and last - first + 1 != length) or (total is not None and last >= total):
        raise bad("badRequest", f"Content-Range {header} does not fit {length} bytes.")
    return first, total


def incomplete(received: int) -> Response:
    """How much is stored; no Range means nothing is."""
    return Response(status_code=308, headers={"range": f"bytes=0-{received - 1}"} if received else {})
