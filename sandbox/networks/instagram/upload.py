"""Bytes of a film sent piece by piece: rupload.facebook.com, for Facebook Login.

What arrived before a connection broke is kept, as the container's `video_status` tells; the rest is sent from there.
"""

from typing import Any
from weakref import WeakKeyDictionary

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from sandbox.networks.instagram import refusals, taken
from sandbox.networks.instagram.login import PUBLISH
from sandbox.networks.meta import media
from sandbox.networks.meta.errors import GraphError
from sandbox.networks.meta.graph import Call
from sandbox.web import json_response
from sandbox.world import World

PATH = "ig-api-upload"
_MOST = 300_000_000

# Bytes that came so far; a film is whole or not there at all, so they need not outlive the process.
_HELD: WeakKeyDictionary[World, dict[str, bytearray]] = WeakKeyDictionary()


def address(call: Call, container_id: str) -> str:
    """Where the bytes of a container go."""
    return str(call.request.url.replace(path=f"/{PATH}/v26.0/{container_id}", query=""))


def received(world: World, container_id: str) -> int:
    """How many bytes came so far."""
    return len(_HELD.get(world, {}).get(container_id, b""))


async def take(call: Call, container_id: str) -> Response | dict[str, Any]:
    """Bytes from `offset` on, of `file_size` in all; or an address where they are, in the header `file_url`."""
    about = call.world.noted("instagram", container_id)
    headers = call.request.headers
    try:
        owner = call.acting(PUBLISH)
    except GraphError:
        return _refused("NotAuthorizedError", "User not authorized to perform this request")
    scheme = headers.get("authorization", "").partition(" ")[0]
    if scheme != "OAuth" or about is None or about["account"] != owner.external_id or about["ready_at"]:
        return _refused("NotAuthorizedError", "User not authorized to perform this request")
    if url := headers.get("file_url"):
        try:
            seen = await media.fetch(url, refusals.unreachable(), refusals.too_slow())
        except GraphError as error:
            return _refused("ProcessingFailedError", error.message)
    else:
        if (trouble := await _received(call, container_id)) is not None:
            return trouble
        seen = media.look(bytes(_HELD[call.world].pop(container_id)))
    call.world.note("instagram", container_id, about | taken.filled(call, about, seen, is_film=True))
    return {"success": True, "message": "Upload successful."}


async def _received(call: Call, container_id: str) -> Response | None:
    """Keep what comes; None once it is all there."""
    held = _HELD.setdefault(call.world, {}).setdefault(container_id, bytearray())
    offset, size = (call.request.headers.get(name, "") for name in ("offset", "file_size"))
    if not (offset.isdigit() and size.isdigit() and 0 < int(size) <= _MOST):
        return _refused("HeaderInvalidError", "The headers offset and file_size must be whole numbers")
    if int(offset) != len(held):
        return _refused("OffsetInvalidError", f"Expected the offset {len(held)}")
    try:
        async for chunk in call.request.stream():
            held += chunk
    except ClientDisconnect:
        return _refused("PartialRequestError", "The connection was closed", retriable=True)
    if len(held) > int(size):
        del held[int(offset) :]
        return _refused("OffsetInvalidError", "More bytes came than file_size says")
    if len(held) < int(size):
        return _refused("PartialRequestError", "Partial request (did not match length of file)", retriable=True)
    return None


def _refused(type_: str, message: str, *, retriable: bool = False) -> Response:
    return json_response({"debug_info": {"retriable": retriable, "type": type_, "message": message}}, 400)
