"""What a load is told and what it tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta
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
    record. `problem` says why a load failed, `retry_after` how long the network asks to wait.
    """

    load_id: UUID
    account_id: UUID
    workspace_id: UUID
    platform: str
    resource: str
    status: Literal["done", "failed"]
    pages: int = 0
    records: int = 0
    written: int = 0
    unchanged: int = 0
    quarantined: int = 0
    # The network's clock on the newest page; None where there was no page.
    observed_at: datetime | None = None
    lake_path: str | None = None
    problem: str | None = None
    retry_after: timedelta | None = None
    # A person must connect the account again before this resource can be read.
    reconnect_needed: bool = False
