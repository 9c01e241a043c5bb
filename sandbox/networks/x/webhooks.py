"""Addresses that X calls: proven by a challenge, signed with the app's secret, and what they are told about."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.responses import Response

from sandbox.networks.x.asked import chosen, ids, instant, number, numeric
from sandbox.networks.x.body import ID, TEXT, checked, members, one_of, text
from sandbox.networks.x.errors import Problem, forbidden, invalid, missing
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.web import json_response
from sandbox.world import World

_SECONDS = 10.0
_CREATE = members(("url",), open_=True, url=text(1, 200))
EVENTS = (
    "profile.update.bio profile.update.profile_picture profile.update.banner_picture profile.update.screenname"
    " profile.update.geo profile.update.url profile.update.verified_badge profile.update.affiliate_badge"
    " profile.update.handle news.new follow.follow follow.unfollow spaces.start spaces.end chat.received chat.sent"
    " chat.conversation_join dm.sent dm.received dm.indicate_typing dm.read post.create post.delete"
    " post.mention.create like.create mute.mute mute.unmute block.block block.unblock"
).split()
_FILTER = members(direction=one_of("inbound", "outbound"), keyword=TEXT, user_id=ID)
_SUBSCRIBE = members(
    ("event_type", "filter"), event_type=one_of(*EVENTS), filter=_FILTER, tag=text(1, 200), webhook_id=ID
)
_UPDATE = members(tag=text(1, 200), webhook_id=ID)
_FIELDS = frozenset({"created_at", "id", "url", "valid"})


class Hooks:
    """The webhooks and activity subscriptions of the app."""

    async def create(self, call: Call) -> Response:
        """Register an address; it must answer the challenge at once."""
        url = (await checked(call, _CREATE))["url"]
        if any(hook["url"] == url for hook in _kept(call.world, "webhook")):
            raise Problem(409, "Conflict", "A webhook with this URL already exists.", "conflict")
        await _proven(call, url)
        hook = {"id": _new_id(call), "url": url, "valid": True, "created_at": instant(call.world.now())}
        _keep(call.world, "webhook", hook["id"], hook)
        return json_response({"data": hook})

    async def list(self, call: Call) -> Response:
        """Every address of the app."""
        fields = chosen(call, "webhook_config.fields", _FIELDS) or _FIELDS
        hooks = _kept(call.world, "webhook")
        data = [{name: value for name, value in hook.items() if name in fields} for hook in hooks]
        return json_response(({"data": data} if data else {}) | {"meta": {"result_count": len(data)}})

    async def delete(self, call: Call) -> Response:
        """Forget an address."""
        hook = _one(call, "webhook", "webhook_id")
        _keep(call.world, "webhook", hook["id"], {})
        return json_response({"data": {"deleted": True}})

    async def validate(self, call: Call) -> Response:
        """Challenge an address again."""
        hook = _one(call, "webhook", "webhook_id")
        await _proven(call, hook["url"])
        _keep(call.world, "webhook", hook["id"], hook | {"valid": True})
        return json_response({"data": {"valid": True}})

    async def subscribe(self, call: Call) -> Response:
        """Ask to be told of one kind of event of one user."""
        body = await checked(call, _SUBSCRIBE)
        user_id = body["filter"].get("user_id")
        if user_id is not None and call.world.account(NETWORK, user_id) is None:
            raise missing("user", "filter.user_id", user_id)
        if "webhook_id" in body:
            _known_hook(call, body["webhook_id"])
        wanted = {name: body[name] for name in ("event_type", "filter", "tag", "webhook_id") if name in body}
        same = ("event_type", "filter", "webhook_id")
        if any(all(one.get(n) == wanted.get(n) for n in same) for one in _kept(call.world, "subscription")):
            raise Problem(409, "Conflict", "Duplicate subscription found.", "conflict")
        now = instant(call.world.now())
        made = {"subscription_id": _new_id(call), **wanted, "created_at": now, "updated_at": now}
        _keep(call.world, "subscription", made["subscription_id"], made)
        return json_response({"data": {"subscription": made}})

    async def subscriptions(self, call: Call) -> Response:
        """What the app is told of."""
        number(call.request.query_params, "max_results", 1, 1000, 10)
        return json_response({"data": _kept(call.world, "subscription")})

    async def update(self, call: Call) -> Response:
        """Another tag or address for a subscription."""
        changed = await checked(call, _UPDATE)
        one = _one(call, "subscription", "subscription_id")
        if "webhook_id" in changed:
            _known_hook(call, changed["webhook_id"])
        made = one | changed | {"updated_at": instant(call.world.now())}
        _keep(call.world, "subscription", made["subscription_id"], made)
        total = len(_kept(call.world, "subscription"))
        return json_response({"data": {"subscription": made, "total_subscriptions": total}})

    async def unsubscribe(self, call: Call) -> Response:
        """End a subscription."""
        one = _one(call, "subscription", "subscription_id")
        _keep(call.world, "subscription", one["subscription_id"], {})
        return json_response({"data": {"deleted": True}})

    async def unsubscribe_many(self, call: Call) -> Response:
        """End up to a hundred subscriptions."""
        known = {one["subscription_id"] for one in _kept(call.world, "subscription")}
        asked = ids(call.request.query_params)
        for one in asked:
            if one in known:
                _keep(call.world, "subscription", one, {})
        data = [{"subscription_id": one, "deleted": one in known} for one in asked]
        total = len(_kept(call.world, "subscription"))
        return json_response({"data": data, "meta": {"total_subscriptions": total}})

    async def tell(self, world: World, event_type: str, user_id: str, payload: dict[str, Any]) -> None:
        """Call every address that subscribed; X does not tell us what came of it."""
        hooks = {hook["id"]: hook["url"] for hook in _kept(world, "webhook")}
        for one in _kept(world, "subscription"):
            url = hooks.get(one.get("webhook_id", ""))
            if url is None or one["event_type"] != event_type or one["filter"].get("user_id") not in (None, user_id):
                continue
            event = {
                "event_uuid": secrets.token_hex(8),
                "event_type": event_type,
                "filter": one["filter"],
                "payload": payload,
                **({"tag": one["tag"]} if "tag" in one else {}),
            }
            await _call(url, world, json.dumps({"data": event}).encode())


def signature(world: World, content: bytes) -> str:
    """What X signs with the secret of the app."""
    digest = hmac.new(world.app(NETWORK).client_secret.encode(), content, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode('ascii')}"


async def _call(url: str, world: World, body: bytes) -> None:
    headers = {"content-type": "application/json", "x-twitter-webhooks-signature": signature(world, body)}
    async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as http:
        try:
            await http.post(url, content=body, headers=headers)
        except httpx.HTTPError:
            return


async def _proven(call: Call, url: str) -> None:
    """Raise the problem of an address that does not answer the challenge as the app would."""
    _allowed(url)
    token = secrets.token_urlsafe(24)
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as http:
            answer = (await http.get(url, params={"crc_token": token})).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise invalid("url", url, "CrcValidationFailed: the URL does not answer the challenge") from error
    told = answer.get("response_token") if isinstance(answer, dict) else None
    if told != signature(call.world, token.encode()):
        raise invalid("url", url, "CrcValidationFailed: the response_token is not right")


def _allowed(url: str) -> None:
    """X wants https without a port. This world reaches only loopback, there also plainly and on any port."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise invalid("url", url, "The URL cannot be read") from error
    if host in ("127.0.0.1", "localhost") and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https" or port is not None or not host:
        raise invalid("url", url, "The URL must be https and name no port")
    raise invalid("url", url, "CrcValidationFailed: nothing answers there")


def _known_hook(call: Call, webhook_id: str) -> None:
    if webhook_id not in {hook["id"] for hook in _kept(call.world, "webhook")}:
        raise forbidden(f"No webhook {webhook_id} belongs to this app.")


def _one(call: Call, kind: str, parameter: str) -> dict[str, Any]:
    wanted = numeric(call.request.path_params[parameter], parameter)
    found = call.world.noted(NETWORK, f"{kind} {wanted}")
    if not found:
        raise missing(kind, parameter, wanted)
    return found


def _kept(world: World, kind: str) -> list[dict[str, Any]]:
    names = (world.noted(NETWORK, f"{kind}s") or {}).get("ids", [])
    return [found for one in names if (found := world.noted(NETWORK, f"{kind} {one}"))]


def _keep(world: World, kind: str, one: str, about: dict[str, Any]) -> None:
    names = [name for name in (world.noted(NETWORK, f"{kind}s") or {}).get("ids", []) if name != one]
    world.note(NETWORK, f"{kind} {one}", about)
    world.note(NETWORK, f"{kind}s", {"ids": [*names, one] if about else names})


def _new_id(call: Call) -> str:
    return str(int(call.world.now().timestamp() * 1_000_000) * 100 + secrets.randbelow(100))
