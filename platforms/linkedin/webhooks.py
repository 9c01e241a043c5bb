"""What LinkedIn tells by itself: social actions on a page, after the address has answered a challenge."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from platforms.inbound import Event, Reply, Terms
from platforms.registration import App

TERMS = Terms()


def reply(app: App, query: Mapping[str, str]) -> Reply | None:
    """The proof that we know the app's secret; LinkedIn asks again every two hours."""
    challenge = query.get("challengeCode")
    if challenge is None:
        return None
    body = {"challengeCode": challenge, "challengeResponse": _signed(app, challenge.encode())}
    return Reply(json.dumps(body).encode(), "application/json")


def genuine(app: App, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether LinkedIn signed the body. It signs no time, so `now` stays unused: repetitions are told by their ids."""
    given = headers.get("x-li-signature", "")
    # Bytes, since compare_digest takes no text outside ASCII.
    return hmac.compare_digest(_signed(app, b"hmacsha256=" + body).encode(), given.encode())


def events(body: bytes) -> Sequence[Event]:
    """One event for each notification. Raises ValueError for what is none."""
    told = json.loads(body)
    notifications = told.get("notifications") if isinstance(told, dict) else None
    if not isinstance(notifications, list):
        raise ValueError("LinkedIn's call holds no notifications")
    return [_event(one) for one in notifications]


def _event(one: Any) -> Event:
    if not isinstance(one, dict) or "notificationId" not in one or "action" not in one:
        raise ValueError("a notification without an id or an action")
    at = one.get("lastModifiedAt")
    return Event(
        id=str(one["notificationId"]),
        kind=str(one["action"]),
        account_external_id=one.get("organizationalEntity"),
        subject_external_id=one.get("sourcePost"),
        occurred_at=datetime.fromtimestamp(at / 1000, UTC) if isinstance(at, int) else None,
        body=one,
    )


def _signed(app: App, content: bytes) -> str:
    return hmac.new(app.client_secret.encode(), content, hashlib.sha256).hexdigest()
