"""What TikTok tells by itself: signed calls to the address that the app's page in the developer portal names."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.tiktok.gate import NETWORK
from sandbox.web import json_response
from sandbox.world import World

_CALLBACK = "callback"
_PATIENCE = httpx.Timeout(3.0)
# TikTok tries for 72 hours, ever more rarely; nobody in a test waits for that.
_PAUSES_S = (0.5, 2.0)


class Hooks:
    """The address of ours, and what is on its way to it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._telling: set[asyncio.Task[None]] = set()

    async def portal(self, request: Request) -> Response:
        """The form of the developer portal: `client_key`, `client_secret`, `callback_url`; none ends the calls."""
        form, app = await request.form(), self._world.app(NETWORK)
        if (form.get("client_key"), form.get("client_secret")) != (app.client_id, app.client_secret):
            return json_response({"error": "invalid_client"}, 401)
        address = str(form.get("callback_url", ""))
        self._world.note(NETWORK, _CALLBACK, {"url": address})
        return json_response({"callback_url": address})

    def tell(self, event: str, open_id: str, content: dict[str, Any], after: timedelta = timedelta(0)) -> None:
        """Tell an event, in the background."""
        address = (self._world.noted(NETWORK, _CALLBACK) or {}).get("url")
        if address:
            task = asyncio.create_task(self._send(address, event, open_id, content, after.total_seconds()))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _send(self, address: str, event: str, open_id: str, content: dict[str, Any], after_s: float) -> None:
        await asyncio.sleep(after_s)
        body = {
            "client_key": self._world.app(NETWORK).client_id,
            "event": event,
            "create_time": int(self._world.clock.now().timestamp()),
            "user_openid": open_id,
            # A string that holds JSON, not JSON.
            "content": json.dumps(content, separators=(",", ":")),
        }
        raw = json.dumps(body, separators=(",", ":")).encode()
        for pause in (*_PAUSES_S, None):
            if await self._taken(address, raw) or pause is None:
                return
            await asyncio.sleep(pause)

    async def _taken(self, address: str, raw: bytes) -> bool:
        headers = {"content-type": "application/json", "tiktok-signature": self._signature(raw)}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE) as http:
                return (await http.post(address, content=raw, headers=headers)).status_code == 200
        except httpx.HTTPError:
            return False

    def _signature(self, raw: bytes) -> str:
        moment = int(self._world.clock.now().timestamp())
        secret = self._world.app(NETWORK).client_secret.encode()
        return f"t={moment},s={hmac.new(secret, b'%d.' % moment + raw, hashlib.sha256).hexdigest()}"
