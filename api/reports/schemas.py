"""Reports as they are answered."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.moments import AsKnown
from api.pagination import NEXT_CURSOR


class ReportIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["weekly"] = "weekly"
    period_end: date | None = Field(None, description="The last day in it (UTC); the last whole week when left out.")
    as_of: AwareDatetime | None = Field(None, description="As known then, by the networks' clocks; now when left out.")


class ReportOut(AsKnown):
    id: UUID
    kind: str
    format: str = Field(description="pdf or csv.")
    period_start: date
    period_end: date = Field(description="Included.")
    observed_at: datetime | None = Field(description="Its figures are at least as fresh as this.")
    size: int = Field(description="In bytes.")
    sha256: str
    created_at: datetime


class Reports(BaseModel):
    items: list[ReportOut] = Field(description="The newest first.")


class Again(BaseModel):
    """A report made again from the figures as known at its moment."""

    report: ReportOut
    is_identical: bool = Field(description="Whether every byte is as it was.")


class ReportChange(BaseModel):
    post_key: str
    account_id: UUID
    platform: str
    post: str | None = Field(description="The title of the post, or its text.")
    metric: str = Field(description="A figure of the post, or `post` where it is gone.")
    old_value: int | None = Field(description="As the report has it; null is unknown.")
    new_value: int | None = Field(description="As it is known now; null is unknown.")
    why: Literal["grew", "new", "late", "corrected", "fell", "deleted"] = Field(
        description="grew (it went on counting), new (the report does not have the post), late, corrected, fell, or "
        "deleted (the post is gone)."
    )


class ReportChanges(AsKnown):
    """What became of the figures of a report's posts; known_at and recorded_at are the report's."""

    items: list[ReportChange]
    next_cursor: str | None = Field(description=NEXT_CURSOR)
