"""What Meta's webhooks have in common: the handshake, the signature, and entries in batches.

The address of ours and its verify token are entered once per app, in Meta's dashboard.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from platforms.inbound import Event, Reply
from platforms.registration import App

# Seconds since 1970 have ten digits for a long time; what is longer counts milliseconds.
_MILLISECONDS_FROM = 10**11


def verify_token(app: App) -> str:
    """What to enter as the verify token: derived from the app's secret, so that only its owner knows it."""
    return hmac.new(app.client_secret.encode(), b"webhooks", hashlib.sha256).hexdigest()


def reply(app: App, query: Mapping[str, str]) -> Reply | None:
    """The challenge, to whoever knows the verify token."""
    told = query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(told.encode(), verify_token(app).encode()):
        return None
    return Reply(query.get("hub.challenge", "").encode())


def genuine(app: App, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether the app's secret signed the raw bytes. Meta signs no time, so `now` stays unused."""
    expected = "sha256=" + hmac.new(app.client_secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers.get("x-hub-signature-256", "").encode(), expected.encode())


def changes(body: bytes, object_: str) -> Iterator[tuple[str, datetime | None, str, Any]]:
    """Account, time (UTC), field and value of each change. Raises ValueError for a body that is not Meta's.

    An entry holds a list `changes`, or one `field` with its `value`, as Instagram Login's documentation shows it.
    """
    told = json.loads(body)
    if not isinstance(told, dict) or told.get("object") != object_ or not isinstance(told.get("entry"), list):
        raise ValueError(f"the body tells nothing about the object {object_}")
    for entry in told["entry"]:
        if not isinstance(entry, dict) or "id" not in entry:
            raise ValueError("an entry names no account")
        for change in entry["changes"] if "changes" in entry else [entry] if "field" in entry else []:
            if not isinstance(change, dict) or "field" not in change:
                raise ValueError("a change names no field")
            yield str(entry["id"]), _moment(entry.get("time")), str(change["field"]), change.get("value")


def event(account: str, at: datetime | None, field: str, value: Any, subject: str | None) -> Event:
    """A change as an event; Meta repeats it with the same words, which are its identity."""
    words = json.dumps([account, field, value], sort_keys=True, separators=(",", ":"))
    body = value if isinstance(value, dict) else {"value": value}
    return Event(hashlib.sha256(words.encode()).hexdigest(), field, account, subject, at, body)


def _moment(told: object) -> datetime | None:
    if not isinstance(told, int | float):
        return None
    return datetime.fromtimestamp(told / 1000 if told > _MILLISECONDS_FROM else told, UTC)
