"""What TikTok tells by itself: posts that are through or failed, consents that were taken back.

The address is entered once per app in the developer portal, and nothing is asked of it but a signature check.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from platforms.inbound import Event, Reply, Terms
from platforms.registration import App

# Older calls may be somebody's recording.
TOLERANCE = timedelta(minutes=5)
TERMS = Terms(endings=frozenset({"authorization.removed"}))
_SUBJECTS = ("post_id", "publish_id", "share_id", "video_id")


def reply(app: App, query: Mapping[str, str]) -> Reply | None:
    """TikTok asks no such question."""
    return None


def genuine(app: App, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether the app's secret signed these bytes, and did so within the last minutes."""
    parts = dict(part.strip().partition("=")[::2] for part in headers.get("tiktok-signature", "").split(","))
    moment, signature = parts.get("t", ""), parts.get("s", "")
    if not (moment.isascii() and moment.isdigit()) or len(moment) > len("253402300799"):
        return False
    expected = hmac.new(app.client_secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    recent = abs(now.timestamp() - int(moment)) <= TOLERANCE.total_seconds()
    return recent and hmac.compare_digest(signature.encode(), expected.encode())


def events(body: bytes) -> Sequence[Event]:
    """The one event of a call; `content` is a string that holds JSON. Raises ValueError."""
    told = json.loads(body)
    if not isinstance(told, dict) or not isinstance(told.get("event"), str):
        raise ValueError("the body names no event")
    content = json.loads(told.get("content") or "{}")
    if not isinstance(content, dict):
        raise ValueError("content holds no JSON object")
    at = told.get("create_time")
    return [
        Event(
            # TikTok numbers nothing; what it repeats says the same.
            id=hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest(),
            kind=told["event"],
            account_external_id=told.get("user_openid"),
            subject_external_id=next((str(content[name]) for name in _SUBJECTS if content.get(name)), None),
            occurred_at=datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None,
            body=content,
        )
    ]
