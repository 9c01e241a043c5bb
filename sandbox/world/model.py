"""The things of the world."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# So far along its curve a post engages nobody any more.
_SETTLED = 16.0


@dataclass(frozen=True, slots=True)
class App:
    """A product's registration at a network."""

    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Media:
    content_type: str
    size: int
    sha256: str


@dataclass(slots=True)
class Account:
    """A page or profile. `extra` holds what only its network has."""

    network: str
    external_id: str
    name: str
    username: str
    created_at: datetime
    timezone: str
    description: str
    picture_url: str
    followers: int
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Post:
    network: str
    external_id: str
    account_id: str
    kind: str
    text: str
    title: str | None
    created_at: datetime
    permalink: str
    hashtags: tuple[str, ...]
    link: str | None
    media: list[Media] = field(default_factory=list)
    duration_s: int | None = None
    deleted_at: datetime | None = None
    # What its counters come to in the end, and how fast: share = 1 - exp(-(hours / tau_hours)^pace).
    final: dict[str, int] = field(default_factory=dict)
    tau_hours: float = 24.0
    pace: float = 0.7
    basket_cents: int = 2600

    def share(self, hours: float) -> float:
        """How much of the final counters is there so many hours after publishing: 0 to 1."""
        progress = (hours / self.tau_hours) ** self.pace if hours > 0 else 0.0
        return 1 - math.exp(-progress) if progress < _SETTLED else 1.0

    @property
    def lively(self) -> timedelta:
        """How long it engages people at all; a minute more, since counters step on whole minutes."""
        return timedelta(hours=self.tau_hours * _SETTLED ** (1 / self.pace), minutes=1)
