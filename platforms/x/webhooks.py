"""What X tells by itself: activity of a user, to an address that has proven the app's secret."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from platforms.calls import json_object, send
from platforms.errors import PlatformError, Rejected, Unavailable
from platforms.inbound import Event, Reply, Terms
from platforms.registration import App
from platforms.x.client import HOST, Client
from platforms.x.problems import refusal

# X tells nobody that a permission was taken back.
TERMS = Terms()
# What a user's own permission is enough for.
EVENTS = ("post.create", "post.delete", "post.mention.create", "follow.follow", "follow.unfollow")
_EPOCH_MS = 1_288_834_974_657


def reply(app: App, query: Mapping[str, str]) -> Reply | None:
    """The proof that we know the app's secret."""
    token = query.get("crc_token")
    if token is None:
        return None
    return Reply(json.dumps({"response_token": signature(app, token.encode())}).encode(), "application/json")


def genuine(app: App, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether X signed the body. It signs no time, so `now` stays unused: repetitions are told by their ids."""
    given = headers.get("x-twitter-webhooks-signature", "")
    # Bytes, since compare_digest takes no text outside ASCII.
    return hmac.compare_digest(signature(app, body).encode(), given.encode())


def events(body: bytes) -> Sequence[Event]:
    """The one event of a call. Raises ValueError for what is none."""
    told = json.loads(body)
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict) or not {"event_uuid", "event_type"} <= data.keys():
        raise ValueError("X's call holds no event")
    payload, filtered = _object(data, "payload"), _object(data, "filter")
    user_id = filtered.get("user_id")
    subject = payload.get("id")
    return [
        Event(
            id=str(data["event_uuid"]),
            kind=str(data["event_type"]),
            account_external_id=None if user_id is None else str(user_id),
            subject_external_id=None if subject is None else str(subject),
            occurred_at=_occurred_at(str(data["event_type"]), payload),
            body=data,
        )
    ]


def _object(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def signature(app: App, content: bytes) -> str:
    """What X signs, and what it wants to hear: HMAC-SHA256 with the app's secret, in base64."""
    digest = hmac.new(app.client_secret.encode(), content, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode('ascii')}"


async def subscribe(client: Client, callback_url: str) -> None:
    """Have X call an address of ours about the account; what is there already stays. Raises PlatformError."""
    bearer = await _app_token(client)
    hooks = (await _as_app(client, bearer, "GET", "/2/webhooks")).get("data", [])
    hook = next((one for one in hooks if one.get("url") == callback_url), None)
    if hook is None:
        hook = (await _as_app(client, bearer, "POST", "/2/webhooks", json={"url": callback_url})).get("data")
        if not isinstance(hook, dict) or "id" not in hook:
            raise Unavailable("X took the address and names no webhook")
    elif not hook.get("valid", True):
        await _as_app(client, bearer, "PUT", f"/2/webhooks/{hook['id']}")
    for event_type in EVENTS:
        wanted = {"event_type": event_type, "filter": {"user_id": client.account}, "webhook_id": hook["id"]}
        try:
            await _as_app(client, bearer, "POST", "/2/activity/subscriptions", json=wanted)
        except Rejected as problem:
            if problem.evidence.get("kind") != "conflict":
                raise


async def _app_token(client: Client) -> str:
    """A token of the app alone: only that may keep webhooks."""
    app = client.app
    response = await send(
        client.http,
        "POST",
        app.url(HOST, "/oauth2/token"),
        data={"grant_type": "client_credentials"},
        auth=(app.client_id, app.client_secret),
    )
    token = json_object(response).get("access_token")
    if not isinstance(token, str):
        raise refusal(response) or Unavailable("X gives the app no token of its own")
    return token


async def _as_app(client: Client, bearer: str, method: str, path: str, **options: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {bearer}"}
    response = await send(client.http, method, client.app.url(HOST, path), headers=headers, **options)
    problem: PlatformError | None = refusal(response)
    if problem is not None:
        raise problem
    return json_object(response)


def _occurred_at(event_type: str, payload: Mapping[str, Any]) -> datetime | None:
    """When a post was made: said by the payload, or by the id itself. Of everything else X says nothing."""
    if not event_type.endswith(".create"):
        return None
    at, number = payload.get("created_at"), str(payload.get("id", ""))
    if isinstance(at, str):
        return datetime.fromisoformat(at).astimezone(UTC)
    if not number.isdecimal() or len(number) > 19:
        return None
    return datetime.fromtimestamp(((int(number) >> 22) + _EPOCH_MS) / 1000, UTC)
