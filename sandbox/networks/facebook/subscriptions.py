"""Webhooks: which address an app gave, which fields a page tells it about, and the calls that tell."""

import asyncio
import hashlib
import hmac
import json
import secrets
from typing import Any

import httpx

from sandbox.networks.facebook import rules
from sandbox.networks.meta.errors import GraphError, denied, invalid
from sandbox.networks.meta.graph import Call

_MANAGE = "pages_manage_metadata"
_FIELDS = (
    "category", "conversations", "description", "email", "feed", "follow", "hours", "leadgen", "live_videos",
    "location", "mention", "message_deliveries", "message_echoes", "message_edits", "message_mention",
    "message_reactions", "message_reads", "messages", "messaging_optins", "messaging_postbacks",
    "messaging_referrals", "name", "page_about_story", "page_change_proposal", "page_upcoming_change", "phone",
    "picture", "product_review", "ratings", "story_poll_response", "story_share", "videos", "website",
)  # fmt: skip
_TRIES, _PAUSE = 3, 0.5
# Tasks are kept here until they are done, or they would be collected on the way.
_calling: set[asyncio.Task[None]] = set()


def subscribe(call: Call, page_id: str) -> dict[str, Any]:
    """These fields from now on, in place of those of before. Raises GraphError."""
    rules.page(call, page_id, _MANAGE)
    fields = call.words("subscribed_fields")
    for place, name in enumerate(fields):
        if name not in _FIELDS:
            raise invalid(f"Param subscribed_fields[{place}] must be one of {{{', '.join(_FIELDS)}}} - got {name!r}.")
    call.world.note("facebook", f"subscribed:{page_id}", {"fields": fields})
    return {"success": True}


def subscribed(call: Call, page_id: str) -> dict[str, Any]:
    """The apps that a page tells: this one, if any."""
    rules.page(call, page_id, _MANAGE)
    fields = (call.world.noted("facebook", f"subscribed:{page_id}") or {}).get("fields")
    if not fields:
        return {"data": []}
    app = {"category": "Business", "link": "https://app.example/", "name": "Demo app"}
    return {"data": [{**app, "id": call.world.app("facebook").client_id, "subscribed_fields": fields}]}


def unsubscribe(call: Call, page_id: str) -> dict[str, Any]:
    """Nothing from now on."""
    rules.page(call, page_id, _MANAGE)
    call.world.note("facebook", f"subscribed:{page_id}", {})
    return {"success": True}


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
    call.world.note("facebook", f"callback:{about}", entry)
    return {"success": True}


def registered(call: Call) -> dict[str, Any]:
    """The app's addresses."""
    _by_app(call)
    found = [call.world.noted("facebook", f"callback:{about}") for about in ("page", "instagram", "user")]
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
    call.world.note("facebook", f"callback:{call.text('object', 'page')}", {})
    return {"success": True}


def tell(call: Call, page_id: str, field: str, value: dict[str, Any]) -> None:
    """Call the app's address about a page, if it wants to know; later, as the network does."""
    callback = call.world.noted("facebook", "callback:page") or {}
    wanted = (call.world.noted("facebook", f"subscribed:{page_id}") or {}).get("fields", ())
    if field not in wanted or field not in callback.get("fields", ()):
        return
    seconds = int(call.now.timestamp())
    entry = {"id": page_id, "time": seconds, "changes": [{"field": field, "value": value}]}
    body = json.dumps({"object": "page", "entry": [entry]}).encode()
    task = asyncio.get_running_loop().create_task(
        _post(callback["callback_url"], body, call.world.app("facebook").client_secret)
    )
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
    app = call.world.app("facebook")
    if call.token() != f"{app.client_id}|{app.client_secret}":
        raise GraphError("(#15) This method must be called with an app access_token.", 15)
    if call.path[0] != app.client_id:
        raise denied("manage_pages")


def _unverified(why: str) -> GraphError:
    return GraphError(f"(#2200) Callback verification failed with the following errors: {why}", 2200)
