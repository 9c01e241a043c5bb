"""The things of the world."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


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
    # What its counters come to in the end, and how fast: share(t) = 1 - exp(-(t/tau)^pace).
    final: dict[str, int] = field(default_factory=dict)
    tau_hours: float = 24.0
    pace: float = 0.7
    basket_cents: int = 2600
