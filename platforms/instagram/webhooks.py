"""What Instagram tells by itself: comments, mentions, the last figures of a story."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from platforms import graph_hooks
from platforms.inbound import Event, Reply, Terms
from platforms.registration import App

# That a person took the permission back, Meta tells at an address of its own, which signs in another form.
TERMS = Terms(verify_token=graph_hooks.verify_token)


def reply(app: App, query: Mapping[str, str]) -> Reply | None:
    """The challenge, to whoever knows the verify token of `graph_hooks`."""
    return graph_hooks.reply(app, query)


def genuine(app: App, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether the app's secret signed the raw bytes."""
    return graph_hooks.genuine(app, headers, body, now)


def events(body: bytes) -> Sequence[Event]:
    """One event for each change; the subject is the media that it is about. Raises ValueError."""
    return [
        graph_hooks.event(account, at, field, value, _media(value))
        for account, at, field, value in graph_hooks.changes(body, "instagram")
    ]


def _media(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    within = value.get("media")
    told = within.get("id") if isinstance(within, dict) else value.get("media_id")
    return None if told is None else str(told)
