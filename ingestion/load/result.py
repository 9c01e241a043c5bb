"""What a load is told and what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LoadAccount:
    """Whose records are loaded."""

    id: UUID
    workspace_id: UUID


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The outcome of one resource of one account over one window.

    `records` = `written` + `unchanged` + `quarantined`; a page that cannot be read counts as one quarantined
    record. `problem` says why a load failed or was not made, `retry_after` how long the network asks to wait.
    """

    load_id: UUID
    account_id: UUID
    workspace_id: UUID
    platform: str
    resource: str
    status: Literal["done", "failed", "not_granted"]
    pages: int = 0
    records: int = 0
    written: int = 0
    unchanged: int = 0
    quarantined: int = 0
    # The network's clock on the newest page; None where there was no page.
    observed_at: datetime | None = None
    lake_path: str | None = None
    # When the lake file was written, on our clock.
    kept_at: datetime | None = None
    problem: str | None = None
    retry_after: timedelta | None = None
    # Of what was said, where the newest rows of `raw` say exactly that; None where they do not.
    fingerprint: str | None = None
    # A person must connect the account again before this resource can be read.
    reconnect_needed: bool = False
    # Scopes that the consent lacks, for which the network was not asked.
    missing_scopes: tuple[str, ...] = ()
    # What the calls cost, by unit such as USD.
    cost: Mapping[str, Decimal] = field(default_factory=dict)
    # Metrics that the network refuses to this account, with its words; new ones among them.
    parked: Mapping[str, str] = field(default_factory=dict)
    # How many posts were asked about; None where the resource is not about posts.
    posts: int | None = None

    @property
    def silent(self) -> bool:
        """Whether an answer was to be expected and none came."""
        return self.status == "failed" or (self.status == "done" and not self.pages and self.posts != 0)
