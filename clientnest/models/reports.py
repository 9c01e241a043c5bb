"""Reports that were made, with the moment whose figures they show."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped

from clientnest.models.record import Identified, InWorkspace, Record


class Report(Identified, InWorkspace, Record):
    """One file. `period_end` is the last day in it; `path` is relative to the reports folder."""

    __tablename__ = "reports"
    kind: Mapped[str]
    format: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    observed_at: Mapped[datetime | None]
    path: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
