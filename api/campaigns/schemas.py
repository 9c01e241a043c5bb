"""Campaigns as they are sent and answered."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from clientnest.models import Campaign
from publishing.campaigns import Plan


class CampaignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, description="Of one campaign only.")
    starts_on: date | None = None
    ends_on: date | None = Field(None, description="The last day, included.")
    budget: Decimal | None = Field(None, ge=0, max_digits=18, decimal_places=4)
    currency: str | None = Field(None, description="ISO 4217, beside the budget.")

    @property
    def plan(self) -> Plan:
        return Plan(**self.model_dump())


class CampaignOut(BaseModel):
    id: UUID
    name: str
    starts_on: date | None
    ends_on: date | None
    budget: Decimal | None
    currency: str | None


class Campaigns(BaseModel):
    items: list[CampaignOut]


class PostsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    post_ids: list[UUID] = Field(
        min_length=1, max_length=1000, description="Posts that ClientNest published; `post_id` of publications."
    )


def campaign_out(found: Campaign) -> CampaignOut:
    return CampaignOut.model_validate(found, from_attributes=True)
