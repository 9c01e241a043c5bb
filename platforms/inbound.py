"""What networks tell us by themselves: signed calls to an address of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from platforms.registration import App


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer a network's challenge."""

    body: bytes
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at a network.

    `id` is the same whenever the network repeats the event, so that it counts once. Events arrive in any
    order: `occurred_at` (UTC) is the network's word for when, None where it says nothing.
    """

    id: str
    kind: str
    account_external_id: str | None
    subject_external_id: str | None
    occurred_at: datetime | None
    body: Mapping[str, Any]


class Webhooks(Protocol):
    """Inbound calls of a network; implemented by the module `webhooks` of its folder."""

    def reply(self, app: App, query: Mapping[str, str]) -> Reply | None:
        """The answer to a GET that asks whether the address is ours; None where it is no such question of ours."""

    def genuine(self, app: App, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Whether the raw bytes carry the network's signature, in time. Header names are lower case."""

    def events(self, body: bytes) -> Sequence[Event]:
        """What a genuine body tells. Raises ValueError for one that is not what the network documents."""
