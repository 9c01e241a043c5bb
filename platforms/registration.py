"""Who we are at a network, and what it lets us act with."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class App:
    """Our registration at a network. `base_url` replaces every host of the network when it is given."""

    client_id: str
    client_secret: str = field(repr=False)
    base_url: str | None = None

    def url(self, host: str, path: str) -> str:
        """`host` is the network's public origin, such as `https://graph.facebook.com`."""
        return (self.base_url or host).rstrip("/") + path


@dataclass(frozen=True, slots=True)
class Token:
    """What an account lets us act with. Times are UTC; None means that the network names none."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
