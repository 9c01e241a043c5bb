"""Lists as Google answers them: pages, ETags, 304, and nothing where nothing is asked for."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from starlette.responses import Response

from sandbox.networks.youtube.errors import Refusal, invalid
from sandbox.networks.youtube.gate import Call
from sandbox.networks.youtube.partial import chosen
from sandbox.web import json_response

T = TypeVar("T")
MOST = 50
# Lists that lead forward only.
_ONE_WAY = frozenset({"youtube#commentListResponse", "youtube#commentThreadListResponse"})


def paged(
    call: Call, kind: str, found: Sequence[T], show: Callable[[T], dict[str, Any]], *, most: int = MOST, usual: int = 5
) -> Response:
    """One page of what was found; only what is on it is shown. Raises Refusal."""
    start, size = _window(call, most, usual)
    body: dict[str, Any] = {"kind": kind, "pageInfo": {"totalResults": len(found), "resultsPerPage": size}}
    if size and start + size < len(found):
        body["nextPageToken"] = _seal(start + size)
    if start and kind not in _ONE_WAY:
        body["prevPageToken"] = _seal(max(start - size, 0))
    return tagged(call, _with_items(body, [show(one) for one in found[start : start + size]]))


def whole(call: Call, kind: str, items: Sequence[dict[str, Any]], *, counted: bool = True) -> Response:
    """A list that has no pages."""
    body: dict[str, Any] = {"kind": kind}
    if counted:
        body["pageInfo"] = {"totalResults": len(items), "resultsPerPage": len(items)}
    return tagged(call, _with_items(body, items))


def tagged(call: Call, body: dict[str, Any]) -> Response:
    """An answer with its ETag, or 304 where the client has it already."""
    etag = etag_of(body)
    headers = {"etag": f'"{etag}"', "cache-control": "private", "vary": "Origin, X-Origin, Referer"}
    known = {
        tag.strip().removeprefix("W/").strip('"') for tag in call.request.headers.get("if-none-match", "").split(",")
    }
    if etag in known:
        return Response(status_code=304, headers=headers)
    return shown(call, {"kind": body["kind"], "etag": etag} | body, headers)


def shown(call: Call, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """One resource, or the fields of it that were asked for."""
    fields = call.asked("fields")
    return json_response(chosen(body, fields) if fields else body, headers=headers)


def etag_of(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:27]


def with_etag(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource that names its own version."""
    return {"kind": resource["kind"], "etag": etag_of(resource)} | resource


def _with_items(body: dict[str, Any], items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return body | ({"items": [with_etag(item) for item in items]} if items else {})


def _window(call: Call, most: int, usual: int) -> tuple[int, int]:
    """Where a page starts and how long it is. Raises Refusal."""
    size = call.asked("maxResults") or str(usual)
    if not size.isdecimal() or int(size) > most:
        raise invalid("maxResults", size)
    token = call.asked("pageToken")
    if token is None:
        return 0, int(size)
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("at")), int(size)
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        message = "The request specifies an invalid page token."
        raise Refusal(400, "invalidPageToken", message, "youtube.parameter", "pageToken") from error


def _seal(start: int) -> str:
    return base64.urlsafe_b64encode(f"at{start:07d}".encode()).decode()
