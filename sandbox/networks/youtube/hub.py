"""The WebSub hub: who wants to hear of a channel's videos, and calls to them that are signed with their secret."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import html
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.youtube import shapes
from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.sheets import Sheets
from sandbox.world import Post, World

_LONGEST = timedelta(days=10)
_SECONDS = 10
_FEED = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="


class Hub:
    """Subscriptions, kept by the world."""

    def __init__(self, world: World, sheets: Sheets) -> None:
        self._world, self._sheets = world, sheets
        self._calls: set[asyncio.Task[None]] = set()
        world.attend(lambda _: self._tell_due())

    async def subscribe(self, request: Request) -> Response:
        """Take a request; the callback is asked afterwards whether it wants this."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        mode, callback, channel = (
            form.get("hub.mode"),
            form.get("hub.callback", ""),
            _channel(form.get("hub.topic", "")),
        )
        if mode not in ("subscribe", "unsubscribe"):
            return Response(f"Invalid value for hub.mode: {mode}", 400)
        if urlsplit(callback).scheme not in ("http", "https"):
            return Response("Invalid value for hub.callback", 400)
        if channel is None:
            return Response("Invalid value for hub.topic", 400)
        if len(form.get("hub.secret", "").encode()) >= 200:
            return Response("hub.secret must be less than 200 bytes", 400)
        lease = form.get("hub.lease_seconds", "")
        span = min(timedelta(seconds=int(lease)) if lease.isdecimal() and int(lease) else timedelta(days=5), _LONGEST)
        return Response(status_code=202, background=BackgroundTask(self._verify, form, channel, span))

    async def _verify(self, form: dict[str, str], channel: str, span: timedelta) -> None:
        """Only who echoes the challenge is subscribed, or not any more."""
        challenge, mode, callback = secrets.token_urlsafe(16), form["hub.mode"], form["hub.callback"]
        query = {"hub.mode": mode, "hub.topic": form["hub.topic"], "hub.challenge": challenge}
        if mode == "subscribe":
            query["hub.lease_seconds"] = str(int(span.total_seconds()))
        address = f"{callback}{'&' if urlsplit(callback).query else '?'}{urlencode(query)}"
        try:
            async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
                answer = await client.get(address)
        except (httpx.HTTPError, httpx.InvalidURL):
            return
        if not answer.is_success or answer.text != challenge:
            return
        kept = self._subscribers(channel)
        kept.pop(callback, None)
        if mode == "subscribe":
            until = (self._world.now() + span).isoformat()
            kept[callback] = {"secret": form.get("hub.secret", ""), "until": until, "topic": form["hub.topic"]}
        self._world.note(NETWORK, f"hub {channel}", kept)

    def tell(self, post: Post) -> None:
        """A video is new, or says something else."""
        name = html.escape(shapes.title(post, self._sheets.of(post.external_id)))
        account = self._world.account(NETWORK, post.account_id)
        author = html.escape(account.name) if account else ""
        self._notify(
            post,
            f"<entry><id>yt:video:{post.external_id}</id><yt:videoId>{post.external_id}</yt:videoId>"
            f"<yt:channelId>{post.account_id}</yt:channelId><title>{name}</title>"
            f'<link rel="alternate" href="https://www.youtube.com/watch?v={post.external_id}"/>'
            f"<author><name>{author}</name><uri>https://www.youtube.com/channel/{post.account_id}</uri></author>"
            f"<published>{post.created_at.isoformat()}</published><updated>{self._world.now().isoformat()}</updated>"
            "</entry>",
        )

    def _tell_due(self) -> None:
        """Scheduled videos whose moment has come."""
        for post in self._sheets.went_public():
            self.tell(post)

    def tell_gone(self, post: Post) -> None:
        """A video was deleted."""
        when = self._world.now().isoformat()
        self._notify(
            post,
            f'<at:deleted-entry ref="yt:video:{post.external_id}" when="{when}">'
            f'<link href="https://www.youtube.com/watch?v={post.external_id}"/>'
            f"<at:by><name/><uri>https://www.youtube.com/channel/{post.account_id}</uri></at:by></at:deleted-entry>",
        )

    def _notify(self, post: Post, entry: str) -> None:
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
            'xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns="http://www.w3.org/2005/Atom">'
            '<link rel="hub" href="https://pubsubhubbub.appspot.com"/>'
            f'<link rel="self" href="{_FEED}{post.account_id}"/><title>YouTube video feed</title>'
            f"<updated>{self._world.now().isoformat()}</updated>{entry}</feed>"
        ).encode()
        for callback, about in self._subscribers(post.account_id).items():
            if datetime.fromisoformat(about["until"]) > self._world.now():
                task = asyncio.create_task(_deliver(callback, about, body))
                self._calls.add(task)
                task.add_done_callback(self._calls.discard)

    def _subscribers(self, channel: str) -> dict[str, dict[str, Any]]:
        return dict(self._world.noted(NETWORK, f"hub {channel}") or {})


async def _deliver(callback: str, about: dict[str, Any], body: bytes) -> None:
    """Call a subscriber; who does not answer is called again twice."""
    headers = {
        "content-type": "application/atom+xml",
        "link": f"<{about['topic']}>; rel=self, <https://pubsubhubbub.appspot.com/>; rel=hub",
    }
    if about["secret"]:
        headers["x-hub-signature"] = "sha1=" + hmac.new(about["secret"].encode(), body, hashlib.sha1).hexdigest()
    async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
        for wait in (0, 1, 4):
            await asyncio.sleep(wait)
            try:
                if (await client.post(callback, content=body, headers=headers)).is_success:
                    return
            except httpx.HTTPError:
                continue


def _channel(topic: str) -> str | None:
    """The channel of a topic; None for an address that is no feed of YouTube."""
    parts = urlsplit(topic)
    if parts.hostname != "www.youtube.com" or parts.path not in ("/feeds/videos.xml", "/xml/feeds/videos.xml"):
        return None
    return parse_qs(parts.query).get("channel_id", [None])[0]
