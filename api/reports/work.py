"""Making a report, for a process of its own: it imports the heavy rooms and nothing of HTTP."""

from datetime import date, datetime
from uuid import UUID

from clientnest.database import run
from reporting.weekly import make_again, make_weekly
from scoring.past import scores_as_known


def make(workspace_id: UUID, period_end: date | None, as_of: datetime | None) -> list[UUID]:
    """The ids of the reports, stored in a transaction of their own."""
    return [report.id for report in run(make_weekly(workspace_id, scores_as_known, period_end, as_of=as_of))]


def again(workspace_id: UUID, report_id: UUID) -> tuple[UUID, bool]:
    """The id of the report made again, which is the same where its bytes are, and whether they are."""
    made = run(make_again(workspace_id, report_id, scores_as_known))
    return made.report.id, made.is_identical
