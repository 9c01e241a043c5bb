"""What networks tell us by themselves: signed calls to an address of ours."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class Terms:
    """What a network's calls go by, beside their form.

    `endings` are the kinds of events by which a person took the permission back; a network that tells it at another
    address, or not at all, has none. `forged_status` is what the network wants to hear when a signature is wrong.
    `lease` is how long it calls before it must be asked again (None: until it is told to stop), and `verify_token`
    what a person enters beside our address in the network's developer pages, where it asks for one.
    """

    endings: frozenset[str] = frozenset()
    forged_status: int = 401
    lease: timedelta | None = None
    verify_token: Callable[[App], str] | None = None


class Webhooks(Protocol):
    """Inbound calls of a network; implemented by the module `webhooks` of its folder."""

    TERMS: Terms

    def reply(self, app: App, query: Mapping[str, str]) -> Reply | None:
        """The answer to a GET that asks whether the address is ours; None where it is no such question of ours."""

    def genuine(self, app: App, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Whether the raw bytes carry the network's signature, in time. Header names are lower case."""

    def events(self, body: bytes) -> Sequence[Event]:
        """What a genuine body tells. Raises ValueError for one that is not what the network documents."""
