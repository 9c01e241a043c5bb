"""Reports that were made, with the moment whose figures they show."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from clientnest.models.record import Identified, InWorkspace, Record


class Report(Identified, InWorkspace, Record):
    """One file. `period_end` is the last day in it; `path` is relative to the reports folder.

    It shows what was known at `known_at` by the networks' clocks (NULL: all) of what had been recorded by `recorded_at`
    on ours; made again for the same two moments it is the same to the byte.
    """

    __tablename__ = "reports"
    kind: Mapped[str]
    format: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    observed_at: Mapped[datetime | None]
    known_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]
    # What else it was asked with, such as the accounts it is about.
    asked: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    path: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
