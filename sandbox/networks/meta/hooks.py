"""Webhooks of an app: the address that it gave for each kind of object, and the calls that tell it of changes."""

import asyncio
import hashlib
import hmac
import json
import secrets
from typing import Any

import httpx

from sandbox.networks.meta.errors import GraphError, denied
from sandbox.networks.meta.graph import Call
from sandbox.world import World

_OBJECTS = ("page", "instagram", "user")
_TRIES, _PAUSE = 3, 0.5
# Tasks are kept here until they are done, or they would be collected on the way.
_calling: set[asyncio.Task[None]] = set()


async def register(call: Call) -> dict[str, Any]:
    """The app's address for one kind of object, after it answered a challenge. Raises GraphError."""
    _by_app(call)
    about, address = call.text("object"), call.text("callback_url")
    challenge = str(secrets.randbelow(10**10))
    asked = {"hub.mode": "subscribe", "hub.verify_token": call.text("verify_token"), "hub.challenge": challenge}
    try:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
            answer = await http.get(address, params=asked)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unverified(str(error)) from error
    if answer.status_code != 200 or answer.text != challenge:
        raise _unverified(f"HTTP Status Code = {answer.status_code}")
    entry = {"callback_url": address, "fields": call.words("fields"), "object": about}
    call.world.note(call.network, f"callback:{about}", entry)
    return {"success": True}


def registered(call: Call) -> dict[str, Any]:
    """The app's addresses."""
    _by_app(call)
    found = [call.world.noted(call.network, f"callback:{about}") for about in _OBJECTS]
    return {
        "data": [
            {**one, "active": True, "fields": [{"name": name, "version": "v26.0"} for name in one["fields"]]}
            for one in found
            if one
        ]
    }


def unregister(call: Call) -> dict[str, Any]:
    """No address for one kind of object any more."""
    _by_app(call)
    call.world.note(call.network, f"callback:{call.text('object', 'page')}", {})
    return {"success": True}


def wanted(world: World, network: str, about: str, field: str) -> bool:
    """Whether the app of a network gave an address for such an object and wants to hear of the field."""
    return field in (world.noted(network, f"callback:{about}") or {}).get("fields", ())


def tell(world: World, network: str, about: str, entry: dict[str, Any], signer: str | None = None) -> None:
    """Call the address that the app gave, signed with its secret, or its secret at `signer`; later, as Meta does."""
    address = (world.noted(network, f"callback:{about}") or {}).get("callback_url")
    if not address:
        return
    body = json.dumps({"object": about, "entry": [entry]}).encode()
    task = asyncio.get_running_loop().create_task(_post(address, body, world.app(signer or network).client_secret))
    _calling.add(task)
    task.add_done_callback(_calling.discard)


async def _post(address: str, body: bytes, secret: str) -> None:
    signed = {
        "content-type": "application/json",
        "x-hub-signature": f"sha1={hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}",
        "x-hub-signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}",
    }
    async with httpx.AsyncClient(timeout=10, trust_env=False) as http:
        for _ in range(_TRIES):
            try:
                if (await http.post(address, content=body, headers=signed)).is_success:
                    return
            except httpx.HTTPError:
                # Whoever is not there is called again, as the network does for a day and a half.
                pass
            await asyncio.sleep(_PAUSE)


def _by_app(call: Call) -> None:
    app = call.world.app(call.network)
    if call.token() != f"{app.client_id}|{app.client_secret}":
        raise GraphError("(#15) This method must be called with an app access_token.", 15)
    if call.path[0] != app.client_id:
        raise denied("manage_pages")


def _unverified(why: str) -> GraphError:
    return GraphError(f"(#2200) Callback verification failed with the following errors: {why}", 2200)
