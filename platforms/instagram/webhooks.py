"""What Instagram tells by itself: comments, mentions, the last figures of a story."""

from collections.abc import Sequence
from typing import Any

from platforms.graph_hooks import changes, event, genuine, reply, verify_token
from platforms.inbound import Event, Terms

__all__ = ["TERMS", "events", "genuine", "reply"]

# That a person took the permission back, Meta tells at an address of its own, which signs in another form.
TERMS = Terms(verify_token=verify_token)


def events(body: bytes) -> Sequence[Event]:
    """One event for each change; the subject is the media that it is about. Raises ValueError."""
    return [event(account, at, field, value, _media(value)) for account, at, field, value in changes(body, "instagram")]


def _media(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    within = value.get("media")
    told = within.get("id") if isinstance(within, dict) else value.get("media_id")
    return None if told is None else str(told)
