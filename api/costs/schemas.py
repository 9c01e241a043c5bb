"""Costs as they are sent and answered."""

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.pagination import NEXT_CURSOR
from clientnest.models import Cost
from ingestion.costs import Entry, Imported

Kind = Literal["production", "boost", "ads", "tools", "other"]


class CostIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Kind
    currency: str = Field(description="ISO 4217, such as EUR.")
    incurred_on: date = Field(description="The day, or the first of several.")
    until: date | None = Field(None, description="The last of several days, included.")
    amount: Decimal | None = Field(
        None, ge=0, max_digits=18, decimal_places=4, description="Left out where hours and their rate are given."
    )
    hours: Decimal | None = Field(None, ge=0, max_digits=9, decimal_places=2)
    hourly_rate: Decimal | None = Field(None, ge=0, max_digits=18, decimal_places=4)
    campaign_id: UUID | None = None
    account_id: UUID | None = Field(None, description="Beside `post_external_id`, for the cost of one post.")
    post_external_id: str | None = Field(None, max_length=500, description="The network's id of the post.")
    note: str | None = Field(None, max_length=1000)

    @property
    def entry(self) -> Entry:
        return Entry(**self.model_dump())


class CostOut(BaseModel):
    id: UUID
    kind: str
    amount: Decimal
    currency: str
    hours: Decimal | None
    hourly_rate: Decimal | None
    incurred_on: date
    until: date | None
    campaign_id: UUID | None
    account_id: UUID | None
    post_external_id: str | None
    note: str | None
    impressions: int | None = Field(description="As an export of ads told; null for what people enter.")
    clicks: int | None
    conversions: int | None


class Costs(BaseModel):
    items: list[CostOut]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class BrokenOut(BaseModel):
    line: int = Field(description="Counted from 1, the header included.")
    reason: str


class ImportedOut(BaseModel):
    report: str
    understood: list[str] = Field(description="What the file is taken to be, in sentences.")
    currency: str
    spent: Decimal = Field(description="The sum over the file's good lines.")
    taken: int = Field(description="Lines that are new.")
    corrected: int = Field(description="Lines that were there and say something else now.")
    known: int = Field(description="Lines that were there and say the same.")
    broken: list[BrokenOut] = Field(description="Every line that was not taken.")


def cost_out(found: Cost) -> CostOut:
    return CostOut.model_validate(found, from_attributes=True)


def imported_out(found: Imported) -> ImportedOut:
    return ImportedOut.model_validate(found, from_attributes=True)
