"""What a Page tells by itself: posts and comments that come, change or go, and mentions."""

from collections.abc import Sequence
from typing import Any

from platforms.graph_hooks import changes, event, genuine, reply, verify_token
from platforms.inbound import Event, Terms

__all__ = ["TERMS", "events", "genuine", "reply"]

# That a person took the permission back, Meta tells at an address of its own, which signs in another form.
TERMS = Terms(verify_token=verify_token)


def events(body: bytes) -> Sequence[Event]:
    """One event for each change; the subject is the comment or post that it is about. Raises ValueError."""
    return [event(account, at, field, value, _subject(value)) for account, at, field, value in changes(body, "page")]


def _subject(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    told = value.get("comment_id") or value.get("post_id")
    return None if told is None else str(told)
