"""Reports as they are answered."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class ReportIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["weekly"] = "weekly"
    period_end: date | None = Field(None, description="The last day in it (UTC); the last whole week when left out.")


class ReportOut(BaseModel):
    id: UUID
    kind: str
    format: str = Field(description="pdf or csv.")
    period_start: date
    period_end: date = Field(description="Included.")
    observed_at: datetime | None = Field(description="The moment whose figures it shows.")
    size: int = Field(description="In bytes.")
    sha256: str
    created_at: datetime


class Reports(BaseModel):
    items: list[ReportOut] = Field(description="The newest first.")
