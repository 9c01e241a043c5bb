"""Making a report, for a process of its own: it imports the heavy room and nothing of HTTP."""

from datetime import date
from uuid import UUID

from clientnest.database import run
from reporting.weekly import make_weekly


def make(workspace_id: UUID, period_end: date | None) -> list[UUID]:
    """The ids of the reports, stored in a transaction of their own."""
    return [report.id for report in run(make_weekly(workspace_id, period_end))]
